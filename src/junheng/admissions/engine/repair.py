"""The last step of an assignment with groups: seats that a group left behind are used.

As long as some unit would rather be at a school whose free seats suffice for it, the one of
these with the smallest ticket moves to the school it likes best among those (format page,
4). Every move is an improvement for the unit that moves, so this ends.
"""

from __future__ import annotations

import numpy as np

from junheng.admissions.engine.compiled import compiled
from junheng.admissions.engine.orders import units_beside
from junheng.admissions.engine.types import NONE, Ints, Lists


def repair(lists: Lists, place: Ints, *, size: Ints, seats: Ints, ticket_order: Ints) -> Ints:
    """Move units to free seats they would rather have, smallest ticket first.

    Args:
        lists: Each unit's list.
        place: Where on its list each unit is held, from 0, or NONE; not changed.
        size: Seats each unit needs.
        seats: Seats of each school.
        ticket_order: Place of each unit's ticket among all, no two equal.

    Returns:
        Where on its list each unit ends, from 0, or NONE.
    """
    length = np.diff(lists.start)
    at = np.where(place == NONE, length, place)
    held = np.flatnonzero(place != NONE)
    free = seats.copy()
    np.subtract.at(free, lists.school[lists.start[held] + place[held]], size[held])
    unit = units_beside(lists)
    rank = np.arange(len(unit)) - lists.start[unit]
    wish = np.flatnonzero(rank < at[unit])
    if not (size[unit[wish]] <= free[lists.school[wish]]).any():
        return place
    wish = wish[np.argsort(lists.school[wish] * len(place) + ticket_order[unit[wish]])]
    first = np.searchsorted(lists.school[wish], np.arange(len(seats) + 1))
    wisher, rank = unit[wish], rank[wish]
    _move_all(lists.start, lists.school, at, size, free, ticket_order, wisher, rank, first)
    return np.where(at == length, NONE, at)


@compiled
def _move_all(
    start: Ints,
    school: Ints,
    at: Ints,
    size: Ints,
    free: Ints,
    ticket_order: Ints,
    wisher: Ints,
    rank: Ints,
    first: Ints,
) -> None:
    """Move one unit after the other, in place.

    `wisher[first[s]:first[s + 1]]` are the units that would rather be at school s, by
    ticket, and `rank` the place of s on their lists. `at` is each unit's place, or the
    length of its list.
    """
    schools = len(free)
    cursor = first[:-1].copy()
    best = np.empty(schools, dtype=np.int64)
    for s in range(schools):
        best[s] = _smallest_ticket(s, at, size, free, wisher, rank, cursor, first[s + 1])
    while True:
        unit = NONE
        for s in range(schools):
            if best[s] != NONE and (unit == NONE or ticket_order[best[s]] < ticket_order[unit]):
                unit = best[s]
        if unit == NONE:
            return
        left, joined = _move(unit, start, school, at, size, free)
        for s in range(schools):
            if s in (left, joined) or best[s] == unit:
                best[s] = _smallest_ticket(s, at, size, free, wisher, rank, cursor, first[s + 1])


@compiled
def _smallest_ticket(
    s: int, at: Ints, size: Ints, free: Ints, wisher: Ints, rank: Ints, cursor: Ints, end: int
) -> int:
    """The unit with the smallest ticket that would rather be at s and fits, or NONE.

    Who no longer wishes to come never will again, so the cursor passes it for good.
    """
    i = cursor[s]
    while i < end and rank[i] >= at[wisher[i]]:
        i += 1
    cursor[s] = i
    while i < end:
        if rank[i] < at[wisher[i]] and size[wisher[i]] <= free[s]:
            return int(wisher[i])
        i += 1
    return NONE


@compiled
def _move(
    unit: int, start: Ints, school: Ints, at: Ints, size: Ints, free: Ints
) -> tuple[int, int]:
    """Move a unit to the school it likes best among those with room; return left and joined."""
    left = NONE
    if start[unit] + at[unit] < start[unit + 1]:
        left = school[start[unit] + at[unit]]
        free[left] += size[unit]
    place = 0
    while free[school[start[unit] + place]] < size[unit]:
        place += 1
    at[unit] = place
    joined = school[start[unit] + place]
    free[joined] -= size[unit]
    return left, joined
