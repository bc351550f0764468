"""The assignment by list as the format page tells it, in plain Python and without haste.

Nothing here is shared with the fast modules but the types. Where the two disagree, this one
is right; the tests see to it that they do not.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from junheng.admissions.engine.types import NONE, Key, Method, Round

Claim = tuple[object, ...]
"""What a school compares, the smaller first."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A child, or a group that needs a seat for each member; members ascend by id."""

    members: tuple[int, ...]
    list: tuple[int, ...]
    ticket: str | int

    @property
    def size(self) -> int:
        """Seats it needs."""
        return len(self.members)


def seated_by_list(the_round: Round) -> list[int]:
    """Seat every child by list.

    Args:
        the_round: A round whose groups are alike in zone, tier, sibling school and choices.

    Returns:
        School of each child, NONE for those whom no school on their list seats.

    Source:
        Format page, "What it means", 1 to 4.
    """
    units = units_by_id(the_round)
    school = [NONE] * len(the_round.applicants.ids)
    for unit, at in zip(
        units, repaired(the_round, units, in_rounds(the_round, units)), strict=True
    ):
        for child in unit.members:
            school[child] = at
    return school


def units_by_id(the_round: Round) -> list[Unit]:
    """The units in the order of their lowest `applicant_id`."""
    members: dict[object, list[int]] = {}
    for child, group in enumerate(the_round.applicants.group.tolist()):
        members.setdefault(("child", child) if group == NONE else ("group", group), []).append(
            child
        )
    tickets = tickets_of(the_round, [group[0] for group in members.values()])
    return [
        Unit(tuple(together), whole_list(the_round, together[0]), ticket)
        for together, ticket in zip(members.values(), tickets, strict=True)
    ]


def whole_list(the_round: Round, child: int) -> tuple[int, ...]:
    """1. Own choices by rank, then the zone's schools by rank that are not yet listed."""
    applicants, zones = the_round.applicants, the_round.zones
    schools = applicants.choice[
        applicants.choice_start[child] : applicants.choice_start[child + 1]
    ].tolist()
    zone = int(applicants.zone[child])
    if zone != NONE and not the_round.rules.choices_only:
        schools += zones.school[zones.start[zone] : zones.start[zone + 1]].tolist()
    return tuple(dict.fromkeys(schools))


def tickets_of(the_round: Round, leads: list[int]) -> Sequence[str | int]:
    """2. One ticket per unit, drawn for its member with the lowest `applicant_id`."""
    rules = the_round.rules
    if rules.method is Method.RING:
        return places_on_ring(len(leads), *map(int, rules.seed.split(":")))
    return [
        hmac.new(
            rules.seed.encode(),
            f"{rules.year}|{the_round.applicants.ids[lead]}".encode(),
            hashlib.sha256,
        ).hexdigest()
        for lead in leads
    ]


def places_on_ring(count: int, start: int, interval: int) -> list[int]:
    """2. Take every `interval`-th of those still standing, beginning with `start`."""
    standing, place = list(range(count)), [0] * count
    at = start - 1
    for turn in range(1, count + 1):
        place[standing.pop(at)] = turn
        if standing:
            at = (at + interval - 1) % len(standing)
    return place


def claim(the_round: Round, unit: Unit, school: int) -> Claim:
    """3. The keys of `priority`, then `applicant_id`; at a school open by lottery the ticket."""
    lead, applicants = unit.members[0], the_round.applicants
    if the_round.schools.ids[school] in the_round.rules.by_lottery:
        return (unit.ticket,)
    value = {
        Key.TIER: int(applicants.tier[lead]),
        Key.SIBLING: int(applicants.sibling_school[lead]) != school,
        Key.TICKET: unit.ticket,
    }
    return (*(value[key] for key in the_round.rules.priority), lead)


def in_rounds(the_round: Round, units: list[Unit]) -> list[int]:
    """4. All units without a school ask at once, until nobody asks any more."""
    held: list[list[Unit]] = [[] for _ in the_round.schools.ids]
    asked = dict.fromkeys(units, 0)
    without = units
    while asking := [unit for unit in without if asked[unit] < len(unit.list)]:
        without = []
        for unit in asking:
            held[unit.list[asked[unit]]].append(unit)
            asked[unit] += 1
        for school in sorted({unit.list[asked[unit] - 1] for unit in asking}):
            room, taken = int(the_round.schools.seats[school]), []
            for unit in sorted(held[school], key=lambda u: claim(the_round, u, school)):
                if unit.size <= room:
                    room -= unit.size
                    taken.append(unit)
                else:
                    without.append(unit)
            held[school] = taken
    return [_holder(held, unit) for unit in units]


def repaired(the_round: Round, units: list[Unit], school: list[int]) -> list[int]:
    """4. Free seats go to units that would rather have them, smallest ticket first."""
    school = list(school)
    while True:
        free = the_round.schools.seats.tolist()
        for unit, at in zip(units, school, strict=True):
            if at != NONE:
                free[at] -= unit.size
        wishes = [
            (unit.ticket, index, s)
            for index, unit in enumerate(units)
            if (s := _first_free_before(unit, school[index], free)) != NONE
        ]
        if not wishes:
            return school
        _, index, s = min(wishes)
        school[index] = s


def _first_free_before(unit: Unit, at: int, free: list[int]) -> int:
    """The school a unit likes best among those it would rather be at that have room."""
    for school in unit.list:
        if school == at:
            return NONE
        if free[school] >= unit.size:
            return school
    return NONE


def _holder(held: list[list[Unit]], unit: Unit) -> int:
    return next((school for school, units in enumerate(held) if unit in units), NONE)
