"""The day that a page of figures is about, as the address says it."""

from __future__ import annotations

from datetime import date

from django.http import QueryDict
from django.utils import timezone

from junheng.accounts.facade import StaffRequest
from junheng.kernel.school_year import SchoolYear
from junheng.registry.selectors.classes import latest_year


def day_asked(request: StaffRequest) -> date:
    """The day in `?day=`, today at the latest; the latest that has classes where none is named."""
    today = timezone.localdate()
    try:
        return min(date.fromisoformat(request.GET.get("day", "")), today)
    except ValueError:
        year = latest_year(request.user)
        return today if year is None else min(today, SchoolYear(year).ends_on)


def query_of(day: date, **conditions: object) -> str:
    """The query of a page about a day, with what is not blank."""
    query = QueryDict(mutable=True)
    query["day"] = day.isoformat()
    for name, value in conditions.items():
        if value not in (None, ""):
            query[name] = str(value)
    return query.urlencode()
