"""An invented district in good order, with what misleads, and room for what will be planted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from junheng.registry.engine.integrity.tables import Snapshot
from junheng.registry.tests.engine import people as made
from junheng.registry.tests.engine.people import NONE, Ints, People

if TYPE_CHECKING:
    from junheng.registry.engine.integrity.tables import Engine


ON, YEAR = date(2026, 11, 20), 2026
DELIVERED = frozenset({"attendance", "civil", "elsewhere"})
CLASS_SIZE, CLASSES = 45, 18
TWINS_APART = 0.04
"""Share of twins who go to different schools."""
DAYS = 20
Truth = dict[str, set[tuple[str, str]]]


def day(year: int, month: int, of_month: int) -> int:
    """Days since 1970."""
    return date(year, month, of_month).toordinal() - date(1970, 1, 1).toordinal()


TODAY = ON.toordinal() - date(1970, 1, 1).toordinal()
CALLED = np.array([TODAY - back for back in range(40) if (TODAY - back + 3) % 7 < 5][:DAYS])
"""The last school days up to the day, newest first."""
LONG_AGO, LATE = day(2026, 9, 1), day(2026, 10, 10)


@dataclass
class Roll:
    """Records of pupils, column by column, with what belongs to each."""

    people: People
    at: Ints
    grade: Ints
    since: Ints
    batch: Ints
    family: Ints
    left: npt.NDArray[np.bool_] = field(init=False)
    of_class: Ints = field(init=False)
    class_school: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.left = np.zeros(len(self.at), bool)
        self.of_class = self.at.copy()
        self.class_school = self.at // CLASSES


@dataclass
class Planted:
    """The district, and which check has to find what."""

    engine: Engine
    snapshot: Snapshot
    truth: Truth
    records: int


class Population:
    """Records without faults, and the lists of what belongs to them."""

    strangers: People

    def __init__(self, seed: int, records: int, each: int) -> None:
        self.chance = np.random.default_rng(seed)
        self.each, self.base = each, records
        self.truth: Truth = defaultdict(set)
        self.marks: list[tuple[Ints, Ints, str, Ints, People | None]] = []
        self.guardians: list[dict[str, Any]] = []
        self.roll = self._roll(records)
        self.no_guardian = self.chance.random(records) < 0.01
        self.quiet = self._quiet_classes()
        self.free = self._free()

    def _roll(self, count: int) -> Roll:
        seat = np.arange(count) // CLASS_SIZE
        grade = 1 + seat % CLASSES // 2
        back = self.chance.integers(0, 365, count) - 360 * (self.chance.random(count) < 0.02)
        born = day(2020, 8, 31) - ((grade - 1) * 365.25).astype(np.int64) - back
        people = made.draw_people(self.chance, born)
        roll = Roll(
            people,
            seat,
            grade,
            np.full(count, LONG_AGO),
            np.full(count, NONE),
            np.arange(count),
        )
        self._brothers_and_twins(roll)
        made.without_numbers(people, self.chance.random(count) < 0.02)
        roll.left[self.chance.random(count) < 0.01] = True
        return roll

    def _brothers_and_twins(self, roll: Roll) -> None:
        """Every fourth child has the family of another; some are twins, and sound alike in part."""
        count, chance, people = len(roll.at), self.chance, roll.people
        younger = np.flatnonzero(chance.random(count) < 0.2)
        younger = younger[younger > CLASS_SIZE * CLASSES]
        roll.family[younger] = younger - CLASS_SIZE * CLASSES
        people.surname[younger] = people.surname[younger - CLASS_SIZE * CLASSES]
        twin = np.flatnonzero(chance.random(count) < 0.012)
        twin = twin[(twin % CLASS_SIZE > 0) & ~np.isin(twin - 1, twin) & ~np.isin(twin, younger)]
        apart = twin[chance.random(len(twin)) < TWINS_APART]
        whole = count // CLASS_SIZE // CLASSES * CLASSES
        roll.at[apart] = (roll.at[apart] + 3 * CLASSES) % whole
        roll.of_class, roll.class_school = roll.at.copy(), roll.at // CLASSES
        roll.family[twin] = roll.family[twin - 1]
        people.surname[twin] = people.surname[twin - 1]
        people.born[twin] = people.born[twin - 1]
        alike = twin[
            (chance.random(len(twin)) < 0.6) & (people.rest[twin] != people.rest[twin - 1])
        ]
        people.first[alike] = people.first[alike - 1]
        area = people.digits[:, :6] @ 10 ** np.arange(5, -1, -1) - 990_000
        area[twin] = area[twin - 1]
        people.digits = made.numbers(area, people.born, people.male)

    def _quiet_classes(self) -> Ints:
        """Days that each class delivered: most all, some few, some none."""
        draw = self.chance.random(self.base // CLASS_SIZE + 1)
        return np.where(draw < 0.02, 0, np.where(draw < 0.07, 4, DAYS))

    def _free(self) -> list[int]:
        """Records that may be spoiled, in random order: of classes that deliver, not ended."""
        roll = self.roll
        usual = (self.quiet[roll.at] == DAYS) & ~roll.left & (roll.people.state == made.SOUND)
        usual &= ~self.no_guardian & (roll.at < self.base // CLASS_SIZE // CLASSES * CLASSES)
        rows: list[int] = self.chance.permutation(np.flatnonzero(usual)).tolist()
        return rows

    def _take(self, count: int | None = None) -> Ints:
        rows = [self.free.pop() for _ in range(count or self.each)]
        return np.array(sorted(rows), np.int64)

    def _found(self, check: str, rows: Ints, others: list[str] | None = None) -> None:
        refs = [ref_of(row) for row in rows.tolist()]
        self.truth[check] |= set(zip(refs, others or [""] * len(refs), strict=True))

    def _mark(self, rows: Ints, mark: str, there: Ints, days: Ints, *, stated: bool = True) -> None:
        """Marks of these pupils in these classes on these days; a guest may not say its record."""
        people = None if stated else self.roll.people.at(rows)
        who = rows if stated else np.full(len(rows), NONE)
        self.marks.append((who, there, mark, days, people))

    def _add(self, people: People, at: Ints, *, since: int, batch: Ints, family: Ints) -> Ints:
        """More records; where they stand."""
        roll, first = self.roll, len(self.roll.at)
        grade = 1 + at % CLASSES // 2
        more = Roll(people, at, grade, np.full(len(at), since), batch, family)
        joined = {
            name: np.concatenate([getattr(roll, name), getattr(more, name)])
            for name in ("at", "grade", "since", "batch", "family")
        }
        whole = Roll(roll.people.with_(people), **joined)
        for name in ("left", "of_class", "class_school"):
            setattr(whole, name, np.concatenate([getattr(roll, name), getattr(more, name)]))
        self.roll = whole
        return np.arange(first, first + len(at))


def ref_of(row: int) -> str:
    return f"p{row:07d}"
