"""Who is seated by list at each school, in its order: what every claim is measured against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from junheng.admissions.engine.orders import units_beside
from junheng.admissions.engine.types import NONE, Ints, Lists
from junheng.admissions.engine.units import Units


@dataclass(frozen=True, slots=True)
class Standing:
    """Units seated by list, school after school, each school's in its own order.

    Attributes:
        unit: The units; those of school s are `[first[s], first[s + 1])`.
        first: Offsets of the schools, one more than there are schools.
        key: School and key of each of `unit` as one number, ascending.
        width: More than any key: a claim is `school * width + key`.
        used: Seats used by all units before each of `unit`, with the total at the end.
        seats: Seats of each school.
    """

    unit: Ints
    first: Ints
    key: Ints
    width: int
    used: Ints
    seats: Ints

    def last(self) -> Ints:
        """The unit that stands last at each school, NONE where nobody is seated by list."""
        seated = self.first[1:] > self.first[:-1]
        return np.where(seated, np.append(self.unit, NONE)[self.first[1:] - 1], NONE)

    def last_keys(self) -> Ints:
        """The key of the last unit at each school, NONE where nobody is seated by list."""
        seated = self.first[1:] > self.first[:-1]
        return np.where(seated, np.append(self.key, 0)[self.first[1:] - 1] % self.width, NONE)

    def free(self) -> Ints:
        """Seats of each school that no unit took by list."""
        return self.seats - (self.used[self.first[1:]] - self.used[self.first[:-1]])

    def left(self, school: Ints, key: Ints) -> Ints:
        """Seats that the units before a claim leave at a school, beside the arguments."""
        before = np.searchsorted(self.key, school * self.width + key)
        return self.seats[school] - (self.used[before] - self.used[self.first[school]])

    def decided_by(self, school: Ints, size: Ints) -> Ints:
        """The first unit at each school behind which `size` seats would no longer be left.

        A claim before that unit's would have been good enough, a later one not.

        Returns:
            Index into `unit`, `first[school + 1]` where even the last leaves as many.
        """
        limit = self.used[self.first[school]] + self.seats[school] - size
        return np.minimum(
            np.maximum(np.searchsorted(self.used[1:], limit, side="right"), self.first[school]),
            self.first[school + 1],
        )


def standing_of(lists: Lists, keys: Ints, place: Ints, *, size: Ints, seats: Ints) -> Standing:
    """Line up those seated by list.

    Args:
        lists: Each unit's list.
        keys: Beside `lists.school`, the unit's key in that school's order.
        place: Where on its list each unit is seated, from 0, or NONE.
        size: Seats each unit needs.
        seats: Seats of each school.
    """
    held = np.flatnonzero(place != NONE)
    entry = lists.start[held] + place[held]
    width = int(keys.max(initial=0)) + 1
    claim = lists.school[entry] * width + keys[entry]
    ascending = np.argsort(claim)
    claim, unit = claim[ascending], held[ascending]
    first = np.searchsorted(claim, np.arange(len(seats) + 1) * width)
    used = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(size[unit])))
    return Standing(unit, first.astype(np.int64), claim, width, used, seats)


def kept_out(
    lists: Lists, keys: Ints, place: Ints, units: Units, standing: Standing
) -> tuple[tuple[int, int], ...]:
    """Pairs of a child and a school it would rather have, where a weaker claim was seated.

    Without groups there are none. Arguments as for `standing_of`.

    Returns:
        (child, school), members of a group each, in child then list order.
    """
    unit = units_beside(lists)
    rank = np.arange(len(unit)) - lists.start[unit]
    rather = (place[unit] == NONE) | (rank < place[unit])
    envies = np.flatnonzero(rather & (keys < standing.last_keys()[lists.school]))
    pairs: dict[int, list[int]] = {}
    for u, s in zip(unit[envies].tolist(), lists.school[envies].tolist(), strict=True):
        pairs.setdefault(u, []).append(s)
    concerned = np.flatnonzero(np.isin(units.of, list(pairs)))
    return tuple((i, s) for i in concerned.tolist() for s in pairs[int(units.of[i])])
