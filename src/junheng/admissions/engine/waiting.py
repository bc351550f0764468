"""Calling children up from waiting lists: who is offered which free seat, and in which order.

A child waits for the schools of its list that it would rather have than the seat it holds. Each
school takes those who wait for it in its own order, that of the round: the rules' keys, with the
ticket that was drawn. Nobody waits by the time of anything.

The calls are those of deferred acceptance among the children who wait and the seats that are
free: no other way to fill the seats in the schools' order is better for any child. A group waits
as one, and is called up whole or not at all; what it leaves free where it does not fit goes to the
next who does, as in the round itself (format page, "What it means", 4). Seats that come free when a
call is accepted are for the next calls.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from junheng.admissions.engine.types import Key

Claim = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A child who would rather be elsewhere, or a group that waits as one.

    Attributes:
        child: Code of the child; of a group, that of its member with the lowest code.
        schools: Codes of the schools it would rather have, best first, none twice.
        claims: Beside them its claim at each; the smaller comes first, and no two children
            have the same.
        others: Codes of the other members of a group, ascending.
        ticket: Place of its ticket among all, from 0.
    """

    child: str
    schools: tuple[str, ...]
    claims: tuple[Claim, ...]
    others: tuple[str, ...] = ()
    ticket: int = 0

    @property
    def members(self) -> tuple[str, ...]:
        """Everybody who needs a seat."""
        return (self.child, *self.others)

    @property
    def size(self) -> int:
        """Seats that are needed together."""
        return 1 + len(self.others)

    def claim_at(self, school: str) -> Claim:
        """The claim at a school of its list."""
        return self.claims[self.schools.index(school)]


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


Held = dict[str, str]
"""The school at which each unit is, by the code of its child."""


def call_up(free: Mapping[str, int], waiting: Sequence[Waiting]) -> tuple[Call, ...]:
    """Offer free seats to children who wait.

    Args:
        free: Free seats by school, 0 or more; a school that is not named has none.
        waiting: Children and groups, each child once, in any order.

    Returns:
        At most one call for a child, by school and child; all members of a group have one, at
        one school, or none has.

    Raises:
        ValueError: If a child waits twice.
    """
    everybody = [child for one in waiting for child in one.members]
    if len(set(everybody)) != len(everybody):
        raise ValueError("a child waits twice")
    units = {one.child: one for one in sorted(waiting, key=lambda one: one.child)}
    held = _moved(free, units, _asked(free, units))
    return tuple(
        sorted(
            Call(school, child) for unit, school in held.items() for child in units[unit].members
        )
    )


def _asked(free: Mapping[str, int], units: Mapping[str, Waiting]) -> Held:
    """All who are without a school ask the next of their list at once, until nobody asks."""
    asked = dict.fromkeys(units, 0)
    there: dict[str, list[Waiting]] = defaultdict(list)
    without = list(units.values())
    while asking := [one for one in without if asked[one.child] < len(one.schools)]:
        schools = set()
        for one in asking:
            school = one.schools[asked[one.child]]
            asked[one.child] += 1
            there[school].append(one)
            schools.add(school)
        without = []
        for school in sorted(schools):
            there[school], left = _kept(there[school], school, free.get(school, 0))
            without += left
    return {one.child: school for school, kept in there.items() for one in kept}


def _kept(there: list[Waiting], school: str, room: int) -> tuple[list[Waiting], list[Waiting]]:
    """Whom a school keeps, in its order, as long as they fit; and who asks on."""
    kept: list[Waiting] = []
    left: list[Waiting] = []
    for one in sorted(there, key=lambda one: one.claim_at(school)):
        fits = one.size <= room
        (kept if fits else left).append(one)
        room -= one.size if fits else 0
    return kept, left


def _moved(free: Mapping[str, int], units: Mapping[str, Waiting], held: Held) -> Held:
    """Seats that a group moved on from go to who would rather have them, smallest ticket first."""
    if all(one.size == 1 for one in units.values()):
        return held
    taken = Counter[str]()
    for child, school in held.items():
        taken[school] += units[child].size
    while True:
        wishes = [
            (one.ticket, one.child, school)
            for one in units.values()
            if (school := _better(one, held.get(one.child), free, taken))
        ]
        if not wishes:
            return held
        _ticket, child, school = min(wishes)
        if child in held:
            taken[held[child]] -= units[child].size
        taken[school] += units[child].size
        held[child] = school


def _better(one: Waiting, at: str | None, free: Mapping[str, int], taken: Counter[str]) -> str:
    """The first school with room for all of a unit that it would rather have; "" if none."""
    fitting = (s for s in rather(one.schools, at) if taken[s] + one.size <= free.get(s, 0))
    return next(fitting, "")
