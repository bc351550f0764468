"""What came of offers and of moved grades, child by child."""

from __future__ import annotations

from junheng.admissions.engine.offers import serving_order, wishes
from junheng.admissions.engine.reasons import (
    Moved,
    Offer,
    Offered,
    OfferReason,
    OfferVerdict,
)
from junheng.admissions.engine.types import (
    NONE,
    GradeReason,
    How,
    Ints,
    Offers,
    Result,
    Round,
    Silence,
)
from junheng.admissions.engine.units import Units

SHOWN = 10
"""So many schools are named that a family would rather have had, or is offered first."""


def offered_of(the_round: Round, result: Result, units: Units, free: Ints) -> dict[int, Offered]:
    """What every unit without a seat by list was offered and what came of it.

    Args:
        the_round: The round.
        result: What `run` made of it.
        units: Its units.
        free: Seats free at each school after the lists.

    Returns:
        By unit; nothing but in mode `open`.
    """
    if result.offers is None:
        return {}
    teller = _Teller(the_round, result.offers, units, free.tolist())
    school = result.school[units.lead[result.offers.unit]].tolist()
    return {
        int(result.offers.unit[k]): teller.serve(k, turn, school[k])
        for turn, k in enumerate(serving_order(the_round, result.offers), start=1)
    }


class _Teller:
    """Goes through the turns once more, knowing how they end."""

    def __init__(self, the_round: Round, offers: Offers, units: Units, room: list[int]) -> None:
        self.the_round, self.offers, self.units, self.room = the_round, offers, units, room

    def serve(self, k: int, turn: int, school: int) -> Offered:
        """Tell the k-th entry's turn, at whose end it is at `school`."""
        bounds = slice(self.offers.start[k], self.offers.start[k + 1])
        offered = self.offers.school[bounds].tolist()
        metres = dict(zip(offered, self.offers.distance_m[bounds].tolist(), strict=True))
        wanted = wishes(self.the_round, self.units, self.offers, k)
        before = wanted[: wanted.index(school)] if school != NONE else wanted
        asked = self.the_round.answers is not None
        shown = [*before[:SHOWN], *([school] if school != NONE else [])]
        told = Offered(
            reason=self._reason(k, school, offered),
            turn=turn,
            answered=bool(self.offers.answered[k]),
            offered_count=len(offered),
            taken_count=len(before),
            schools=tuple(
                self._offer(k, s, metres[s], school) for s in (shown if asked else offered[:SHOWN])
            ),
        )
        if school != NONE:
            self.room[school] -= int(self.units.size[self.offers.unit[k]])
        return told

    def _reason(self, k: int, school: int, offered: list[int]) -> OfferReason:
        if not offered:
            return OfferReason.NOTHING_OFFERED
        if self.the_round.answers is None:
            return OfferReason.ASKED
        if school != NONE:
            return OfferReason.CHOSEN
        silent = not self.offers.answered[k]
        declined = silent and self.the_round.rules.silence is Silence.DECLINE
        return OfferReason.DECLINED if declined else OfferReason.ALL_TAKEN

    def _offer(self, k: int, s: int, metres: int, school: int) -> Offer:
        answers = self.the_round.answers
        verdict = OfferVerdict.SEATED if s == school else OfferVerdict.TAKEN
        lead = int(self.units.lead[self.offers.unit[k]])
        return Offer(
            school_id=self.the_round.schools.ids[s],
            distance_m=None if metres == NONE else metres,
            ranked=answers is not None and s in answers.of(lead),
            left=self.room[s],
            verdict=OfferVerdict.OPEN if answers is None else verdict,
        )


def moved_of(the_round: Round, result: Result, child: int) -> Moved | None:
    """What became of the entering grade a child belongs to, if it moves or has no seat."""
    if result.grade_of is None or result.how[child] not in (How.MOVED, How.UNPLACED):
        return None
    ids, school = the_round.schools.ids, int(result.grade_of[child])
    if school == NONE:
        return Moved(GradeReason.NOT_MOVABLE, None, None, 0, 0, None)
    grade = next(grade for grade in result.grades if grade.school == school)
    return Moved(
        reason=grade.reason,
        school_id=ids[school],
        host_id=None if grade.host == NONE else ids[grade.host],
        children=grade.children,
        without_seat=grade.without_seat,
        distance_m=None if grade.distance_m == NONE else grade.distance_m,
    )
