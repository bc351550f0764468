"""What a turn of the school year is made from and what it says: values, no decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Why(StrEnum):
    """Why a pupil is not moved up; in brackets the figures that go with it."""

    HELD_BACK = "held-back"
    """It stays in its grade by decision; it goes on there without a class. [grade]"""
    NO_ROOM = "no-room"
    """It is to stay in its grade, but the grade's classes of the coming year are full.
    [grade, pupils it would have, most]"""
    SUSPENDED = "suspended"
    """It is away with leave; it is placed on the day it comes back. [grade]"""
    DROPPED_OUT = "dropped-out"
    """It is away without leave; it is placed on the day it is brought back. [grade]"""
    NO_CLASS = "no-class"
    """It is in no class of this year. [grade]"""
    OLD_YEAR = "old-year"
    """It stands in an earlier school year: an earlier turn did not move it. [year, grade]"""
    BEGAN_LATER = "began-later"
    """It stands where it is only since a day of the coming year. [grade]"""
    NO_SCHOOL = "no-school"
    """Its school has no grades of this level any more. [grade]"""
    SCHOOL_ENDS = "school-ends"
    """Its school ends before the level does. [grade it would need, highest grade]"""
    UNPLACED = "unplaced"
    """Its class is divided, and it was given to none of the parts. [class now]"""
    CLASS_TOO_LARGE = "class-too-large"
    """The class that it would go to would be above its limit.
    [grade, class, pupils it would have, most]"""


AWAY = {"suspended": Why.SUSPENDED, "dropped_out": Why.DROPPED_OUT}
"""States of a pupil that is on the register and not in lessons."""


class ClassKey(NamedTuple):
    """Which class of a school year: school, grade (1 to 9), number (from 1)."""

    school: str
    grade: int
    number: int


class PupilNow(NamedTuple):
    """A pupil as it stands at the end of a school year.

    A NamedTuple, since a district has a hundred thousand.

    Attributes:
        id: The pupil's identity, never its ID number.
        school: The school's identity.
        school_year: Calendar year in which the school year of its standing began.
        grade: 1 to 9.
        number: Number of its class, None without one.
        state: `studying`, `suspended` or `dropped_out`.
        held_back: Whether it was decided that it stays in its grade.
        began_later: Whether its standing began on a day of the coming year, or later.
    """

    id: str
    school: str
    school_year: int
    grade: int
    number: int | None
    state: str = "studying"
    held_back: bool = False
    began_later: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """What a school offers in the coming year at one level; a nine-year school has two.

    Attributes:
        school: The school's identity.
        lowest_grade, highest_grade: 1 to 9.
        classes: Classes that each grade is planned to have, at least.
    """

    school: str
    lowest_grade: int
    highest_grade: int
    classes: int = 0


@dataclass(frozen=True, slots=True)
class Regrouping:
    """Classes of one grade whose pupils go on in other classes: split, merged, or made anew.

    Attributes:
        school, grade: Where, and the grade they are in now.
        sources: Numbers of the classes now, one or more, no two equal.
        targets: Numbers of the classes next year, one or more, no two equal.
        placed: For each pupil its class next year; may be empty if there is one target.
    """

    school: str
    grade: int
    sources: tuple[int, ...]
    targets: tuple[int, ...]
    placed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Move:
    """A pupil that goes on in the next grade of its school."""

    pupil: str
    to: ClassKey


@dataclass(frozen=True, slots=True)
class Unmoved:
    """A pupil that does not, why, and the figures of the reason."""

    pupil: str
    school: str
    grade: int
    number: int | None
    why: Why
    figures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NextClass:
    """A class of the coming year.

    Attributes:
        key: Which.
        sources: Numbers of the classes of this year that its pupils come from, ascending.
        arriving: Pupils that come from there.
        there: Pupils that it has already.
        most: The most it may have.
    """

    key: ClassKey
    sources: tuple[int, ...]
    arriving: int
    there: int
    most: int

    @property
    def size(self) -> int:
        """Pupils it would have."""
        return self.arriving + self.there

    @property
    def too_large(self) -> bool:
        """Whether that is more than it may have."""
        return self.size > self.most


@dataclass(frozen=True, slots=True)
class Plan:
    """What the turn of the year does; each part in the order of schools, classes and pupils.

    Attributes:
        moves: Who moves up.
        graduates: Who has done the last grade of its level.
        unmoved: Who does neither.
        classes: Classes that take pupils.
        refused: Classes that would be too large; their pupils are among the unmoved.
    """

    moves: tuple[Move, ...]
    graduates: tuple[str, ...]
    unmoved: tuple[Unmoved, ...]
    classes: tuple[NextClass, ...]
    refused: tuple[NextClass, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Pupils by what becomes of them, the reasons by their codes."""
        why = Counter(row.why for row in self.unmoved)
        return {
            "moved": len(self.moves),
            "graduated": len(self.graduates),
            "unmoved": len(self.unmoved),
            "classes": len(self.classes),
            "refused_classes": len(self.refused),
            **{code.value: why[code] for code in Why},
        }
