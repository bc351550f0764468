"""The simultaneous rounds of the assignment, for units of any size (format page, 4)."""

from __future__ import annotations

import numpy as np

from junheng.admissions.engine.compiled import compiled
from junheng.admissions.engine.types import NONE, Ints

_KEY, _UNIT, _USED = 0, 1, 2
"""Columns of a school's holding: key, unit, seats used by it and all before it."""


@compiled
def simultaneous_rounds(
    start: Ints, school: Ints, keys: Ints, size: Ints, seats: Ints, first: Ints
) -> Ints:
    """Let all units without a school ask at once, round by round, until nobody asks.

    Each school goes through those it holds and those who ask, in its order, takes each that
    still fits and refuses the others for good. It holds at most one unit per seat, so the
    holding of school s lives in the rows `[first[s], first[s + 1])`, in its order.

    Args:
        start: List of unit u is `school[start[u]:start[u + 1]]`.
        school: School at each place of each list.
        keys: Beside `school`: key of the unit in that school's order.
        size: Seats each unit needs.
        seats: Seats of each school.
        first: Offsets of the schools' holdings.

    Returns:
        The place in its list, from 0, where each unit is held, or NONE.
    """
    units, schools = len(start) - 1, len(seats)
    asked = start[:-1].copy()
    held = np.empty((first[-1], 3), dtype=np.int64)
    held_count = np.zeros(schools, dtype=np.int64)
    waiting = np.arange(units)
    count = units
    newest = np.full(schools, NONE, dtype=np.int64)
    older = np.empty(units, dtype=np.int64)
    met = np.empty(schools, dtype=np.int64)
    refused = np.empty(units, dtype=np.int64)
    while count > 0:
        met_count = _ask(waiting, count, start, school, asked, newest, older, met)
        count = 0
        for at in met[:met_count]:
            askers = _in_order(newest[at], older, asked, keys, size)
            newest[at] = NONE
            holding = held[first[at] : first[at + 1]]
            held_count[at], count = _choose(
                holding, held_count[at], askers, seats[at], refused, count
            )
        waiting[:count] = refused[:count]
    return _places(start, asked, held, held_count, first)


@compiled
def _ask(
    waiting: Ints,
    count: int,
    start: Ints,
    school: Ints,
    asked: Ints,
    newest: Ints,
    older: Ints,
    met: Ints,
) -> int:
    """Chain every waiting unit to the next school on its list; return how many were asked.

    After this `asked[u]` is one past the entry that unit u is asking by.
    """
    met_count = 0
    for unit in waiting[:count]:
        entry = asked[unit]
        if entry == start[unit + 1]:
            continue
        asked[unit] = entry + 1
        at = school[entry]
        if newest[at] == NONE:
            met[met_count] = at
            met_count += 1
        older[unit] = newest[at]
        newest[at] = unit
    return met_count


@compiled
def _in_order(newest: int, older: Ints, asked: Ints, keys: Ints, size: Ints) -> Ints:
    """Those who ask one school, in its order, as rows of a holding; used is their own size."""
    count = 0
    unit = newest
    while unit != NONE:
        count += 1
        unit = older[unit]
    askers = np.empty((count, 3), dtype=np.int64)
    unit = newest
    for i in range(count):
        askers[i, _KEY], askers[i, _UNIT], askers[i, _USED] = (
            keys[asked[unit] - 1],
            unit,
            size[unit],
        )
        unit = older[unit]
    return askers if count == 1 else askers[np.argsort(askers[:, _KEY])]


@compiled
def _choose(
    holding: Ints, held: int, askers: Ints, seats: int, refused: Ints, count: int
) -> tuple[int, int]:
    """Go through holders and askers in the school's order and take each that still fits.

    Those held before the first asker stay; the walk begins behind them and ends where
    nothing it changed can matter any more.

    Returns:
        How many units the school now holds, and how many stand in `refused`.
    """
    stay = _standing_before(holding, held, askers[0, _KEY])
    before = holding[stay:held].copy()
    now = then = holding[stay - 1, _USED] if stay else 0
    i, j, kept = 0, 0, stay
    while i < len(before) or j < len(askers):
        if j == len(askers) and kept == stay + i and now == then:
            return held, count
        if j == len(askers) or (i < len(before) and before[i, _KEY] < askers[j, _KEY]):
            key, unit, need = before[i, _KEY], before[i, _UNIT], before[i, _USED] - then
            then += need
            i += 1
        else:
            key, unit, need = askers[j, _KEY], askers[j, _UNIT], askers[j, _USED]
            j += 1
        if now + need <= seats:
            now += need
            holding[kept, _KEY], holding[kept, _UNIT], holding[kept, _USED] = key, unit, now
            kept += 1
        else:
            refused[count] = unit
            count += 1
    return kept, count


@compiled
def _standing_before(holding: Ints, held: int, key: int) -> int:
    """How many of those held stand before a key."""
    low, high = 0, held
    while low < high:
        middle = (low + high) // 2
        if holding[middle, _KEY] < key:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def _places(start: Ints, asked: Ints, held: Ints, held_count: Ints, first: Ints) -> Ints:
    """Turn the schools' holdings into a place on each unit's list."""
    place = np.full(len(start) - 1, NONE, dtype=np.int64)
    for at in range(len(held_count)):
        for unit in held[first[at] : first[at] + held_count[at], _UNIT]:
            place[unit] = asked[unit] - 1 - start[unit]
    return place
