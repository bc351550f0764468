"""The day that a page of households is about, and places as somebody sees them."""

from __future__ import annotations

from datetime import date

from django.http import Http404
from django.utils import timezone

from junheng.accounts.facade import StaffRequest, User
from junheng.aid.access import sees_households
from junheng.aid.selectors.merges import part_of
from junheng.places.facade import Place

TONES = {
    "proposed": "info",
    "posted": "info",
    "at_township": "warning",
    "at_county": "warning",
    "approved": "success",
    "refused": "danger",
    "withdrawn": "plain",
}


def day_on(request: StaffRequest) -> date:
    """The day in `?on=`, today at the latest and where none is named."""
    today = timezone.localdate()
    try:
        return min(date.fromisoformat(request.GET.get("on", "")), today)
    except ValueError:
        return today


def place_seen(user: User, code: str) -> Place:
    """A place whose households somebody sees, or nothing.

    A village that became part of another one is seen by those who see that one.
    """
    found: Place | None = (
        Place.objects.filter(code=code).defer("outline").select_related("parent").first()
    )
    if found is None or not sees_households(user, part_of(found).path):
        raise Http404
    return found
