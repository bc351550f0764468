"""Who may enter, by age: one class per clause, each with its number and its sentence.

Source: Compulsory Education Law of the People's Republic of China, article 11: children who have
turned six enter school; entry is put off (缓学) only on a paper that was approved. The days are
the round's own, as data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Protocol

from junheng.kernel.faults import gettext_noop

ENTRY_AGE = 6


@dataclass(frozen=True, slots=True)
class Entrant:
    """What the clauses look at.

    Attributes:
        born_on: Date of birth.
        deferral_paper: The paper by which an earlier entry was put off, "" for none.
    """

    born_on: date
    deferral_paper: str = ""


class Clause(Protocol):
    """A clause of the round's rules on age."""

    number: ClassVar[str]
    sentence: ClassVar[str]

    def holds(self, entrant: Entrant) -> bool:
        """Whether the child satisfies the clause."""


@dataclass(frozen=True, slots=True)
class OldEnough:
    """A child enters who was born by the round's day, such as 31 August six years before."""

    number: ClassVar[str] = "art. 11(1)"
    sentence: ClassVar[str] = gettext_noop("Born on %(born)s, after %(by)s: too young this year.")
    born_by: date

    def holds(self, entrant: Entrant) -> bool:
        return entrant.born_on <= self.born_by


@dataclass(frozen=True, slots=True)
class DeferredWithPaper:
    """A child who could have entered a year ago shows the paper by which entry was put off."""

    number: ClassVar[str] = "art. 11(2)"
    sentence: ClassVar[str] = gettext_noop(
        "Born on %(born)s, before %(from)s: entry was due earlier, so the deferral paper is needed."
    )
    born_from: date

    def holds(self, entrant: Entrant) -> bool:
        return entrant.born_on >= self.born_from or bool(entrant.deferral_paper.strip())


def clauses_of(born_from: date | None, born_by: date | None) -> tuple[Clause, ...]:
    """The clauses of a round, in the order of its rules; a day that is not set asks nothing.

    Args:
        born_from: First day of birth of those who are due this year.
        born_by: Last day of birth of those who are due this year.
    """
    young = (OldEnough(born_by),) if born_by else ()
    late = (DeferredWithPaper(born_from),) if born_from else ()
    return (*young, *late)


def unmet(entrant: Entrant, clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """The clauses that stand in the way, in the order of the rules."""
    return tuple(clause for clause in clauses if not clause.holds(entrant))


def due_in(year: int, level: str) -> tuple[date, date] | None:
    """First and last day of birth of those who are due, as far as the law itself says it.

    Args:
        year: When the school year begins.
        level: "primary", or "lower_secondary", for which the law names no age.

    Returns:
        Those who turn six by 31 August for primary school, None otherwise.

    >>> due_in(2026, "primary")
    (datetime.date(2019, 9, 1), datetime.date(2020, 8, 31))
    """
    if level != "primary":
        return None
    return date(year - ENTRY_AGE - 1, 9, 1), date(year - ENTRY_AGE, 8, 31)
