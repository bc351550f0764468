"""Who was in which class in each year: children enter, move up, change schools, leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from junheng.registry.demo.register.lines import YEARS, Line

Ints = npt.NDArray[np.int64]
ENTERED, FROM_OUTSIDE, TRANSFERRED, MOVED_UP = range(4)
LEFT, GRADUATED = range(2)
MOVEMENTS = ("entered", "from_outside", "transferred", "moved_up")
ENDS = ("left", "graduated")


class Stay(NamedTuple):
    """Some pupils in one class for one school year.

    Attributes:
        line: Index of the class.
        year: School year.
        pupils: Their numbers.
        movement: By which each of them came; index of `MOVEMENTS`.
    """

    line: int
    year: int
    pupils: Ints
    movement: Ints


class Gone(NamedTuple):
    """Pupils who went.

    Attributes:
        year: The school year at whose beginning they were gone.
        pupils: Their numbers.
        lines: The class that each was in last.
        end: Index of `ENDS`.
    """

    year: int
    pupils: Ints
    lines: Ints
    end: int


@dataclass(slots=True)
class Lives:
    """Everybody's school life.

    Attributes:
        stays: Class by class and year by year.
        gone: Those who are not there any more.
        cohort: For each pupil, the school year in which grade 1 began or would have begun.
        first: For each pupil, the class in which the record began.
    """

    stays: list[Stay] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    cohort: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    first: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def lives_of(
    lines: Sequence[Line], schools: Sequence[int], towns: Sequence[int], seed: int
) -> Lives:
    """Fill every class of every year with pupils.

    Args:
        lines: The classes, with their sizes.
        schools: Number of each line's school.
        towns: Number of each line's township.
        seed: For the chance of who moves.
    """
    filling = _Filling(lines, np.asarray(schools), np.asarray(towns), np.random.default_rng(seed))
    return filling.run()


class _Filling:
    """One year after the other; in each, grade by grade."""

    def __init__(
        self, lines: Sequence[Line], schools: Ints, towns: Ints, chance: np.random.Generator
    ) -> None:
        self.lines, self.schools, self.towns, self.chance = lines, schools, towns, chance
        self.lives = Lives()
        self.number = 0
        self.at = np.zeros(sum(max(line.sizes.values()) for line in lines) * 2, dtype=np.int64)
        self.inside: dict[int, Ints] = {}

    def run(self) -> Lives:
        cohorts, firsts = [], []
        for year in YEARS:
            before, self.inside = self.inside, {}
            for grade, here in self._grades(year):
                pool, kept = self._who_is_there(year, grade, here, before)
                for cohort, first in self._seat(year, grade, here, kept, pool):
                    cohorts.append(cohort)
                    firsts.append(first)
            done = [members for number, members in before.items() if self.lines[number].first == 7]
            self._go(year, _all(done), GRADUATED)
        self.lives.cohort, self.lives.first = _all(cohorts), _all(firsts)
        return self.lives

    def _grades(self, year: int) -> list[tuple[int, list[int]]]:
        grades: dict[int, list[int]] = {}
        for number, line in enumerate(self.lines):
            if year in line.sizes:
                grades.setdefault(line.grade(year), []).append(number)
        return sorted(grades.items())

    def _who_is_there(
        self, year: int, grade: int, here: list[int], before: dict[int, Ints]
    ) -> tuple[Ints, dict[int, Ints]]:
        """Who needs another class, and who stays in which; both come from last year's classes."""
        if year == YEARS[0] or grade == 1:
            return _none(), {}
        if grade == 7:
            return self._from_primary(year, here, self._done(before, year, 6))
        kept, pool = {}, [self._done(before, year, grade - 1)]
        for number in here:
            there = self.chance.permutation(before.pop(number, _none()))
            size = self.lines[number].sizes[year]
            kept[number] = there[:size]
            pool.append(there[size:])
        return self.chance.permutation(_all(pool)), kept

    def _done(self, before: dict[int, Ints], year: int, grade: int) -> Ints:
        """Who went to a school that ends with this grade, so that they go to another now.

        A teaching point out in the country has the lowest grades only.
        """
        done = [n for n in before if year not in self.lines[n].sizes]
        those = [n for n in done if self.lines[n].grade(year - 1) == grade]
        return _all([before.pop(n) for n in those])

    def _from_primary(self, year: int, here: list[int], who: Ints) -> tuple[Ints, dict[int, Ints]]:
        """Grade 6 goes on: first at the own school, then in the township, then anywhere."""
        who = self.chance.permutation(who)
        free = np.ones(len(who), dtype=bool)
        kept = {number: [_none()] for number in here}
        for places in (self.schools, self.towns):
            mine = places[self.at[who]]
            for number in here:
                room = self.lines[number].sizes[year] - len(_all(kept[number]))
                take = np.flatnonzero(free & (mine == places[number]))[:room]
                free[take] = False
                kept[number].append(who[take])
        return who[free], {number: _all(parts) for number, parts in kept.items()}

    def _seat(
        self, year: int, grade: int, here: list[int], kept: dict[int, Ints], pool: Ints
    ) -> Iterator[tuple[Ints, Ints]]:
        """Fill up each class: with pupils of the pool, then with new ones."""
        new = ENTERED if grade == 1 or year == YEARS[0] else FROM_OUTSIDE
        changed = MOVED_UP if grade == 7 else TRANSFERRED
        for number in here:
            stay = kept.get(number, _none())
            more = self.lines[number].sizes[year] - len(stay)
            changing, pool = pool[:more], pool[more:]
            fresh = np.arange(self.number, self.number + more - len(changing))
            self.number += len(fresh)
            members = _all([stay, changing, fresh])
            kinds = (MOVED_UP, changed, new)
            lengths = (len(stay), len(changing), len(fresh))
            self.lives.stays.append(Stay(number, year, members, np.repeat(kinds, lengths)))
            self.inside[number] = members
            self.at[members] = number
            yield np.full(len(fresh), year - grade + 1), np.full(len(fresh), number)
        self._go(year, pool, LEFT)

    def _go(self, year: int, who: Ints, end: int) -> None:
        if len(who):
            self.lives.gone.append(Gone(year, who, self.at[who], end))


def _all(parts: Sequence[Ints]) -> Ints:
    return np.concatenate([_none(), *parts])


def _none() -> Ints:
    return np.zeros(0, dtype=np.int64)
