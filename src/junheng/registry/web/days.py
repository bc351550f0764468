"""The day that a page of figures is about, as the address says it."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, QueryDict
from django.utils import timezone


def day_asked(request: HttpRequest) -> date:
    """The day in `?day=`; today where there is none, it is none, or it is yet to come."""
    today = timezone.localdate()
    try:
        return min(date.fromisoformat(request.GET.get("day", "")), today)
    except ValueError:
        return today


def query_of(day: date, **conditions: object) -> str:
    """The query of a page about a day, with what is not blank."""
    query = QueryDict(mutable=True)
    query["day"] = day.isoformat()
    for name, value in conditions.items():
        if value not in (None, ""):
            query[name] = str(value)
    return query.urlencode()
