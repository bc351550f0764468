"""Between the two rounds: no seat that one gives is given by the other."""

from __future__ import annotations

from django.utils.translation import gettext as _

from junheng.admissions.models import FrozenList, Round, RoundApplicant, RoundInput
from junheng.admissions.selectors.second import seats_left, without_seat
from junheng.admissions.services.acts import OutOfTurn, locked
from junheng.admissions.services.issuing import result_of
from junheng.admissions.services.publishing import require_no_open_offer

SHOWN = 5


class FewerLeft(OutOfTurn):
    """Seats were taken since the plan of the second round was laid down."""


def require_left(the_round: Round) -> None:
    """Make sure that a second round opens with seats that are still left.

    Raises:
        FewerLeft: With the schools that have fewer.
    """
    if the_round.second_of_id is None:
        return
    record = result_of(locked(the_round.second_of_id))
    left = {one.code: one.left for one in seats_left(record)}
    wrong = [
        name or code
        for code, name, seats in the_round.plan.order_by("code").values_list(
            "code", "name", "seats"
        )
        if seats > left.get(code, 0)
    ]
    if wrong:
        raise FewerLeft(
            _("Fewer seats are left than planned at: %s. Take over what is left now.")
            % _(", ").join(wrong[:SHOWN])
        )


def require_at_rest(the_round: Round, loaded: RoundInput) -> None:
    """Make sure that the first round gives nothing more, and nobody on the list has a seat there.

    Raises:
        OutOfTurn: If a seat is still offered, or a child on the list has one.
    """
    if the_round.second_of_id is None:
        return
    first = locked(the_round.second_of_id)
    require_no_open_offer(first)
    free = without_seat(result_of(first)).values("code")
    known = first.applications.filter(state="passed").values("code")
    listed = RoundApplicant.objects.filter(input=loaded, code__in=known)
    wrong = listed.exclude(code__in=free).order_by("code").values_list("code", flat=True)
    if wrong:
        raise OutOfTurn(
            _("These children hold a seat from the first round: %s. Make the list again.")
            % _(", ").join(wrong[:SHOWN])
        )


def require_no_second_list(the_round: Round) -> None:
    """Make sure that the waiting lists of a round have not ended.

    Raises:
        OutOfTurn: If the list of its second round is frozen.
    """
    if FrozenList.objects.filter(round__second_of=the_round.pk).exists():
        raise OutOfTurn(
            _("The list of the second round is frozen, so the waiting lists have ended.")
        )
