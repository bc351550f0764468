"""Faults as registers have them, planted in a few schools: each check has something true to say.

What is found is known beforehand: `Planted.found` names the pupils by check. Only a class of
another school is not among them, since the database refuses such a record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, zip_longest
from typing import Any
from uuid import UUID

import numpy as np

from junheng.places.facade import Organisation
from junheng.registry.demo.families import characters
from junheng.registry.demo.names import all_names
from junheng.registry.demo.register.persons import resident_ids
from junheng.registry.models import Guardian, Pupil, Standing, State
from junheng.registry.services.attendance import Guest
from junheng.registry.services.keys import resident_id_key

AREA, DISTRICT = 990300, "990200"
"""Where numbers of nobody on this register come from, and the district whose rolls are known."""
OLDER, YOUNG = 5, 8
"""Years that a child is too old, and that a guardian is older than the child."""
Row = dict[str, Any]


@dataclass(slots=True)
class Planted:
    """What was planted, and what others say of it.

    Attributes:
        found: By key of a check, the pupils whom it finds; a pair by its first.
        nobody: How many children sit in class without a record.
        away: Pupils whom no class has seen.
        guests: In which class somebody sits, and on how many of the last days.
        unknown: Pupils whom civil registration does not have.
        status: What civil registration says of some: its status.
        rolls: Rows of another district's school rolls.
    """

    found: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    nobody: int = 0
    away: set[UUID] = field(default_factory=set)
    guests: list[tuple[int, Guest, int]] = field(default_factory=list)
    unknown: set[UUID] = field(default_factory=set)
    status: dict[UUID, str] = field(default_factory=dict)
    rolls: list[Row] = field(default_factory=list)


EVERY_DAY = 99
"""More days than there are roll calls."""


class Pool:
    """Pupils of a school without a fault so far, one class after the other."""

    def __init__(self, school: Organisation) -> None:
        rows = (
            Standing.objects.open()
            .studying()
            .filter(organisation=school, school_class__isnull=False)
            .exclude(pupil__resident_id_key="")
            .order_by("grade", "school_class__number", "pupil__born_on", "pupil__number")
            .select_related("pupil", "school_class")
        )
        classes: dict[int, list[Standing]] = defaultdict(list)
        for row in rows:
            classes[row.school_class_id or 0].append(row)
        self.school = school
        self.classes = list(classes)
        turns = chain.from_iterable(zip_longest(*classes.values()))
        self.rows: list[Standing] = [row for row in turns if row is not None]

    def next(self) -> Pupil:
        """Somebody of the next class."""
        return self.rows.pop(0).pupil

    def alike(self) -> tuple[Pupil, Pupil]:
        """Two with the same birthday and sex."""
        seen: dict[tuple[date | None, str], Standing] = {}
        for row in self.rows:
            before = seen.setdefault((row.pupil.born_on, row.pupil.sex), row)
            if str(before.pupil.name) != str(row.pupil.name):
                return self._taken(before), self._taken(row)
        raise LookupError("no two pupils of this school have one birthday")

    def of_grade(self, grade: int) -> Pupil:
        """Somebody of a grade."""
        return self._taken(next(row for row in self.rows if row.grade == grade))

    def _taken(self, row: Standing) -> Pupil:
        self.rows.remove(row)
        return row.pupil

    def grade_of(self, pupil: Pupil) -> int:
        found: int = Standing.objects.open().get(pupil=pupil).grade
        return found


def plant_faults(schools: Sequence[Organisation]) -> Planted:
    """Change some records for the worse; others' tables follow from what is returned.

    Args:
        schools: Two schools of one level with some hundred pupils each, then any others.
    """
    planted, pools = Planted(), [Pool(school) for school in schools]
    first, second = pools[:2]
    for pool in pools:
        _own_facts(planted, pool)
        _without_pupil(planted, pool.next())
    _numbers_lost(planted, first)
    _in_class(planted, first, second)
    _civil(planted, second)
    _twice(planted, first, second)
    _in_other_districts(planted, first)
    return planted


# ------------------------------------------------------------- a record against itself


def _own_facts(planted: Planted, pool: Pool) -> None:
    """Slips of the pen: in a number, a birthday, a sex; a guardian with the child's number."""
    pupil = pool.next()
    _number(pupil, _with_slip(str(pupil.resident_id)))
    planted.found["number_fails"].add(pupil.pk)

    pupil = pool.next()
    born = _birthday(pupil)
    pupil.born_on = born.replace(day=born.day % 28 + 1)
    pupil.save()
    planted.found["birth_date_differs"].add(pupil.pk)

    pupil = pool.next()
    pupil.sex = "2" if pupil.sex == "1" else "1"
    pupil.save()
    planted.found["sex_differs"].add(pupil.pk)

    pupil = pool.next()
    _guardian(pupil, str(pupil.resident_id))
    planted.found["guardian_younger"].add(pupil.pk)


def _numbers_lost(planted: Planted, pool: Pool) -> None:
    """What takes longer to look into: an age, a guardian, a record that nobody stands behind."""
    pupil = pool.next()
    pupil.born_on = _years_before(_birthday(pupil), OLDER)
    _number(pupil, _fresh_number(_birthday(pupil), male=pupil.sex == "1"))
    planted.found["impossible_age"].add(pupil.pk)
    planted.unknown.add(pupil.pk)

    pupil = pool.next()
    _guardian(pupil, _fresh_number(_years_before(_birthday(pupil), YOUNG), male=False))
    planted.found["guardian_too_young"].add(pupil.pk)

    pupil = pool.next()
    _number(pupil, _with_slip(str(pupil.resident_id)))
    Guardian.objects.filter(pupil=pupil).delete()
    _without_pupil(planted, pupil)
    planted.unknown.add(pupil.pk)
    planted.found["number_fails"].add(pupil.pk)
    planted.found["doubtful"].add(pupil.pk)


# --------------------------------------------------------------- against attendance


def _without_pupil(planted: Planted, pupil: Pupil) -> None:
    planted.away.add(pupil.pk)
    planted.found["record_without_pupil"].add(pupil.pk)


def _in_class(planted: Planted, here: Pool, there: Pool) -> None:
    """Who sits here: two with a record there, one in two classes, one who left, two unknown."""
    for place in range(2):
        pupil = there.next()
        planted.away.add(pupil.pk)
        planted.guests.append((here.classes[place], Guest(number=pupil.number), EVERY_DAY))
        planted.found["record_elsewhere"].add(pupil.pk)
    twice = here.next()
    planted.guests.append((here.classes[-1], Guest(number=twice.number), 2))
    planted.found["two_classes"].add(twice.pk)
    gone = Standing.objects.open().filter(organisation=here.school, state=State.LEFT)
    left = gone.order_by("pupil__number").select_related("pupil").first()
    if left is not None:
        planted.guests.append((here.classes[2], Guest(number=left.pupil.number), EVERY_DAY))
        planted.found["left_but_attending"].add(left.pupil_id)
    for row in _strangers(2):
        planted.guests.append(
            (here.classes[3], Guest(name=row["name"], resident_id=row["resident_id"]), EVERY_DAY)
        )
        planted.nobody += 1
        if planted.nobody == 1:
            planted.rolls.append(row)


# ------------------------------------------------------- against civil registration


def _civil(planted: Planted, pool: Pool) -> None:
    """What civil registration says of three children."""
    rules = {"died": "died", "moved": "moved_away", "cancelled": "registration_cancelled"}
    for status, rule in rules.items():
        pupil = pool.next()
        planted.status[pupil.pk] = status
        planted.found[rule].add(pupil.pk)


# -------------------------------------------------------- one child with two records


def _twice(planted: Planted, here: Pool, there: Pool) -> None:
    """One number with two children; one child with two records, once without a number."""
    one, other = here.alike()
    _number(other, str(one.resident_id))
    planted.found["one_number_two_pupils"].add(_first_of(one, other))

    one = here.next()
    other = there.of_grade(here.grade_of(one))
    _made_like(other, one)
    _number(other, str(one.resident_id))
    planted.unknown.add(other.pk)
    planted.found["same_child"].add(_first_of(one, other))

    one = here.next()
    other = there.of_grade(here.grade_of(one))
    _made_like(other, one)
    _number(other, "")
    planted.unknown.add(other.pk)
    planted.found["likely_same_child"].add(_first_of(one, other))


def _in_other_districts(planted: Planted, here: Pool) -> None:
    """Two who are on another district's rolls as well: by number, and by all but the number."""
    pupil = here.next()
    planted.rolls.append(_on_a_roll(pupil, str(pupil.resident_id)))
    planted.found["same_child_elsewhere"].add(pupil.pk)
    pupil = here.next()
    planted.rolls.append(_on_a_roll(pupil, _with_slip(str(pupil.resident_id))))
    planted.found["likely_elsewhere"].add(pupil.pk)


def _on_a_roll(pupil: Pupil, number: str) -> Row:
    guardian = Guardian.objects.filter(pupil=pupil).order_by("pk").first()
    return {
        "resident_id": number,
        "name": str(pupil.name),
        "born_on": pupil.born_on,
        "district": DISTRICT,
        "school": all_names().delivered["school"],
        "enrolled_on": pupil.entered_on,
        "guardian_id": str(guardian.resident_id or "") if guardian else "",
        "guardian_phone": str(guardian.phone or "") if guardian else "",
    }


def _strangers(count: int) -> Iterator[Row]:
    """Children of whom this register knows nothing."""
    surnames, given = characters()
    born = date(2017, 3, 9)
    numbers = resident_ids(
        np.full(count, AREA), np.full(count, np.datetime64(born)), np.zeros(count, dtype=bool)
    )
    for n, number in enumerate(numbers):
        yield {
            "resident_id": number,
            "name": surnames[-1 - n] + given[n] + given[-1 - n],
            "born_on": born,
            "district": DISTRICT,
            "school": all_names().delivered["school"],
            "enrolled_on": date(2023, 9, 1),
        }


# ------------------------------------------------------------------------ small things


def _number(pupil: Pupil, number: str) -> None:
    pupil.resident_id, pupil.resident_id_key = number or None, resident_id_key(number)
    pupil.save()


def _guardian(pupil: Pupil, number: str) -> None:
    row = Guardian.objects.filter(pupil=pupil).order_by("pk").first()
    if row is not None:
        row.resident_id, row.resident_id_key = number, resident_id_key(number)
        row.save()


def _made_like(other: Pupil, one: Pupil) -> None:
    other.name, other.born_on, other.sex = str(one.name), one.born_on, one.sex
    other.household_number, other.household_key = str(one.household_number), one.household_key


def _first_of(one: Pupil, other: Pupil) -> UUID:
    return min(one.pk, other.pk, key=str)


def _with_slip(number: str) -> str:
    """The last digit before the check character read wrong."""
    return f"{number[:16]}{(int(number[16]) + 2) % 10}{number[17]}"


def _birthday(pupil: Pupil) -> date:
    return pupil.born_on or date.max  # everybody who is on the roll has one


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28))


def _fresh_number(born: date, *, male: bool) -> str:
    return resident_ids(np.array([AREA]), np.array([np.datetime64(born)]), np.array([male]))[0]
