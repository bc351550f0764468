"""Diversion by grade: a school over plan sends its whole entering grade to one host.

Format page, version 2, "What it means", 8. Nobody is picked out: with the children who found
no seat go those who have one at the school, so that a grade stays together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from junheng.admissions.engine.distance import great_circle_m
from junheng.admissions.engine.errors import MovesTooMany, SitesMissing
from junheng.admissions.engine.moves import Need, TooManySteps, best_moves
from junheng.admissions.engine.types import (
    NONE,
    Bools,
    Grade,
    GradeReason,
    Ints,
    Lists,
    Ranking,
    Round,
)


@dataclass(frozen=True, slots=True)
class Intake:
    """Who belongs to the entering grades of the schools over plan.

    Attributes:
        grade_of: Per unit the school over plan to whose grade it belongs, or NONE.
        schools: The schools over plan, ascending.
        children: Per such school, its whole grade.
        without_seat: Per such school, those of its grade without a seat by list.
    """

    grade_of: Ints
    schools: Ints
    children: Ints
    without_seat: Ints


def intake_of(moves: Ranking, lists: Lists, by_list: Ints, size: Ints) -> Intake:
    """Find the schools over plan and their whole entering grades.

    A unit without a seat is due at the first school on its list that may move at all.

    Args:
        moves: Hosts by school.
        lists: Each unit's list.
        by_list: School of each unit by list, or NONE.
        size: Children of each unit.
    """
    movable = np.diff(moves.start) > 0
    due = np.where(by_list == NONE, _first_of(lists, movable), NONE)
    schools = np.unique(due[due != NONE])
    grade_of = np.where(np.isin(by_list, schools), by_list, due)
    count = len(movable)

    def counted(those: Bools) -> Ints:
        found = np.bincount(grade_of[those], weights=size[those], minlength=count)
        return np.asarray(found.astype(np.int64)[schools])

    return Intake(grade_of, schools, counted(grade_of != NONE), counted(due != NONE))


def _first_of(lists: Lists, those: Bools) -> Ints:
    """The first of some schools on each list, or NONE."""
    first = np.full(len(lists.own), NONE, dtype=np.int64)
    unit = np.repeat(np.arange(len(lists.own)), np.diff(lists.start))
    hits = np.flatnonzero(those[lists.school])[::-1]
    first[unit[hits]] = lists.school[hits]
    return first


def grades_of(the_round: Round, moves: Ranking, intake: Intake, free: Ints) -> tuple[Grade, ...]:
    """Decide which grade goes where.

    Args:
        the_round: Sites and the limit.
        moves: Hosts by school.
        intake: Schools over plan and their grades.
        free: Seats free at each school after the lists.

    Returns:
        A row for each school over plan, by id.

    Raises:
        SitesMissing: If it is not known where a school over plan or one of its hosts stands.
        MovesTooMany: If the best plan cannot be found for sure.
    """
    room = free.copy()
    room[intake.schools] = 0
    hosts = [moves.of(s) for s in intake.schools.tolist()]
    fits = [
        [h for h in allowed if room[h] >= children]
        for allowed, children in zip(hosts, intake.children.tolist(), strict=True)
    ]
    _require_sites(the_round, intake.schools.tolist(), fits)
    needs = [
        Need(children, without, _within(the_round, s, allowed))
        for s, children, without, allowed in zip(
            intake.schools.tolist(), intake.children.tolist(), intake.without_seat.tolist(), fits,
            strict=True,
        )
    ]  # fmt: skip
    try:
        plan = best_moves(needs, room.tolist())
    except TooManySteps as search:
        raise MovesTooMany(
            "too many schools ask for the same sites",
            schools=tuple(int(intake.schools[n]) for n in search.needs),
        ) from None
    return tuple(
        _grade(s, host, need, fitting)
        for s, host, need, fitting in zip(intake.schools.tolist(), plan, needs, fits, strict=True)
    )


def _grade(school: int, host: int, need: Need, fitting: list[int]) -> Grade:
    if host != NONE:
        reason = GradeReason.MOVED
    elif need.options:
        reason = GradeReason.HOST_TAKEN
    else:
        reason = GradeReason.TOO_FAR if fitting else GradeReason.NO_ROOM
    metres = dict(need.options).get(host, NONE)
    return Grade(school, host, reason, need.children, need.without_seat, metres)


def _within(the_round: Round, school: int, hosts: list[int]) -> tuple[tuple[int, int], ...]:
    """Hosts not beyond the limit, each with its metres from the school."""
    sites, limit = the_round.schools, the_round.rules.max_distance_m
    metres = great_circle_m(
        sites.lon[[school]], sites.lat[[school]], sites.lon[hosts], sites.lat[hosts]
    )
    pairs = zip(hosts, metres.tolist(), strict=True)
    return tuple((host, way) for host, way in pairs if limit is None or way <= limit)


def _require_sites(the_round: Round, schools: list[int], fits: list[list[int]]) -> None:
    asked = {s for s, allowed in zip(schools, fits, strict=True) for s in (s, *allowed) if allowed}
    sites = the_round.schools
    lost = sorted(s for s in asked if np.isnan(sites.lon[s] + sites.lat[s]))
    if lost:
        raise SitesMissing(
            "it is not known where these schools stand, whose grade may move or be moved to",
            schools=tuple(lost),
        )
