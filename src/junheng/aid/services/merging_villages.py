"""A village becomes part of another one: its households go there, by two people."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.aid.models import Household, HouseholdReview
from junheng.aid.models.household_guards import MERGE
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
    rows = Place.objects.filter(current_on(), level=Level.VILLAGE, path__startswith=path).exclude(
        pk=village.pk
    )
    return list(rows.defer("outline").select_related("parent").order_by("code"))


def ask_to_merge(village: Place, into: Place, paper: str, *, path: str, by: User) -> Approval:
    """Ask that all households of a village belong to another one from now on.

    Args:
        village: The village that becomes part of another.
        into: That one.
        paper: The decree.
        path: Of the county.
        by: The aid officer.

    Raises:
        CannotMerge: If something of the village is under way, or the other is none of the county.
    """
    return approvals.ask(
        MERGE,
        matter=f"aid.merge {village.code}",
        path=path,
        by=by,
        payload={"from": village.pk, "to": into.pk},
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
    reviews = HouseholdReview.objects.filter(household__village=village, state__in=OPEN)
    if reviews.exists():
        raise CannotMerge(_("A review of this village is under way; wait for its end."))


def _carry_out(approval: Approval) -> None:
    village, into = _places(approval)
    Household.objects.filter(village=village).update(village=into)


def _facts(approval: Approval) -> Iterator[tuple[str, object]]:
    village, into = _places(approval)
    yield _("From"), f"{village.name} ({village.code})"
    yield _("Into which village"), f"{into.name} ({into.code})"
    yield _("Households"), Household.objects.filter(village=village).count()
    yield _("Document it rests on"), approval.reason
