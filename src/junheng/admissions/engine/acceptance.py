"""Deferred acceptance (format page, "What it means", 4).

Without groups the order in which children ask does not matter, so they ask one after
another, those with the strongest claims first, and every school keeps its children in its
order: 1,000,000 children with ten choices each take about half a second. With groups the
order does matter; `rounds` follows the page's simultaneous rounds to the letter, and
`repair` its last step. The readable definition of all three is `reference`, to which the
tests hold this module.
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
    """Children roughly by their key at the school they like best, the strongest first.

    The result does not depend on it, but who comes in order pushes hardly anybody out.
    Sixteen bits of the key are enough for that, and are sorted in no time.
    """
    asking = np.flatnonzero(np.diff(lists.start) > 0)
    key = keys[lists.start[asking]]
    rough = (key / (key.max(initial=0) + 1) * 2**16).astype(np.uint16)
    return np.asarray(asking[np.argsort(rough, kind="stable")])


@compiled
def _accept_singles(turn: Ints, start: Ints, school: Ints, keys: Ints, first: Ints) -> Ints:
    """Let each child in turn ask down its list; whoever is pushed out asks on.

    School s holds its children in its order in the rows `[first[s], first[s + 1])`, as long
    as it has seats or askers; beside each child the entry it asked by.
    """
    held = np.zeros(len(first) - 1, dtype=np.int64)
    row_key = np.empty(first[-1], dtype=np.int64)
    row_child = np.empty(first[-1], dtype=np.int64)
    row_entry = np.empty(first[-1], dtype=np.int64)
    for newcomer in turn:
        child, entry = newcomer, start[newcomer]
        while entry < start[child + 1]:
            at, key = school[entry], keys[entry]
            end = first[at] + held[at]
            if end < first[at + 1]:
                held[at] += 1
                _insert(row_key, row_child, row_entry, first[at], end, key, child, entry)
                break
            if end > first[at] and key < row_key[end - 1]:
                weakest, by = row_child[end - 1], row_entry[end - 1]
                _insert(row_key, row_child, row_entry, first[at], end - 1, key, child, entry)
                child, entry = weakest, by
            entry += 1
    place = np.full(len(start) - 1, NONE, dtype=np.int64)
    for at in range(len(held)):
        for i in range(first[at], first[at] + held[at]):
            place[row_child[i]] = row_entry[i] - start[row_child[i]]
    return place


@compiled
def _insert(
    row_key: Ints,
    row_child: Ints,
    row_entry: Ints,
    low: int,
    end: int,
    key: int,
    child: int,
    entry: int,
) -> None:
    """Put a claim into rows of ascending keys, `[low, end)` before, one longer after."""
    at = end
    while at > low and row_key[at - 1] > key:
        row_key[at], row_child[at] = row_key[at - 1], row_child[at - 1]
        row_entry[at] = row_entry[at - 1]
        at -= 1
    row_key[at], row_child[at], row_entry[at] = key, child, entry
