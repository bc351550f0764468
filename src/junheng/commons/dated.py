"""Rows that are true for a time: from one day on, and until the day before another."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db.models import Q, QuerySet
from django.utils import timezone


def current_on(on: date | None = None, prefix: str = "") -> Q:
    """The condition that a dated row holds on a day; `prefix` leads to it, as in `post__`.

    Args:
        on: The day, today in China where none is given.
        prefix: Lookup from the rows that are filtered to the dated one.
    """
    day = on or timezone.localdate()
    begun = Q(**{f"{prefix}valid_from": None}) | Q(**{f"{prefix}valid_from__lte": day})
    not_ended = Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gt": day})
    return begun & not_ended


class DatedQuerySet(QuerySet[Any]):
    """Rows that are true from one day (unknown: always) until before another (unknown: still)."""

    def current(self, on: date | None = None) -> Self:
        """The rows that are true on a day, today in China where none is given."""
        return self.filter(current_on(on))
