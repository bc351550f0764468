"""Why the diversion sent a child where it did, and which schools its list left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from junheng.admissions.engine.distance import distances_m
from junheng.admissions.engine.diversion import group_reach_m
from junheng.admissions.engine.reasons import DiversionReason, Diverted, FullBy, Missed, Nearer
from junheng.admissions.engine.seating import Seating
from junheng.admissions.engine.types import NONE, Bools, Ints, Mode, Result, Round

_SHOWN_NEARER = 5
_SHOWN_MISSED = 3
_BLOCK = 500
_UNKNOWN_M = 2**62

Ways = tuple[Diverted | None, tuple[Missed, ...]]
"""Why the diversion placed a child; and the schools that listing would have won."""


@dataclass(frozen=True, slots=True)
class _Reach:
    """Metres from some children to all schools, `_UNKNOWN_M` where not known.

    For a member of a group `way_m` is that of the member who lives farthest, as in the
    diversion; both have shape (children, schools). `way_m` is not known beyond the limit.
    """

    own_m: Ints
    way_m: Ints


def ways_of(the_round: Round, result: Result, seating: Seating, children: Ints) -> Iterator[Ways]:
    """Explain children whom no school on their list seated, one after another.

    Args:
        the_round: The round.
        result: Its result.
        seating: The result by units.
        children: Indexes of children diverted or unplaced.
    """
    for low in range(0, len(children), _BLOCK):
        block = children[low : low + _BLOCK]
        reach = _reach_of(the_round, seating, block)
        missed = _missed(the_round, result, seating, block, reach.own_m)
        yield from zip(_diverted(the_round, result, seating, block, reach), missed, strict=True)


def _reach_of(the_round: Round, seating: Seating, children: Ints) -> _Reach:
    schools, limit = np.arange(len(the_round.schools.ids)), the_round.rules.max_distance_m
    own_m = distances_m(the_round, children, schools)
    way_m = np.where(own_m <= (_UNKNOWN_M if limit is None else limit), own_m, NONE)
    unit = seating.units.of[children]
    for row in np.flatnonzero(seating.units.size[unit] > 1).tolist():
        members = np.flatnonzero(seating.units.of == unit[row])
        way_m[row] = group_reach_m(the_round, members, schools)
    return _Reach(*(np.where(metres == NONE, _UNKNOWN_M, metres) for metres in (own_m, way_m)))


def _missed(
    the_round: Round, result: Result, seating: Seating, children: Ints, own_m: Ints
) -> list[tuple[Missed, ...]]:
    """Schools off the list that had a seat for the claim, nearer than the child's own."""
    ids, last, free = the_round.schools.ids, seating.last, seating.standing.free().tolist()
    own = result.distance_m[children]
    limit = np.where(result.school[children] == NONE, _UNKNOWN_M + 1, own)
    good = _good_enough(the_round, seating, children) & (own_m < limit[:, None])
    good &= ~seating.order.by_lottery
    for row, child in enumerate(children.tolist()):
        listed = slice(result.lists.start[child], result.lists.start[child + 1])
        good[row, result.lists.school[listed]] = False
    return [
        tuple([Missed(ids[s], None if m == _UNKNOWN_M else m, free[s], last[s]) for s, m in few])
        for few in _nearest(own_m, good, _SHOWN_MISSED)
    ]


def _good_enough(the_round: Round, seating: Seating, children: Ints) -> Bools:
    """Where a child's claim comes before the one that decided; shape (children, schools)."""
    standing, schools = seating.standing, np.arange(len(the_round.schools.ids))
    unit = seating.units.of[children]
    claim = schools * standing.width + seating.order.keys(
        *np.broadcast_arrays(unit[:, None], schools)
    )
    good = np.zeros(claim.shape, dtype=np.bool_)
    decided = np.append(standing.key, 0)
    for size in np.unique(seating.units.size[unit]).tolist():
        rows = seating.units.size[unit] == size
        bar = standing.decided_by(schools, np.full(len(schools), size))
        always = bar == standing.first[1:]
        good[rows] = (standing.seats >= size) & (always | (claim[rows] < decided[bar]))
    return good


def _diverted(
    the_round: Round, result: Result, seating: Seating, children: Ints, reach: _Reach
) -> list[Diverted | None]:
    if the_round.rules.mode is Mode.NONE or result.price_m is None:
        return [None] * len(children)
    ids, price_m = the_round.schools.ids, result.price_m.tolist()
    free, school = seating.free_for_others(), result.school[children]
    way_m = reach.way_m
    own_m = np.where(school == NONE, _UNKNOWN_M, way_m[np.arange(len(children)), school])
    near = (way_m < own_m[:, None]) & ~seating.order.by_lottery
    size = seating.units.size[seating.units.of[children]].tolist()
    some_free = bool((free > 0).any())
    reachable = np.asarray(((way_m < _UNKNOWN_M) & (free > 0)).any(axis=1))
    seats, few = free.tolist(), _nearest(way_m, near, _SHOWN_NEARER)
    rows = zip(
        school.tolist(), own_m.tolist(), size, reachable.tolist(), near.sum(axis=1).tolist(), few,
        strict=True,
    )  # fmt: skip
    return [
        Diverted(
            reason=_unplaced_reason(need, some_free=some_free, within=within)
            if s == NONE
            else _seated_reason(need),
            distance_m=None if s == NONE else metres,
            price_m=None if s == NONE else price_m[s],
            nearer=tuple([Nearer(ids[t], m, price_m[t], _full_by(seats[t], need)) for t, m in few]),
            nearer_count=count,
        )
        for s, metres, need, within, count, few in rows
    ]


def _seated_reason(size: int) -> DiversionReason:
    return DiversionReason.LEAST_TOTAL if size == 1 else DiversionReason.NEAREST_WITH_ROOM


def _unplaced_reason(size: int, *, some_free: bool, within: bool) -> DiversionReason:
    if not some_free:
        return DiversionReason.NO_FREE_SEATS
    if not within:
        return DiversionReason.TOO_FAR
    return DiversionReason.ALL_TAKEN if size == 1 else DiversionReason.NO_ROOM_TOGETHER


def _full_by(free: int, size: int) -> FullBy:
    if free == 0:
        return FullBy.LIST
    return FullBy.DIVERSION if free >= size else FullBy.GROUP_SIZE


def _nearest(metres: Ints, those: Bools, count: int) -> list[list[tuple[int, int]]]:
    """Row by row the nearest few of some schools with their metres, equally near ones by id."""
    ranked = np.where(those, metres, np.iinfo(np.int64).max)
    best = np.argsort(ranked, axis=1, kind="stable")[:, :count]
    few = np.take_along_axis(metres, best, axis=1).tolist()
    shown = np.minimum(those.sum(axis=1), count).tolist()
    return [
        list(zip(row[:n], ways[:n], strict=True))
        for row, ways, n in zip(best.tolist(), few, shown, strict=True)
    ]
