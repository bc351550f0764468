"""Three rules against needless papers: what may not be asked of a family, and which rule says so.

Source: requirement ADM-2 (each paper with its legal basis; nothing that a shared register holds;
nothing twice).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

EVERYONE = 0
"""The case that stands for all the others together."""
FETCHED = "fetched"


class Rule(StrEnum):
    """The rules, in the order in which they are told."""

    NO_BASIS = "no-basis"
    HELD = "held"
    NOT_HELD = "not-held"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Asked:
    """A paper as the rules see it.

    Attributes:
        name: As it is called on the list.
        matter: Code of what it proves.
        case: Whom it is asked of; 0 is everybody.
        duty: "bring", "later" or "fetched".
        basis: Document, number and clause.
    """

    name: str
    matter: str
    case: int
    duty: str
    basis: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Against:
    """A rule that stands against a paper, and what it points to: registers, or another paper."""

    rule: Rule
    paper: str
    matter: str
    points_to: str = ""


def against(
    paper: Asked, others: Iterable[Asked], holders: Iterable[str], connected: Iterable[str]
) -> Iterator[Against]:
    """Every rule that stands against a paper.

    Args:
        paper: The one in question.
        others: The rest of the list, without it.
        holders: Registers that hold what the paper proves.
        connected: Registers that can be asked today.
    """
    if not all(part.strip() for part in paper.basis):
        yield Against(Rule.NO_BASIS, paper.name, paper.matter)
    held = sorted(set(holders) & set(connected))
    if held and paper.duty != FETCHED:
        yield Against(Rule.HELD, paper.name, paper.matter, held[0])
    if not held and paper.duty == FETCHED:
        yield Against(Rule.NOT_HELD, paper.name, paper.matter)
    for other in others:
        same_case = EVERYONE in (paper.case, other.case) or paper.case == other.case
        if other.matter == paper.matter and same_case:
            yield Against(Rule.TWICE, paper.name, paper.matter, other.name)
            return
