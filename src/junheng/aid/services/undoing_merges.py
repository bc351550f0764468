"""A merge of villages that was a mistake is undone by two people, as if it had never been.

The households that went come back, with what the registers say of people left out there and their
cases; on every day they lie where they lay before. What was decided of them in the other village
would lose its ground: then the merge stays, and the page says what stands on it.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from junheng.accounts.facade import User
from junheng.aid.models import (
    FormerVillage,
    HouseholdReview,
    HouseholdVisit,
    LeftOut,
    VillageMerge,
)
from junheng.aid.models.merge_guards import UNDO
from junheng.aid.selectors.merges import came_to, merge_of
from junheng.aid.services import for_two
from junheng.commons import approvals
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal
from junheng.places.facade import Place, current_on


class CannotUndo(Refusal):
    """Something stands on the merge, or nobody said why."""


def ask_to_undo(merge: VillageMerge, why: str, *, path: str, by: User) -> Approval:
    """Ask that a merge is undone.

    Args:
        merge: Which.
        why: What was wrong with it.
        path: Of the county.
        by: The aid officer.

    Raises:
        CannotUndo: If something stands on it; it says what.
    """
    village, into = merge.village, merge.into
    return approvals.ask(
        UNDO,
        matter=f"{UNDO} {village.code}",
        path=path,
        by=by,
        payload={"merge": merge.pk, "from": village.pk, "to": into.pk},
        reason=why.strip(),
        title=f"{_('Undo the merge of a village')}: {village.name} → {into.name}",
        url=f"/aid/households/places/{village.code}/",
    )


def register() -> None:
    """Make the step known to the pages of approvals."""
    title = gettext_lazy("Undo the merge of a village")
    for_two.register(UNDO, title, _check, _carry_out, _facts)


def _merge(approval: Approval) -> VillageMerge | None:
    rows = VillageMerge.objects.select_related("village", "into")
    return (
        rows.defer("village__outline", "into__outline").filter(pk=approval.payload["merge"]).first()
    )


def _check(approval: Approval) -> None:
    merge = _merge(approval)
    if merge is None:
        raise CannotUndo(_("This merge was undone already."))
    if not approval.reason:
        raise CannotUndo(_("Say what was wrong with the merge."))
    if not Place.objects.filter(current_on(), pk=merge.village_id).exists():
        raise CannotUndo(
            _("%(village)s is no village any more: set the divisions right first.")
            % {"village": merge.village.name}
        )
    if (later := merge_of(merge.into)) is not None:
        words = {"village": merge.into.name, "into": later.into.name}
        raise CannotUndo(_("%(village)s became part of %(into)s since. Undo that first.") % words)
    for what in _standing_on(merge):
        raise CannotUndo(
            _("Since the merge there was %(what)s. What was decided there stays, and so does it.")
            % {"what": what}
        )


def _standing_on(merge: VillageMerge) -> Iterator[str]:
    """What began in the new village and would lose its ground."""
    homes = FormerVillage.objects.filter(village=merge.village_id, valid_to=merge.merged_on)
    theirs = {"household__in": homes.values("household")}
    for review in HouseholdReview.objects.filter(
        proposed_at__gte=merge.recorded_at, **theirs
    ).select_related("household")[:1]:
        yield _("a review of the household %(number)s") % {"number": review.household.number}
    for visit in HouseholdVisit.objects.filter(
        opened_at__gte=merge.recorded_at, **theirs
    ).select_related("household")[:1]:
        yield _("a visit to the household %(number)s") % {"number": visit.household.number}
    left_out = LeftOut.objects.filter(path=merge.into.path, place__in=came_to(merge.village_id))
    decided = Q(state=LeftOut.State.VISITED) | Q(decided_at__gte=merge.recorded_at)
    if left_out.filter(decided).exists():
        yield _("a visit to somebody left out")


def _carry_out(approval: Approval) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT aid_undo_merge(%s)", [approval.payload["merge"]])


def _facts(approval: Approval) -> Iterator[tuple[str, object]]:
    merge = _merge(approval)
    if merge is None:
        return
    homes = FormerVillage.objects.filter(village=merge.village_id, valid_to=merge.merged_on)
    yield pgettext("household", "Village"), f"{merge.village.name} ({merge.village.code})"
    yield _("Into which village"), f"{merge.into.name} ({merge.into.code})"
    yield _("From which day"), merge.merged_on
    yield _("Document it rests on"), merge.document
    yield _("Households that come back"), homes.count()
