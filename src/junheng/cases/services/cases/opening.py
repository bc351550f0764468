"""Opening a case, once for a subject, with somebody and a day."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from junheng.accounts.facade import User
from junheng.cases.engine.flow import UNDER_WAY, Deed
from junheng.cases.kinds import kind_of
from junheng.cases.models import Case, CaseEntry
from junheng.cases.selectors.calendar import calendars
from junheng.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a case becomes: a person, or whoever holds a role where it lies."""

    user: User | None = None
    role: str = ""


def new_number(kind: str) -> str:
    """A number that nobody guesses."""
    return str(Ref.draw(kind, timezone.localdate().year, secrets.randbelow))


def open_case(
    kind: str,
    *,
    subject: str,
    title: str,
    path: str,
    facts: Mapping[str, Any] | None = None,
    asker: str = "",
    by: User | None,
    due_days: int | None = None,
    holder: Holder | None = None,
) -> Case:
    """Open a case, or find the one that is open for the same subject.

    Raises:
        LookupError: If no room registered the kind.
    """
    the_kind = kind_of(kind)
    first = holder or Holder(role=the_kind.role)
    days, today = due_days or the_kind.days, timezone.localdate()
    case = Case(
        number=new_number("CA"),
        kind=kind,
        subject=subject,
        title=title[:200],
        path=path,
        facts=dict(facts or {}),
        asked=bool(asker),
        asker=asker or None,
        opened_by=by,
        role=first.role or the_kind.role,
        holder=first.user,
        counts_from=today,
        days=days,
        due_on=calendars().at(path).after(today, days),
    )
    with transaction.atomic():
        # No other way tells both at once: whether there is one, and that there will not be two.
        Case.objects.bulk_create([case], ignore_conflicts=True)
        made = Case.objects.filter(pk=case.pk).exists()
        if not made:
            return Case.objects.get(kind=kind, subject=subject, state__in=UNDER_WAY)
        CaseEntry.objects.create(case=case, by=by, deed=Deed.OPENED, words=title)
    return case
