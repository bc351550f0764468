"""Seats for children whom no school on their list could seat, in whatever way the round wants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from junheng.admissions.engine.diversion import divert
from junheng.admissions.engine.grades import grades_of, intake_of
from junheng.admissions.engine.offers import offers_of, require_offered, serve
from junheng.admissions.engine.types import (
    NONE,
    Bools,
    Grade,
    How,
    Ints,
    Lists,
    Mode,
    Offers,
    Ranking,
    Round,
)
from junheng.admissions.engine.units import Units

OTHERWISE = {
    Mode.NONE: How.UNPLACED,
    Mode.ZONE: How.DIVERTED,
    Mode.OPEN: How.OFFERED,
    Mode.GRADE: How.MOVED,
}
"""How a child comes to a seat that no list gave it."""


@dataclass(frozen=True, slots=True)
class Seated:
    """The round after the lists.

    Attributes:
        school: School of each unit by list, or NONE.
        free: Seats that each school has free for those who did not name it: none where it is
            open by lottery.
        ticket_order: Place of each unit's ticket among all.
    """

    units: Units
    lists: Lists
    school: Ints
    free: Ints
    ticket_order: Ints

    def waiting(self) -> Ints:
        """Units without a seat."""
        return np.flatnonzero(self.school == NONE)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where every child goes in the end.

    Attributes:
        school: School of each child, or NONE.
        sent: Children who go to another school than their list gave them.
        moved: Children who move with their grade.
        price_m, offers, grades, grade_of: As in `Result`.
    """

    school: Ints
    sent: Bools
    moved: Bools
    price_m: Ints | None = None
    offers: Offers | None = None
    grades: tuple[Grade, ...] = ()
    grade_of: Ints | None = None


def seat_elsewhere(the_round: Round, seated: Seated) -> Elsewhere:
    """Do what the round's mode of diversion says.

    Raises:
        RoundRefused: If something is missing for it, see `errors`.
    """
    return _WAYS[the_round.rules.mode](the_round, seated)


def _nowhere(_the_round: Round, seated: Seated) -> Elsewhere:
    return _finished(seated, np.full(len(seated.school), NONE, dtype=np.int64))


def _by_zone(the_round: Round, seated: Seated) -> Elsewhere:
    plan = divert(
        the_round,
        seated.units,
        waiting=seated.waiting(),
        free=seated.free,
        ticket_order=seated.ticket_order,
    )
    by_list = seated.school[seated.units.of]
    school = np.where(by_list == NONE, plan.school, by_list)
    sent = (by_list == NONE) & (school != NONE)
    return Elsewhere(school, sent, np.zeros(len(school), dtype=np.bool_), plan.price_m)


def _by_offer(the_round: Round, seated: Seated) -> Elsewhere:
    offers = offers_of(
        the_round,
        seated.units,
        waiting=seated.waiting(),
        free=seated.free,
        ticket_order=seated.ticket_order,
    )
    require_offered(the_round, seated.units, offers)
    given = np.full(len(seated.school), NONE, dtype=np.int64)
    given[offers.unit] = serve(the_round, seated.units, offers, seated.free)
    return _finished(seated, given, offers=offers)


def _by_grade(the_round: Round, seated: Seated) -> Elsewhere:
    schools = len(seated.free)
    nothing = Ranking(np.zeros(schools + 1, dtype=np.int64), np.zeros(0, dtype=np.int64))
    moves = the_round.moves or nothing
    intake = intake_of(moves, seated.lists, seated.school, seated.units.size)
    grades = grades_of(the_round, moves, intake, seated.free)
    host = np.full(schools + 1, NONE, dtype=np.int64)
    for grade in grades:
        host[grade.school] = grade.host
    return _finished(seated, host[intake.grade_of], grades=grades, grade_of=intake.grade_of)


def _finished(
    seated: Seated,
    given: Ints,
    *,
    offers: Offers | None = None,
    grades: tuple[Grade, ...] = (),
    grade_of: Ints | None = None,
) -> Elsewhere:
    """From where units go, NONE for those who stay where they are, to children."""
    of = seated.units.of
    school = np.where(given == NONE, seated.school, given)[of]
    sent = (given != NONE)[of]
    moved = sent if grade_of is not None else np.zeros(len(of), dtype=np.bool_)
    by_child = None if grade_of is None else grade_of[of]
    return Elsewhere(school, sent, moved, offers=offers, grades=grades, grade_of=by_child)


_WAYS = {
    Mode.NONE: _nowhere,
    Mode.ZONE: _by_zone,
    Mode.OPEN: _by_offer,
    Mode.GRADE: _by_grade,
}
