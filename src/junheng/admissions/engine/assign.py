"""A whole admission round, from frozen columns to the result."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from junheng.admissions.engine.acceptance import accept
from junheng.admissions.engine.claims import Claims
from junheng.admissions.engine.distance import own_distances_m
from junheng.admissions.engine.elsewhere import OTHERWISE, Seated, seat_elsewhere
from junheng.admissions.engine.errors import DistancesMissing
from junheng.admissions.engine.lists import whole_lists
from junheng.admissions.engine.lotteries import drawings_of
from junheng.admissions.engine.orders import order_of
from junheng.admissions.engine.standing import kept_out, standing_of
from junheng.admissions.engine.tickets import draw
from junheng.admissions.engine.types import NONE, Bools, How, Ints, Lists, Result, Round
from junheng.admissions.engine.units import lists_of, require_alike, units_of

Progress = Callable[[str, float], None]
"""Told which stage begins and what share of the work, 0 to 1, is done."""


def _quiet(stage: str, share: float) -> None:
    """Progress that nobody watches."""


def run(the_round: Round, progress: Progress = _quiet) -> Result:
    """Seat the children of one round.

    Args:
        the_round: Rules, schools, zones, applicants; nothing else has any influence.
        progress: Called at the beginning of each stage ("tickets", "assignment",
            "diversion", "done") with the share of work behind it.

    Returns:
        The placement of every child; the same round always gives the same result.

    Raises:
        RoundRefused: If only the run could find that the input will not do: see `errors`.

    Source:
        The public format "An admission round in files", versions 1 to 3.
    """
    rules, applicants, schools = the_round.rules, the_round.applicants, the_round.schools
    progress("tickets", 0.0)
    units = units_of(applicants)
    require_alike(the_round, units)
    drawn = draw(rules.method, rules.seed, rules.year, [applicants.ids[i] for i in units.lead])
    progress("assignment", 0.3)
    lists = whole_lists(applicants, the_round.zones, choices_only=rules.choices_only)
    unit_lists = lists_of(units, lists)
    order = order_of(the_round, units, drawn.order)
    keys = order.list_keys(unit_lists)
    place = accept(unit_lists, keys, size=units.size, seats=schools.seats, ticket_order=drawn.order)
    standing = standing_of(unit_lists, keys, place, size=units.size, seats=schools.seats)
    progress("diversion", 0.6)
    open_seats = np.where(order.by_lottery, 0, standing.free())
    seated = Seated(units, unit_lists, _school_at(unit_lists, place), open_seats, drawn.order)
    elsewhere = seat_elsewhere(the_round, seated)
    school = elsewhere.school
    last = Claims(order, drawn.tickets).last(standing)
    rank = np.where(place == NONE, 0, place + 1)[units.of]
    placed_by_list = schools.seats - standing.free()
    progress("done", 1.0)
    return Result(
        lists=lists,
        school=school,
        how=_how(the_round, school, rank, lists.own, elsewhere.moved),
        list_rank=rank,
        tickets=tuple(drawn.tickets[unit] for unit in units.of.tolist()),
        ticket_order=drawn.order[units.of],
        distance_m=_own_distances(the_round, school),
        placed_by_list=placed_by_list,
        diverted_in=_count(school[elsewhere.sent], len(schools.ids)),
        last_key=tuple(claim.printed if claim else "" for claim in last),
        price_m=_prices(elsewhere.price_m, order.by_lottery),
        kept_out=kept_out(unit_lists, keys, place, units, standing),
        offers=elsewhere.offers,
        grades=elsewhere.grades,
        grade_of=elsewhere.grade_of,
        drawn=drawings_of(unit_lists, place, order).units,
    )


def _school_at(lists: Lists, place: Ints) -> Ints:
    """The school at a place of each list, NONE where the place is NONE."""
    school = np.full(len(place), NONE, dtype=np.int64)
    held = np.flatnonzero(place != NONE)
    school[held] = lists.school[lists.start[held] + place[held]]
    return school


def _prices(price_m: Ints | None, by_lottery: Bools) -> Ints | None:
    """The prices of schools that children may be diverted to, NONE elsewhere."""
    return None if price_m is None else np.where(by_lottery, NONE, price_m)


def _count(school: Ints, schools: int) -> Ints:
    return np.bincount(school[school != NONE], minlength=schools).astype(np.int64)


def _how(the_round: Round, school: Ints, rank: Ints, own: Ints, moved: Bools) -> tuple[How, ...]:
    """How each child came to its school, from the rank of a seat given by list."""
    otherwise = OTHERWISE[the_round.rules.mode]
    by_list = np.where(rank <= own, 0, 1)
    code = np.where(rank > 0, by_list, np.where(school != NONE, 2, 3))
    names = (How.CHOICE, How.ZONE, otherwise, How.UNPLACED)
    return tuple(names[c] for c in np.where(moved, 2, code).tolist())


def _own_distances(the_round: Round, school: Ints) -> Ints:
    """Metres to each child's school.

    Raises:
        DistancesMissing: If there is a table that lacks the pair of a child with a home.
    """
    metres = own_distances_m(the_round, school)
    if the_round.distances is not None:
        home = ~np.isnan(the_round.applicants.lon)
        lacking = np.flatnonzero((school != NONE) & (metres == NONE) & home)
        if len(lacking):
            raise DistancesMissing(
                "the table of distances lacks pairs of a child and its school",
                children=tuple(lacking.tolist()),
                schools=tuple(school[lacking].tolist()),
            )
    return metres
