"""Four rules against needless papers: what may not be asked of a family, and which rule says so.

Source: requirement ADM-2 (each paper with its legal basis; nothing that a shared register holds;
nothing twice; no circular proofs).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

EVERYONE = 0
"""The case that stands for all the others together."""
FETCHED = "fetched"
ADMISSION = "admission"
"""What a paper needs that is issued to pupils of a school only."""


class Rule(StrEnum):
    """The rules, in the order in which they are told."""

    NO_BASIS = "no-basis"
    HELD = "held"
    NOT_HELD = "not-held"
    TWICE = "twice"
    AFTERWARDS = "afterwards"
    CIRCLE = "circle"


@dataclass(frozen=True, slots=True)
class Asked:
    """A paper as the rules see it.

    Attributes:
        name: As it is called on the list.
        matter: Code of what it proves.
        case: Whom it is asked of; 0 is everybody.
        duty: "bring", "later" or "fetched".
        basis: Document, number and clause.
        needs: Codes of the matters that have to be proved to whoever issues it, all of them;
            or `ADMISSION`.
    """

    name: str
    matter: str
    case: int
    duty: str
    basis: tuple[str, str, str]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Against:
    """A rule that stands against a paper, and what it points to: a register, another paper.

    `circle` names the papers that need each other, from this paper to itself.
    """

    rule: Rule
    paper: str
    matter: str
    points_to: str = ""
    circle: tuple[str, ...] = ()


def against(
    paper: Asked, others: Sequence[Asked], holders: Iterable[str], connected: Iterable[str]
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
    yield from _twice(paper, others)
    if paper.duty != FETCHED:
        yield from _not_to_be_had(paper, others)


def _twice(paper: Asked, others: Sequence[Asked]) -> Iterator[Against]:
    for other in others:
        same_case = EVERYONE in (paper.case, other.case) or paper.case == other.case
        if other.matter == paper.matter and same_case:
            yield Against(Rule.TWICE, paper.name, paper.matter, other.name)
            return


def _not_to_be_had(paper: Asked, others: Sequence[Asked]) -> Iterator[Against]:
    if ADMISSION in paper.needs:
        yield Against(Rule.AFTERWARDS, paper.name, paper.matter)
    circle = circle_of(paper, others)
    if circle:
        yield Against(Rule.CIRCLE, paper.name, paper.matter, circle=circle)


def circle_of(paper: Asked, others: Sequence[Asked]) -> tuple[str, ...]:
    """The papers that a family would need to get a paper, and for which it needs that very paper.

    Only what the same family has to bring counts: what the bureau fetches itself is there already.

    Args:
        paper: The one in question.
        others: The rest of the list, without it.

    Returns:
        Names from the paper to itself along a shortest circle; empty if there is none.
    """
    cases = {each.case for each in (paper, *others)} - {EVERYONE} or {EVERYONE}
    brought = [each for each in others if each.duty != FETCHED]
    for case in sorted(cases if paper.case == EVERYONE else {paper.case}):
        circle = _circle(paper, [each for each in brought if each.case in (EVERYONE, case)])
        if circle:
            return circle
    return ()


def _circle(paper: Asked, others: Sequence[Asked]) -> tuple[str, ...]:
    """Breadth first, so that the shortest circle is told."""
    ways: deque[tuple[Asked, ...]] = deque([(paper,)])
    seen: set[str] = set()
    while ways:
        way = ways.popleft()
        for matter in way[-1].needs:
            if matter == paper.matter:
                return (*(each.name for each in way), paper.name)
            if matter not in seen:
                seen.add(matter)
                ways.extend((*way, each) for each in others if each.matter == matter)
    return ()
