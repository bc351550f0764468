"""An invented district with faults planted at known places, and enough of life to mislead.

There are twins, brothers and sisters, namesakes of one birthday, names that sound alike, children
without a number, children whom civil registration of the place does not know, ill children who
are excused for weeks, absences just short of the limit, classes that deliver nothing, guests of a
day, elder sisters as guardians, records that end, and whole batches that came in late and in order.

Of pairs that have to be weighed, `LIKELY` says how the second record differs.
"""

from __future__ import annotations

import numpy as np

from junheng.registry.tests.engine import people as made
from junheng.registry.tests.engine.people import NONE, Ints, People
from junheng.registry.tests.engine.population import (
    CALLED,
    CLASS_SIZE,
    CLASSES,
    DAYS,
    LATE,
    LONG_AGO,
    Planted,
    day,
    ref_of,
)
from junheng.registry.tests.engine.written import Tables

LIKELY = {
    "no_number": 0.45,
    "homophone": 0.20,
    "one_off": 0.02,
    "birth_slip": 0.10,
    "household_only": 0.12,
    "no_tie": 0.02,
}
"""Shares of the planted likely pairs; a number that is there has one wrong digit or a swap. The
rest has name, birthday and a guardian's number in common."""


def plant(seed: int, records: int, *, each: int | None = None) -> Planted:
    """A district.

    Args:
        seed: The same gives the same district.
        records: Pupils before anything is planted, at least 5,000.
        each: Faults of each kind; one in 2,000 records, at least 20, unless said otherwise.
    """
    return _Planter(seed, records, each or max(20, records // 2_000)).district()


class _Planter(Tables):
    """Spoils what is in order."""

    def district(self) -> Planted:
        """Plant, then write the tables."""
        civil_status = np.zeros(self.base, np.int64)
        self._own_faults()
        self._seats()
        for status, check in ((1, "died"), (2, "moved_away"), (3, "registration_cancelled")):
            rows = self._take()
            civil_status[rows] = status
            self._found(check, rows, [f"v{row:07d}" for row in rows])
        civil = self.roll.people.at(np.arange(self.base))
        self._wrong_after_civil()
        elsewhere = self._elsewhere()
        self._twice()
        self._invented()
        return self._written(civil, civil_status, elsewhere)

    def _own_faults(self) -> None:
        people, chance = self.roll.people, self.chance
        rows = self._take()
        people.born[rows] += np.where(people.born[rows] % 2, 1_500, -1_900)
        area = people.digits[rows, :6] @ 10 ** np.arange(5, -1, -1) - 990_000
        people.digits[rows] = made.numbers(area + 200, people.born[rows], people.male[rows])
        self._found("impossible_age", rows)
        rows = self._take()
        self.roll.class_school[rows] += 1
        self._found("class_of_another_school", rows)
        for check, first, last in (
            ("guardian_younger", 0, 3_000),
            ("guardian_too_young", -4_300, -30),
        ):
            rows = self._take()
            born = people.born[rows] + chance.integers(first, last, len(rows))
            self._add_guardians(rows, "52", 900_000_000 + rows, born)
            self._found(check, rows)

    def _wrong_after_civil(self) -> None:
        """What civil registration knows better."""
        people = self.roll.people
        rows = self._take()
        spoiled = people.at(rows)
        made.slip(self.chance, spoiled)
        people.digits[rows], people.state[rows] = spoiled.digits, spoiled.state
        self._found("number_fails", rows)
        rows = self._take()
        people.born[rows] -= self.chance.integers(1, 28, len(rows))
        self._found("birth_date_differs", rows)
        rows = self._take()
        people.male[rows] = 1 - people.male[rows]
        self._found("sex_differs", rows)

    def _seats(self) -> None:
        roll, chance = self.roll, self.chance
        schools = self.base // CLASS_SIZE // CLASSES
        rows = self._take()
        there = (roll.at[rows] + CLASSES * chance.integers(1, schools, len(rows))) % (
            schools * CLASSES
        )
        self._mark(rows, "guest", there, CALLED[:2])
        self._found("two_classes", rows)
        rows = self._take()
        there = (roll.at[rows] + CLASSES) % (schools * CLASSES)
        half = len(rows) // 2
        self._mark(rows, "absent", roll.at[rows], CALLED)
        self._mark(rows[:half], "guest", there[:half], CALLED)
        self._mark(rows[half:], "guest", there[half:], CALLED, stated=False)
        self._found("record_elsewhere", rows)
        rows = self._take()
        self._mark(rows[::2], "absent", roll.at[rows[::2]], CALLED)
        self._mark(rows[1::2], "not_listed", roll.at[rows[1::2]], CALLED)
        roll.of_class[rows[::5]] = NONE
        self._found("record_without_pupil", rows)
        rows = self._take()
        roll.left[rows] = True
        self._mark(rows, "guest", roll.at[rows], CALLED[:5])
        self._found("left_but_attending", rows)
        self._strangers()
        self._just_life()

    def _strangers(self) -> None:
        """Children in class of whom there is no record here."""
        born = np.full(self.each, day(2016, 3, 1)) + self.chance.integers(0, 900, self.each)
        strangers = made.draw_people(self.chance, born, offset=3)
        where = self.roll.at[self._take()]
        self.marks.append((np.full(self.each, NONE), where, "guest", CALLED[:6], strangers))
        self.strangers = strangers

    def _just_life(self) -> None:
        """Absences that mean nothing: just short of the limit, excused for weeks, some days."""
        rows = self._take()
        self._mark(rows, "absent", self.roll.at[rows], CALLED[:9])
        rows = self._take()
        self._mark(rows, "excused", self.roll.at[rows], CALLED)
        rows = self._take()
        self._mark(rows, "absent", self.roll.at[rows], CALLED[:1])
        self._mark(rows, "guest", self.roll.at[rows] // 2 * 2, CALLED[:1])
        everybody = np.flatnonzero((self.quiet[self.roll.at] == DAYS) & ~self.roll.left)
        everybody = np.setdiff1d(everybody, self._spoiled())
        for called in CALLED:
            away = everybody[self.chance.random(len(everybody)) < 0.01]
            self._mark(away[::3], "absent", self.roll.at[away[::3]], np.array([called]))
            self._mark(away[1::3], "excused", self.roll.at[away[1::3]], np.array([called]))

    def _spoiled(self) -> Ints:
        return np.unique(np.concatenate([rows for rows, *_ in self.marks]))

    def _elsewhere(self) -> tuple[People, Ints]:
        """Children of other districts, and first among them some of ours; with their families."""
        certain, likely = self._take(), self._take()
        people = self.roll.people.at(certain)
        again, family = self._copies(likely)
        others = made.draw_people(
            self.chance, self.chance.choice(self.roll.people.born, self.base // 5), offset=1
        )
        self._found("same_child_elsewhere", certain, [f"e{i:07d}" for i in range(len(certain))])
        entries = [f"e{i + len(certain):07d}" for i in range(len(likely))]
        self._found("likely_elsewhere", likely, entries)
        families = np.concatenate(
            [self.roll.family[certain], family, np.arange(len(others)) + 800_000_000]
        )
        return people.with_(again).with_(others), families

    def _twice(self) -> None:
        rows = self._take()
        again = self.roll.people.at(rows)
        some = np.flatnonzero(self.chance.random(len(rows)) < 0.2)
        again.first[some] = made.homophone(self.chance, again.first[some])
        there = self._add_near(rows, again, self.roll.family[rows])
        self._found("same_child", rows, [ref_of(row) for row in there.tolist()])
        rows = self._take()
        again, family = self._copies(rows)
        there = self._add_near(rows, again, family)
        self._found("likely_same_child", rows, [ref_of(row) for row in there.tolist()])
        self._found("number_fails", there[again.state == made.FAULTY])
        rows = self._take()
        namesakes = made.draw_people(self.chance, self.roll.people.born[rows])
        namesakes.digits = self.roll.people.digits[rows].copy()
        namesakes.male = self.roll.people.male[rows].copy()
        there = self._add_near(
            rows, _sounding_other(namesakes, self.roll.people.at(rows)), rows + 700_000_000
        )
        self._found("one_number_two_pupils", rows, [ref_of(row) for row in there.tolist()])

    def _add_near(self, rows: Ints, people: People, family: Ints) -> Ints:
        """Second records in the same grade of another school."""
        at = (self.roll.at[rows] + 2 * CLASSES) % (self.base // CLASS_SIZE // CLASSES * CLASSES)
        return self._add(people, at, since=LONG_AGO, batch=np.full(len(rows), NONE), family=family)

    def _copies(self, rows: Ints) -> tuple[People, Ints]:
        """The same children as somebody else would write them down, and by which family."""
        chance, again = self.chance, self.roll.people.at(rows)
        draw = {name: chance.random(len(rows)) < share for name, share in LIKELY.items()}
        made.slip(chance, again)
        made.without_numbers(again, draw["no_number"])
        same = np.flatnonzero(draw["homophone"])
        again.first[same] = made.homophone(chance, again.first[same])
        other = np.flatnonzero(draw["one_off"] & (again.rest != NONE))
        again.rest[other] = (again.rest[other] + 1) % made.CHARACTERS
        slipped = np.flatnonzero(draw["birth_slip"])
        again.born[slipped] = _slipped(chance, again.born[slipped])
        family = self.roll.family[rows].copy()
        family[draw["household_only"]] += 100_000_000
        family[draw["no_tie"]] += 600_000_000
        return again, family

    def _invented(self) -> None:
        """Records of nobody, brought in late in batches; and a batch that is in order."""
        count = self.each // 8 * 8
        at = np.repeat(self.roll.at[self._take(count // 8)], 8)
        grade = 1 + at % CLASSES // 2
        born = day(2020, 3, 1) - ((grade - 1) * 365.25).astype(np.int64)
        people = made.draw_people(self.chance, born - self.chance.integers(0, 150, count), offset=2)
        made.without_numbers(people, self.chance.random(count) < 0.3)
        batch = np.arange(count) // 8
        rows = self._add(people, at, since=LATE, batch=batch, family=np.full(count, NONE))
        self._mark(rows, "not_listed", at, CALLED)
        self._found("doubtful", rows)
        self._found("record_without_pupil", rows)
        honest = made.draw_people(self.chance, born - self.chance.integers(0, 150, count), offset=2)
        honest.digits[:, :6] = 9, 9, 0, 2, 0, 0
        honest.digits = made.checked(honest.digits[:, :17])
        self._add(honest, at, since=LATE, batch=batch + 10_000, family=rows + 500_000_000)


def _slipped(chance: np.random.Generator, born: Ints) -> Ints:
    """Another day of the month, or the same day a year before or after."""
    days = born.astype("datetime64[D]")
    month = days.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    of_month = born - month
    other = month + (of_month + chance.integers(1, 27, len(born))) % 28
    months = days.astype("datetime64[M]") + np.where(born % 2, 12, -12)
    other_year = months.astype("datetime64[D]").astype(np.int64) + np.minimum(of_month, 27)
    return np.where((chance.random(len(born)) < 0.5) | (of_month > 27), other, other_year)


def _sounding_other(people: People, than: People) -> People:
    """The same people with surnames that do not sound like those of others."""
    alike = made.SURNAME_SOUNDS[people.surname] == made.SURNAME_SOUNDS[than.surname]
    while alike.any():
        people.surname[alike] = (people.surname[alike] + 1) % made.SURNAMES
        alike = made.SURNAME_SOUNDS[people.surname] == made.SURNAME_SOUNDS[than.surname]
    return people
