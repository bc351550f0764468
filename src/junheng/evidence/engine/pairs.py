"""Which pairs are worth comparing: those that agree in something that few people share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from junheng.evidence.engine.numbers import NO_DAY
from junheng.evidence.engine.people import UNKNOWN, Ints, People

LARGEST_BLOCK = 5_000
"""Pairs of one block; a key shared by so many says nothing, and other keys find its people."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows of the left and of the right side, pair by pair, each pair once."""

    left: Ints
    right: Ints

    def __len__(self) -> int:
        return len(self.left)


def likely_pairs(left: People, right: People) -> Pairs:
    """Pairs that agree in number, sound and birthday or place, birthday and place or surname.

    Args:
        left: One side.
        right: The other, prepared with the same words.
    """
    found = [
        joined(_keys(left, kind), _keys(right, kind))
        for kind in ("number", "sound born", "sound place", "born place", "born surname")
    ]
    both = np.concatenate([pairs.left * len(right) + pairs.right for pairs in found])
    both = np.unique(both)
    rows, columns = np.divmod(both, max(len(right), 1))
    return Pairs(rows, columns)


def joined(left: Ints, right: Ints) -> Pairs:
    """All pairs of rows with the same key; `UNKNOWN` joins nothing."""
    order = np.argsort(right, kind="stable")
    ordered = right[order]
    first = np.searchsorted(ordered, left, "left")
    count = np.searchsorted(ordered, left, "right") - first
    count[left == UNKNOWN] = 0
    _, inverse, times = np.unique(left, return_inverse=True, return_counts=True)
    count[times[inverse] * count > LARGEST_BLOCK] = 0
    rows = np.repeat(np.arange(len(left)), count)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    return Pairs(rows, order[np.repeat(first, count) + within])


def _keys(people: People, kind: str) -> Ints:
    if kind == "number":
        return people.numbers.key
    known = {"sound": people.sound, "place": people.place, "surname": people.surname}
    parts = [people.born if part == "born" else known[part] for part in kind.split()]
    blank = [NO_DAY if part == "born" else UNKNOWN for part in kind.split()]
    missing = (parts[0] == blank[0]) | (parts[1] == blank[1])
    return np.where(missing, UNKNOWN, (parts[0] + 2_000_000) * 10_000_000 + parts[1] + 2_000_000)
