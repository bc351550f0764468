"""Why the diversion sent a child where it did, and which schools its list left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from junheng.admissions.engine.distance import distances_m
from junheng.admissions.engine.diversion import group_reach_m, reach_m
from junheng.admissions.engine.reasons import DiversionReason, Diverted, FullBy, Missed, Nearer
from junheng.admissions.engine.seating import Seating
from junheng.admissions.engine.types import NONE, Bools, Ints, Mode, Result, Round

_SHOWN_NEARER = 5
_SHOWN_MISSED = 3
_BLOCK = 2_000
_UNKNOWN_M = 2**62

Ways = tuple[Diverted | None, tuple[Missed, ...]]
"""Why the diversion placed a child; and the schools that listing would have won."""


@dataclass(frozen=True, slots=True)
class _Reach:
    """Metres from some children to all schools, `_UNKNOWN_M` where not known.

    For a member of a group `way_m` is that of the member who lives farthest, as in the
    diversion; both have shape (children, schools). `within` is the limit's word on `way_m`.
    """

    own_m: Ints
    way_m: Ints
    within: Bools


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
        if the_round.rules.mode is Mode.NONE:
            yield from ((None, schools) for schools in missed)
        else:
            yield from zip(_diverted(the_round, result, seating, block, reach), missed, strict=True)


def _reach_of(the_round: Round, seating: Seating, children: Ints) -> _Reach:
    schools = np.arange(len(the_round.schools.ids))
    own_m = distances_m(the_round, children, schools)
    way_m = reach_m(the_round, children, schools)
    unit = seating.units.of[children]
    for row in np.flatnonzero(seating.units.size[unit] > 1).tolist():
        members = np.flatnonzero(seating.units.of == unit[row])
        way_m[row] = group_reach_m(the_round, members, schools)
    within = way_m != NONE
    return _Reach(
        np.where(own_m == NONE, _UNKNOWN_M, own_m), np.where(within, way_m, _UNKNOWN_M), within
    )


def _missed(
    the_round: Round, result: Result, seating: Seating, children: Ints, own_m: Ints
) -> Iterator[tuple[Missed, ...]]:
    """Schools off the list that had a seat for the claim, nearer than the child's own."""
    ids, last, free = the_round.schools.ids, seating.last, seating.standing.free().tolist()
    limit = np.where(
        result.school[children] == NONE, np.iinfo(np.int64).max, result.distance_m[children]
    )
    good = _good_enough(the_round, seating, children) & (own_m < limit[:, None])
    for row, child in enumerate(children.tolist()):
        good[
            row, result.lists.school[result.lists.start[child] : result.lists.start[child + 1]]
        ] = False
        yield tuple(
            Missed(ids[s], _known(int(own_m[row, s])), free[s], last[s])
            for s in _nearest(own_m[row], good[row], _SHOWN_MISSED)
        )


def _good_enough(the_round: Round, seating: Seating, children: Ints) -> Bools:
    """Where a child's claim comes before the one that decided; shape (children, schools)."""
    standing, schools = seating.standing, np.arange(len(the_round.schools.ids))
    unit = seating.units.of[children]
    sibling = seating.order.sibling_school[unit][:, None] == schools
    claim = schools * standing.width + seating.order.keys(
        np.broadcast_to(unit[:, None], sibling.shape), sibling
    )
    good = np.zeros(sibling.shape, dtype=np.bool_)
    decided = np.append(standing.key, 0)
    for size in np.unique(seating.units.size[unit]).tolist():
        rows = seating.units.size[unit] == size
        bar = standing.decided_by(schools, np.full(len(schools), size))
        always = bar == standing.first[1:]
        good[rows] = (standing.seats >= size) & (always | (claim[rows] < decided[bar]))
    return good


def _diverted(
    the_round: Round, result: Result, seating: Seating, children: Ints, reach: _Reach
) -> Iterator[Diverted]:
    ids, free, price_m = the_round.schools.ids, seating.standing.free(), result.price_m
    assert price_m is not None  # noqa: S101  # the rules' mode is not "none"
    for row, child in enumerate(children.tolist()):
        size = int(seating.units.size[seating.units.of[child]])
        s = int(result.school[child])
        way_m, within = reach.way_m[row], reach.within[row]
        near = within if s == NONE else within & (way_m < way_m[s])
        yield Diverted(
            reason=_reason(s, size, free, within),
            distance_m=None if s == NONE else int(way_m[s]),
            price_m=None if s == NONE else int(price_m[s]),
            nearer=tuple(
                Nearer(ids[t], int(way_m[t]), int(price_m[t]), _full_by(int(free[t]), size))
                for t in _nearest(way_m, near, _SHOWN_NEARER)
            ),
            nearer_count=int(near.sum()),
        )


def _reason(school: int, size: int, free: Ints, within: Bools) -> DiversionReason:
    if school != NONE:
        return DiversionReason.LEAST_TOTAL if size == 1 else DiversionReason.NEAREST_WITH_ROOM
    if not (free > 0).any():
        return DiversionReason.NO_FREE_SEATS
    if not (within & (free > 0)).any():
        return DiversionReason.TOO_FAR
    return DiversionReason.ALL_TAKEN if size == 1 else DiversionReason.NO_ROOM_TOGETHER


def _full_by(free: int, size: int) -> FullBy:
    if free == 0:
        return FullBy.LIST
    return FullBy.DIVERSION if free >= size else FullBy.GROUP_SIZE


def _nearest(metres: Ints, those: Bools, count: int) -> list[int]:
    """The nearest few of some schools; of equally near ones those with the lowest id."""
    schools = np.flatnonzero(those)
    return [int(s) for s in schools[np.argsort(metres[schools], kind="stable")[:count]]]


def _known(metres: int) -> int | None:
    return None if metres == _UNKNOWN_M else metres
