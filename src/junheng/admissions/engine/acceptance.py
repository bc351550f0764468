"""Deferred acceptance (format page, "What it means", 4).

Without groups the order in which children ask does not matter, so they ask one after
another and every school keeps a heap with its weakest claim on top: 1,000,000 children with
ten choices each take about half a second. With groups the order does matter; `rounds`
follows the page's simultaneous rounds to the letter, and `repair` its last step. The
readable definition of all three is `reference`, to which the tests hold this module.
"""

from __future__ import annotations

import numpy as np

from junheng.admissions.engine.compiled import compiled
from junheng.admissions.engine.repair import repair
from junheng.admissions.engine.rounds import simultaneous_rounds
from junheng.admissions.engine.types import NONE, Ints, Lists


def accept(lists: Lists, keys: Ints, *, size: Ints, seats: Ints, ticket_order: Ints) -> Ints:
    """Seat units by list.

    Args:
        lists: Each unit's list.
        keys: Beside `lists.school`: the unit's key in that school's order, smaller first, no
            two equal at a school.
        size: Seats each unit needs, at least 1.
        seats: Seats of each school, at least 0.
        ticket_order: Place of each unit's ticket among all, from 0, no two equal.

    Returns:
        The place in its list, from 0, that each unit ends at, or NONE.

    Source:
        Gale and Shapley (1962), applicants propose; groups as the format page lays down.
    """
    room = np.minimum(seats, np.bincount(lists.school, minlength=len(seats)))
    first = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(room)))
    if not (size > 1).any():
        turn = _strongest_first(lists, keys)
        return _accept_singles(turn, lists.start, lists.school, keys, first)
    place = simultaneous_rounds(lists.start, lists.school, keys, size, seats, first)
    return repair(lists, place, size=size, seats=seats, ticket_order=ticket_order)


def _strongest_first(lists: Lists, keys: Ints) -> Ints:
    """Children by their key at the school they like best; who has no list is left out."""
    asking = np.flatnonzero(np.diff(lists.start) > 0)
    return np.asarray(asking[np.argsort(keys[lists.start[asking]])])


@compiled
def _accept_singles(turn: Ints, start: Ints, school: Ints, keys: Ints, first: Ints) -> Ints:
    """Let each child in turn ask down its list; whoever is pushed out asks on.

    School s holds its children in its order in `[first[s], first[s + 1])`, as long as it has
    seats or askers.
    """
    asked = start[:-1].copy()
    held = np.zeros(len(first) - 1, dtype=np.int64)
    row_key = np.empty(first[-1], dtype=np.int64)
    row_child = np.empty(first[-1], dtype=np.int64)
    for newcomer in turn:
        child = newcomer
        while child != NONE and asked[child] < start[child + 1]:
            entry = asked[child]
            asked[child] += 1
            at = school[entry]
            low, end = first[at], first[at] + held[at]
            if end < first[at + 1]:
                _insert(row_key, row_child, low, end, keys[entry], child)
                held[at] += 1
                child = NONE
            elif end > low and keys[entry] < row_key[end - 1]:
                weakest = row_child[end - 1]
                _insert(row_key, row_child, low, end - 1, keys[entry], child)
                child = weakest
    place = np.full(len(asked), NONE, dtype=np.int64)
    for at in range(len(held)):
        for child in row_child[first[at] : first[at] + held[at]]:
            place[child] = asked[child] - 1 - start[child]
    return place


@compiled
def _insert(row_key: Ints, row_child: Ints, low: int, end: int, key: int, child: int) -> None:
    """Put a claim into a row of ascending keys, `[low, end)` before, one longer after."""
    at = end
    while at > low and row_key[at - 1] > key:
        row_key[at] = row_key[at - 1]
        row_child[at] = row_child[at - 1]
        at -= 1
    row_key[at] = key
    row_child[at] = child
