"""School years and terms: which one a day belongs to, and who entered when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from junheng.kernel.levels import Grade

FIRST_MONTH = 9
SECOND_TERM = (3, 1)
"""Month and day from which a day counts for the second term. Where bureaus let lessons
start differs by some weeks; for figures per term this one date is used."""


class Term(IntEnum):
    """A half of the school year: the first from autumn, the second from spring."""

    FIRST = 1
    SECOND = 2

    @classmethod
    def of(cls, day: date) -> Term:
        """The term a day counts for; the summer holidays count for the second.

        >>> Term.of(date(2027, 2, 28)), Term.of(date(2027, 3, 1))
        (<Term.FIRST: 1>, <Term.SECOND: 2>)
        """
        in_second = SECOND_TERM <= (day.month, day.day) < (FIRST_MONTH, 1)
        return cls.SECOND if in_second else cls.FIRST


@dataclass(frozen=True, order=True, slots=True)
class SchoolYear:
    """A school year by the calendar year in which it starts, on 1 September.

    >>> year = SchoolYear.of(date(2027, 8, 31))
    >>> str(year), year.starts_on.isoformat(), year.ends_on.isoformat()
    ('2026-2027', '2026-09-01', '2027-08-31')
    """

    start: int

    @classmethod
    def of(cls, day: date) -> SchoolYear:
        """The school year a day lies in."""
        return cls(day.year if day.month >= FIRST_MONTH else day.year - 1)

    @classmethod
    def parse(cls, text: str) -> SchoolYear:
        """Read `2026-2027`, and nothing else.

        Raises:
            ValueError: If these are not two years that follow each other.
        """
        start, _, end = text.partition("-")
        year = cls(int(start))
        if not end.isdigit() or str(year) != text:
            raise ValueError(f"{text!r} is not a school year like 2026-2027")
        return year

    @property
    def starts_on(self) -> date:
        return date(self.start, FIRST_MONTH, 1)

    @property
    def ends_on(self) -> date:
        """The last day, 31 August."""
        return date(self.start + 1, FIRST_MONTH - 1, 31)

    @property
    def following(self) -> SchoolYear:
        return SchoolYear(self.start + 1)

    @property
    def previous(self) -> SchoolYear:
        return SchoolYear(self.start - 1)

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def entered(self, grade: Grade) -> SchoolYear:
        """The school year in which this year's pupils of a grade entered grade 1, if all went on.

        >>> str(SchoolYear(2026).entered(Grade(3)))
        '2024-2025'
        """
        return SchoolYear(self.start - (grade.number - 1))

    def __str__(self) -> str:
        return f"{self.start}-{self.start + 1}"
