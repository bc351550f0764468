"""Figures of the yearly return that are one count over another, and how they are rounded.

Every share is kept as its two counts, so that it can be opened into its rows and rounded once,
exactly, from whole numbers: half of the last place goes up, as the returns do it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from junheng.kernel.levels import Level

AGES = {Level.PRIMARY: range(6, 12), Level.LOWER_SECONDARY: range(12, 15)}
"""Whole years of age on 31 August at which a child belongs to a level (6 to 11, 12 to 14)."""


@dataclass(frozen=True, slots=True)
class Share:
    """One count over another.

    Attributes:
        part: What is counted, 0 or more.
        whole: Over what, 0 or more.
    """

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """Unitless; above 1 where more came than there were; None over nothing."""
        return self.part / self.whole if self.whole else None

    def percent(self, places: int = 2) -> Decimal | None:
        """In percent with so many decimal places, half upwards; None over nothing.

        >>> Share(225, 232).percent(), Share(233, 208).percent()
        (Decimal('96.98'), Decimal('112.02'))
        """
        return rounded(Fraction(self.part * 100, self.whole), places) if self.whole else None


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Over how many years pupils of which grade are followed.

    Attributes:
        entry_grade: The grade that the cohort entered, 1 to 9.
        years: School years; the grade that is completed at the end of the last is
            `entry_grade + years - 1`.
    """

    entry_grade: int
    years: int

    @property
    def last_grade(self) -> int:
        return self.entry_grade + self.years - 1


RETENTION = {
    Level.PRIMARY: RetentionRule(Level.PRIMARY.entry_grade.number, 5),
    Level.LOWER_SECONDARY: RetentionRule(Level.LOWER_SECONDARY.entry_grade.number, 3),
}
"""Five-year retention of primary schools: grade 1 to the end of grade 5. Three-year retention of
lower secondary schools: grade 7 to the end of grade 9 (REG-6)."""


@dataclass(frozen=True, slots=True)
class Retention:
    """A cohort from the day it entered to the end of its last year.

    Attributes:
        entered: Pupils in the entry grade at the start of the first school year.
        stayed: Those of them who completed the last year here with their cohort.
        joined: Others who completed it here: they came from outside, or were held back into the
            cohort.
    """

    entered: int
    stayed: int
    joined: int

    @property
    def rate(self) -> Share:
        """The rate of the returns: all who completed over all who entered.

        Pupils who came from outside count above the line and not below it, so that a place to
        which families move has more than 100 % (REG-6: 112.02 %).
        """
        return Share(self.stayed + self.joined, self.entered)

    @property
    def own_rate(self) -> Share:
        """Only those who entered here: never more than 100 %; it shows how many are lost."""
        return Share(self.stayed, self.entered)

    @property
    def gone(self) -> int:
        """Who entered here and did not complete here with the cohort."""
        return self.entered - self.stayed


def net_enrolment(at_school: int, of_age: int) -> Share:
    """Children of the age of a level who are at school, over all children of that age (REG-6).

    Args:
        at_school: Children of that age (`AGES`) at a school of the level, in whatever grade.
        of_age: Children of that age, at school or not, such as from civil registration.

    Returns:
        The two counts. Above 100 % one of them is wrong: they come from two registers, and a
        child that lives elsewhere is in one of them only. It is shown as it is.
    """
    return Share(at_school, of_age)


def growth_percent(before: int, after: int, places: int = 0) -> Decimal | None:
    """Change in percent of what was before, rounded once, half away from nothing.

    >>> growth_percent(1445, 3696), growth_percent(1445, 3696, 1)
    (Decimal('156'), Decimal('155.8'))
    """
    return rounded(Fraction((after - before) * 100, before), places) if before else None


def per_pupil(amount: float | None, pupils: int) -> float | None:
    """An amount for each pupil in its own unit; None without amount or pupils."""
    return None if amount is None or not pupils else amount / pupils


def per_hundred(number: int, pupils: int) -> float | None:
    """So many of something for every 100 pupils; None without pupils."""
    return number * 100 / pupils if pupils else None


def rounded(exact: Fraction, places: int) -> Decimal:
    """An exact figure with so many decimal places, half away from nothing."""
    scaled, whole = abs(exact.numerator) * 10**places, exact.denominator
    steps = (2 * scaled + whole) // (2 * whole)
    return Decimal(steps if exact >= 0 else -steps).scaleb(-places)
