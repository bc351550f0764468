"""The card of cases on the workbench: what waits for me."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from junheng.accounts.facade import User
from junheng.cases.models import Case
from junheng.cases.selectors.load import totals

SHOWN = 5


def my_cases(request: HttpRequest) -> Mapping[str, Any] | None:
    """How many wait for me, and those due first; no card where none does."""
    if not isinstance(request.user, User):
        return None
    mine = Case.objects.for_user(request.user).held_by(request.user).under_way()
    first = list(mine.only("number", "title", "due_on", "state")[:SHOWN])
    return {"totals": totals(mine), "cases": first} if first else None
