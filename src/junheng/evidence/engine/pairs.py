"""Which pairs are worth comparing: those that agree in something that few people share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from junheng.evidence.engine.numbers import NO_DAY
from junheng.evidence.engine.people import Ints, People
from junheng.evidence.engine.written import UNKNOWN, mixed

LARGEST_BLOCK = 5_000
"""Pairs of one block; a key shared by so many says nothing, and other keys find its people."""

BLOCKS = (
    *("number", "sound born", "sound place", "born place", "born surname"),
    "sound written",
)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows of the left and of the right side, pair by pair, each pair once."""

    left: Ints
    right: Ints

    def __len__(self) -> int:
        return len(self.left)


def likely_pairs(left: People, right: People) -> Pairs:
    """Pairs that agree in number, sound and birthday or place, birthday and place or surname.

    A faulty number is joined by sound and the birthday that is written in it.

    Args:
        left: One side.
        right: The other, prepared with the same words.
    """
    found = [joined(_keys(left, kind), _keys(right, kind)) for kind in BLOCKS]
    both = np.concatenate([pairs.left * len(right) + pairs.right for pairs in found])
    both.sort()
    both = both[np.r_[True, both[1:] != both[:-1]][: len(both)]]
    rows, columns = np.divmod(both, max(len(right), 1))
    return Pairs(rows, columns)


def joined(left: Ints, right: Ints) -> Pairs:
    """All pairs of rows with the same key; `UNKNOWN` joins nothing."""
    ours, theirs = _sorted(left), _sorted(right)
    keys, others = left[ours], right[theirs]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]][: len(keys)])
    sizes = np.diff(np.r_[starts, len(keys)])
    first = np.searchsorted(others, keys[starts], "left")
    count = np.searchsorted(others, keys[starts], "right") - first
    count[sizes * count > LARGEST_BLOCK] = 0
    first, count = np.repeat(first, sizes), np.repeat(count, sizes)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return Pairs(np.repeat(ours, count), theirs[np.repeat(first, count) + within])


def born_alike(left: People, right: People, rows: Ints, random: np.random.Generator) -> Pairs:
    """For each of some rows of the left a random row of the right with the same birthday.

    Rows without a birthday, or with one that nobody has on the right, are left out.
    """
    theirs = np.argsort(right.born)
    days = right.born[theirs]
    rows = rows[left.born[rows] != NO_DAY]
    first = np.searchsorted(days, left.born[rows], "left")
    count = np.searchsorted(days, left.born[rows], "right") - first
    rows, first, count = (column[count > 0] for column in (rows, first, count))
    return Pairs(rows, theirs[first + random.integers(0, np.maximum(count, 1))])


def _sorted(keys: Ints) -> Ints:
    """The rows that have a key, by key."""
    rows = np.flatnonzero(keys != UNKNOWN)
    return rows[np.argsort(keys[rows])]


def _keys(people: People, kind: str) -> Ints:
    if kind == "number":
        return people.numbers.key
    names = people.names
    columns = {
        "sound": names.sound,
        "place": people.place,
        "surname": names.surname,
        "born": people.born,
        "written": people.numbers.written,
    }
    parts = [columns[part] for part in kind.split()]
    blank = [NO_DAY if part in ("born", "written") else UNKNOWN for part in kind.split()]
    missing = (parts[0] == blank[0]) | (parts[1] == blank[1])
    return np.where(missing, UNKNOWN, mixed(np.stack(parts, axis=1)))
