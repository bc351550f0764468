"""A village becomes part of another one from a day on: its households go there, by two people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from junheng.accounts.facade import User
from junheng.aid.models import (
    Household,
    HouseholdReview,
    HouseholdVisit,
    LeftOut,
    VillageMerge,
)
from junheng.aid.models.merge_guards import MERGE
from junheng.aid.models.reviews import OPEN
from junheng.aid.services import for_two
from junheng.commons import approvals
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal
from junheng.places.facade import Level, Place, current_on


class CannotMerge(Refusal):
    """The households cannot go there, or not now."""


def villages_beside(village: Place, path: str) -> list[Place]:
    """The villages of a county to which the households of another one can go."""
    rows = Place.objects.filter(current_on(), level=Level.VILLAGE, path__startswith=path)
    gone = VillageMerge.objects.values("village")
    rows = rows.exclude(pk=village.pk).exclude(pk__in=gone).defer("outline")
    return list(rows.select_related("parent").order_by("code"))


def ask_to_merge(
    village: Place, into: Place, on: date, paper: str, *, path: str, by: User
) -> Approval:
    """Ask that all households of a village belong to another one from a day on.

    Args:
        village: The village that becomes part of another.
        into: That one.
        on: The first day, not one to come.
        paper: The decree.
        path: Of the county.
        by: The aid officer.

    Raises:
        CannotMerge: If something of the village is under way, the other is none of the county, or
            it cannot be that day.
    """
    return approvals.ask(
        MERGE,
        matter=f"aid.merge {village.code}",
        path=path,
        by=by,
        payload={"from": village.pk, "to": into.pk, "on": on.isoformat()},
        reason=paper,
        title=f"{_('Households go to another village')}: {village.name} → {into.name}",
        url=f"/aid/households/places/{village.code}/",
    )


def register() -> None:
    """Make the step known to the pages of approvals."""
    for_two.register(
        MERGE, gettext_lazy("Households go to another village"), _check, _carry_out, _facts
    )


def _places(approval: Approval) -> tuple[Place, Place]:
    known = Place.objects.defer("outline").in_bulk(
        [approval.payload["from"], approval.payload["to"]]
    )
    return known[approval.payload["from"]], known[approval.payload["to"]]


def _check(approval: Approval) -> None:
    village, into = _places(approval)
    known = {one.pk for one in villages_beside(village, approval.path)}
    if into.pk not in known or not village.path.startswith(approval.path):
        raise CannotMerge(_("Choose another village of this county."))
    if not Household.objects.filter(village=village).exists():
        raise CannotMerge(_("No household is written down here."))
    _check_day(village, _day(approval))
    if _under_way(village):
        raise CannotMerge(_("A review or visit in this village is under way; wait for its end."))


def _day(approval: Approval) -> date:
    return date.fromisoformat(approval.payload["on"])


def _check_day(village: Place, day: date) -> None:
    if day > timezone.localdate():
        raise CannotMerge(_("That day has not come yet."))
    came = VillageMerge.objects.filter(into=village, merged_on__gte=day).first()
    if came is not None:
        raise CannotMerge(
            _("Another village became part of this one on %(day)s; choose a later day.")
            % {"day": came.merged_on}
        )


def _under_way(village: Place) -> bool:
    """Whether something waits for the people of this village."""
    return (
        HouseholdReview.objects.filter(household__village=village, state__in=OPEN).exists()
        or HouseholdVisit.objects.filter(household__village=village, outcome="").exists()
        or LeftOut.objects.filter(path=village.path, state=LeftOut.State.VISITED).exists()
    )


def _carry_out(approval: Approval) -> None:
    village, into = _places(approval)
    VillageMerge.objects.create(
        village=village, into=into, merged_on=_day(approval), document=approval.reason
    )
    Household.objects.filter(village=village).update(village=into)
    LeftOut.objects.filter(path=village.path).update(path=into.path)
    with connection.cursor() as cursor:
        cursor.execute("SELECT aid_cases_follow_merges()")


def _facts(approval: Approval) -> Iterator[tuple[str, object]]:
    village, into = _places(approval)
    yield pgettext("household", "Village"), f"{village.name} ({village.code})"
    yield _("Into which village"), f"{into.name} ({into.code})"
    yield _("From which day"), _day(approval)
    yield _("Households"), Household.objects.filter(village=village).count()
    yield _("Document it rests on"), approval.reason
