"""Calling children up from waiting lists: who is offered which free seat, and in which order.

A child waits for the schools of its list that it would rather have than the seat it holds. Each
school takes those who wait for it in its own order, that of the round: the rules' keys, with the
ticket that was drawn. Nobody waits by the time of anything.

The calls are those of deferred acceptance among the children who wait and the seats that are
free: no other way to fill the seats in the schools' order is better for any child. Seats that
come free when a call is accepted are for the next calls.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from junheng.admissions.engine.types import Key

Claim = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A child who would rather be elsewhere.

    Attributes:
        child: Code of the child.
        schools: Codes of the schools it would rather have, best first, none twice.
        claims: Beside them its claim at each; the smaller comes first, and no two children
            have the same.
    """

    child: str
    schools: tuple[str, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True, order=True, slots=True)
class Call:
    """A free seat that is offered to a child."""

    school: str
    child: str


def claim_of(
    priority: Sequence[Key], *, tier: int, sibling: bool, ticket_order: int, child: str
) -> Claim:
    """A child's claim at a school, as the round orders it; the code decides what is left open.

    Args:
        priority: What the school orders by, most important first; the ticket alone where it is
            open by lottery.
        tier: From 1, which is served first.
        sibling: Whether an older child is a pupil there.
        ticket_order: Place of the ticket among all, from 0.
        child: Code of the child.
    """
    value = {Key.TIER: tier, Key.SIBLING: int(not sibling), Key.TICKET: ticket_order}
    return (*(value[key] for key in priority), child)


def rather(schools: Sequence[str], held: str | None) -> tuple[str, ...]:
    """The schools of a list that come before the seat held.

    Args:
        schools: A child's list, best first.
        held: The school where it holds a seat; None if it has none. A seat at a school that is
            not on the list comes after all that are.
    """
    if held is None or held not in schools:
        return tuple(schools)
    return tuple(schools[: schools.index(held)])


def call_up(free: Mapping[str, int], waiting: Sequence[Waiting]) -> tuple[Call, ...]:
    """Offer free seats to children who wait.

    Args:
        free: Free seats by school, 0 or more; a school that is not named has none.
        waiting: Children, each once, in any order.

    Returns:
        At most one call for a child, by school and child.

    Raises:
        ValueError: If a child waits twice.
    """
    by_code = {one.child: one for one in waiting}
    if len(by_code) != len(waiting):
        raise ValueError("a child waits twice")
    asked = dict.fromkeys(by_code, 0)
    seated: dict[str, list[tuple[_Last, str]]] = defaultdict(list)
    unseated = sorted(by_code)
    while unseated:
        child = unseated.pop()
        one, place = by_code[child], asked[child]
        if place == len(one.schools):
            continue
        asked[child] += 1
        school = one.schools[place]
        heapq.heappush(seated[school], (_Last(one.claims[place]), child))
        if len(seated[school]) > free.get(school, 0):
            unseated.append(heapq.heappop(seated[school])[1])
    return tuple(
        sorted(Call(school, child) for school, rows in seated.items() for _, child in rows)
    )


class _Last:
    """A claim turned round, so that a heap gives up the last one first."""

    __slots__ = ("claim",)

    def __init__(self, claim: Claim) -> None:
        self.claim = claim

    def __lt__(self, other: _Last) -> bool:
        return other.claim < self.claim
