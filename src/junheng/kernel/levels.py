"""Levels of compulsory schooling and their grades, in the 6–3 system."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LAST = 9


class Level(StrEnum):
    """A level of compulsory schooling, by the name it has in files."""

    PRIMARY = "primary"
    LOWER_SECONDARY = "lower_secondary"

    @property
    def grades(self) -> tuple[Grade, ...]:
        """Its grades, the entry grade first.

        >>> [grade.number for grade in Level.LOWER_SECONDARY.grades]
        [7, 8, 9]
        """
        first, last = (1, 6) if self is Level.PRIMARY else (7, LAST)
        return tuple(Grade(number) for number in range(first, last + 1))

    @property
    def entry_grade(self) -> Grade:
        """The grade that new pupils enter."""
        return self.grades[0]


@dataclass(frozen=True, order=True, slots=True)
class Grade:
    """A year of compulsory schooling, 1 to 9 counted through both levels.

    Raises:
        ValueError: If the number is none of 1 to 9.
    """

    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= LAST:
            raise ValueError(f"there is no grade {self.number}")

    @property
    def level(self) -> Level:
        return Level.PRIMARY if self.number <= 6 else Level.LOWER_SECONDARY

    @property
    def following(self) -> Grade | None:
        """The grade a year later; None after the last."""
        return Grade(self.number + 1) if self.number < LAST else None

    def __str__(self) -> str:
        return str(self.number)
