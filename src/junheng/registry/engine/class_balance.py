"""How unlike classes are, and the exchanges that make them more alike; whole numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

AGE_BANDS = (0, 1, 2, 3, 4)
"""Quarters of a grade by age, oldest first, and one for those whose day of birth is not known."""

WEIGHTS = (10**11, 10**6, 10**6, 100, 30, 3, 3, 3, 3, 3)
"""What one squared pupil too many counts: size, boys, girls, needs, boarders, the age bands.

All that follows boys and girls is worth at most 2 * 55**2 * 145 in two classes of 55, less than one
squared boy; all that follows size at most 2 * 55**2 * 2000145, less than one squared pupil. So
each comes before the next.
"""

PUPILS_MOST = 5000
"""With more pupils the largest sum of these squares would not be sure to fit 63 bits."""


class Profile(NamedTuple):
    """What counts of a unit: pupils, and how many of them are boys, girls, and so on."""

    size: int
    boys: int
    girls: int
    needs: int
    boarders: int
    ages: tuple[int, ...]


class Bench:
    """Units and the classes they are in while these are being made alike.

    Attributes:
        at: Class of each unit, by index; -1 before it is dealt.
    """

    def __init__(
        self,
        profiles: Sequence[Profile],
        apart: Sequence[str],
        most: Sequence[int],
        aims: Sequence[int],
    ) -> None:
        """Begin with nobody placed.

        Args:
            profiles: One for each unit.
            apart: For each unit the key of its family if that wants its children apart, else "".
            most: For each class the most pupils it may have.
            aims: For each class how many it is to have; the sum is that of all sizes.
        """
        self.values: Ints = np.array(
            [(*profile[:-1], *profile.ages) for profile in profiles], dtype=np.int64
        ).reshape(len(profiles), len(WEIGHTS))
        keys = {family: index for index, family in enumerate(sorted(set(apart) - {""}), start=1)}
        self.family: Ints = np.array([keys.get(key, 0) for key in apart], dtype=np.int64)
        self.most: Ints = np.array(most, dtype=np.int64)
        self.aims: Ints = np.array(aims, dtype=np.int64)
        self.counts: Ints = np.zeros((len(most), len(WEIGHTS)), dtype=np.int64)
        self.at = [-1] * len(profiles)

    def takes(self, unit: int, into: int) -> bool:
        """Whether a class has room for a unit and none of its family that is to be apart."""
        full = self.counts[into, 0] + self.values[unit, 0] > self.most[into]
        return not (full or self._has(int(self.family[unit]), into))

    def lack(self, into: int) -> int:
        """Pupils that a class lacks to its aim."""
        return int(self.aims[into] - self.counts[into, 0])

    def put(self, unit: int, into: int) -> None:
        """Place a unit, or move it."""
        if self.at[unit] >= 0:
            self.counts[self.at[unit]] -= self.values[unit]
        self.at[unit] = into
        self.counts[into] += self.values[unit]

    def members(self, of: int) -> list[int]:
        """Units of a class, ascending."""
        return [unit for unit, place in enumerate(self.at) if place == of]

    def excess(self) -> Ints:
        """How far each class is from its share, times all pupils, per count."""
        everybody = int(self.values[:, 0].sum())
        return everybody * self.counts - np.outer(self.aims, self.values.sum(axis=0))

    def _has(self, family: int, into: int) -> bool:
        return family > 0 and any(
            self.at[unit] == into for unit in np.flatnonzero(self.family == family).tolist()
        )


def unlikeness(bench: Bench) -> int:
    """The sum over classes and counts of the weighted square of the excess; 0 is perfect."""
    squares = [sum(int(v) ** 2 for v in column) for column in bench.excess().T]
    return sum(weight * square for weight, square in zip(WEIGHTS, squares, strict=True))


def improve(bench: Bench) -> None:
    """Exchange units between two classes, or move one, as long as the classes become more alike.

    For each pair of classes the best exchange is made until there is none; equal ones by the order
    of the units. It ends, since each step makes a whole number smaller that is never negative.
    """
    pairs = list(combinations(range(len(bench.most)), 2))
    tired = 0
    while pairs and tired < len(pairs):
        for one, other in pairs:
            tired = 0 if _exchange(bench, one, other) else tired + 1
            if tired == len(pairs):
                return


def _exchange(bench: Bench, one: int, other: int) -> bool:
    """Make the best exchange between two classes; say whether there was any."""
    mine = _choices(bench, one)
    theirs = _choices(bench, other)
    gain = _gains(bench, one, other, mine, theirs)
    best = int(np.argmin(gain))
    if gain.flat[best] >= 0:
        return False
    give, take = mine[best // len(theirs)], theirs[best % len(theirs)]
    if give >= 0:
        bench.put(give, other)
    if take >= 0:
        bench.put(take, one)
    return True


def _choices(bench: Bench, of: int) -> list[int]:
    """A unit of each kind in a class, the first by order, and -1 for nobody."""
    first: dict[tuple[int, ...], int] = {}
    for unit in bench.members(of):
        first.setdefault((*bench.values[unit].tolist(), int(bench.family[unit])), unit)
    return [-1, *first.values()]


def _gains(bench: Bench, one: int, other: int, mine: list[int], theirs: list[int]) -> Ints:
    """What each exchange adds to the unlikeness, divided by twice the pupils; 0 if forbidden."""
    weights = np.array(WEIGHTS, dtype=np.int64)
    everybody = int(bench.values[:, 0].sum())
    excess = bench.excess()
    change = _values(bench, theirs)[None, :, :] - _values(bench, mine)[:, None, :]
    tilt = weights * (excess[one] - excess[other])
    gain: Ints = change @ tilt + everybody * (change**2 @ weights)
    size = change[:, :, 0]
    allowed = (bench.counts[one, 0] + size <= bench.most[one]) & (
        bench.counts[other, 0] - size <= bench.most[other]
    )
    allowed &= _apart(bench, mine, theirs, one, other)
    return np.where(allowed, gain, 0)


def _values(bench: Bench, units: list[int]) -> Ints:
    """Their values; nobody has zeros."""
    rows = np.zeros((len(units), len(WEIGHTS)), dtype=np.int64)
    rows[1:] = bench.values[units[1:]]
    return rows


def _apart(
    bench: Bench, mine: list[int], theirs: list[int], one: int, other: int
) -> NDArray[np.bool_]:
    """Where no child comes to a brother or sister from whom it is to be apart."""
    gives, takes = _families(bench, mine), _families(bench, theirs)
    allowed = np.ones((len(mine), len(theirs)), dtype=np.bool_)
    swapped = gives[:, None] == takes[None, :]
    there = np.isin(gives, bench.family[bench.members(other)]) & (gives > 0)
    here = np.isin(takes, bench.family[bench.members(one)]) & (takes > 0)
    allowed &= ~there[:, None] | swapped
    allowed &= ~here[None, :] | swapped
    return allowed


def _families(bench: Bench, units: list[int]) -> Ints:
    rows = np.zeros(len(units), dtype=np.int64)
    rows[1:] = bench.family[units[1:]]
    return rows
