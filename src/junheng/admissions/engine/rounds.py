"""The simultaneous rounds of the assignment, for units of any size (format page, 4)."""

from __future__ import annotations

import numpy as np

from junheng.admissions.engine.compiled import compiled
from junheng.admissions.engine.types import NONE, Ints


@compiled
def simultaneous_rounds(
    start: Ints, school: Ints, keys: Ints, size: Ints, seats: Ints, first: Ints
) -> Ints:
    """Let all units without a school ask at once, round by round, until nobody asks.

    Each school goes through those it holds and those who ask, in its order, takes each that
    still fits and refuses the others for good. It holds at most one unit per seat, so the
    units of school s live in `[first[s], first[s + 1])`, in its order.

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
    held = np.empty(first[-1], dtype=np.int64)
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
            askers = _in_order(newest[at], older, asked, keys)
            newest[at] = NONE
            row = held[first[at] : first[at + 1]]
            room = seats[at]
            held_count[at], count = _choose(
                row, held_count[at], askers, asked, keys, size, room, refused, count
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
def _in_order(newest: int, older: Ints, asked: Ints, keys: Ints) -> Ints:
    """Those who ask one school, in its order."""
    count = 0
    unit = newest
    while unit != NONE:
        count += 1
        unit = older[unit]
    askers = np.empty(count, dtype=np.int64)
    key = np.empty(count, dtype=np.int64)
    unit = newest
    for i in range(count):
        askers[i], key[i] = unit, keys[asked[unit] - 1]
        unit = older[unit]
    return askers[np.argsort(key)]


@compiled
def _choose(
    row: Ints,
    holding: int,
    askers: Ints,
    asked: Ints,
    keys: Ints,
    size: Ints,
    room: int,
    refused: Ints,
    count: int,
) -> tuple[int, int]:
    """Merge holders and askers in the school's order and take each that still fits.

    Returns:
        How many units the school now holds in `row`, and how many stand in `refused`.
    """
    before = row[:holding].copy()
    i = j = kept = 0
    while i < holding or j < len(askers):
        if j == len(askers) or (
            i < holding and keys[asked[before[i]] - 1] < keys[asked[askers[j]] - 1]
        ):
            unit = before[i]
            i += 1
        else:
            unit = askers[j]
            j += 1
        if size[unit] <= room:
            room -= size[unit]
            row[kept] = unit
            kept += 1
        else:
            refused[count] = unit
            count += 1
    return kept, count


@compiled
def _places(start: Ints, asked: Ints, held: Ints, held_count: Ints, first: Ints) -> Ints:
    """Turn the schools' holdings into a place on each unit's list."""
    place = np.full(len(start) - 1, NONE, dtype=np.int64)
    for at in range(len(held_count)):
        for unit in held[first[at] : first[at] + held_count[at]]:
            place[unit] = asked[unit] - 1 - start[unit]
    return place
