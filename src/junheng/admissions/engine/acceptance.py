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
        return _accept_singles(lists.start, lists.school, keys, first)
    place = simultaneous_rounds(lists.start, lists.school, keys, size, seats, first)
    return repair(lists, place, size=size, seats=seats, ticket_order=ticket_order)


@compiled
def _accept_singles(start: Ints, school: Ints, keys: Ints, first: Ints) -> Ints:
    """Let each child ask down its list; whoever is pushed out asks on.

    The heap of school s is `[first[s], first[s + 1])`, as long as it has seats or askers.
    """
    children = len(start) - 1
    asked = start[:-1].copy()
    held = np.zeros(len(first) - 1, dtype=np.int64)
    heap_key = np.empty(first[-1], dtype=np.int64)
    heap_child = np.empty(first[-1], dtype=np.int64)
    place = np.full(children, NONE, dtype=np.int64)
    for newcomer in range(children):
        child = newcomer
        while child != NONE and asked[child] < start[child + 1]:
            entry = asked[child]
            asked[child] += 1
            at = school[entry]
            low, room = first[at], first[at + 1] - first[at]
            if held[at] < room:
                place[child] = entry - start[child]
                _push(heap_key, heap_child, low, held[at], keys[entry], child)
                held[at] += 1
                break
            if room > 0 and keys[entry] < heap_key[low]:
                place[child] = entry - start[child]
                weakest = heap_child[low]
                _replace_top(heap_key, heap_child, low, room, keys[entry], child)
                place[weakest] = NONE
                child = weakest
    return place


@compiled
def _push(heap_key: Ints, heap_child: Ints, low: int, node: int, key: int, child: int) -> None:
    """Add a claim at the end of the heap and let it rise, weakest claim on top."""
    while node > 0:
        parent = (node - 1) // 2
        if heap_key[low + parent] >= key:
            break
        heap_key[low + node] = heap_key[low + parent]
        heap_child[low + node] = heap_child[low + parent]
        node = parent
    heap_key[low + node] = key
    heap_child[low + node] = child


@compiled
def _replace_top(
    heap_key: Ints, heap_child: Ints, low: int, count: int, key: int, child: int
) -> None:
    """Put a claim in the place of the weakest and let it sink."""
    node = 0
    while True:
        weaker = 2 * node + 1
        if weaker + 1 < count and heap_key[low + weaker + 1] > heap_key[low + weaker]:
            weaker += 1
        if weaker >= count or heap_key[low + weaker] <= key:
            break
        heap_key[low + node] = heap_key[low + weaker]
        heap_child[low + node] = heap_child[low + weaker]
        node = weaker
    heap_key[low + node] = key
    heap_child[low + node] = child
