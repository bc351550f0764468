"""Who waits for which school, out of the tables of the published run and what was decided since."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from junheng.admissions.engine.waiting import Waiting, claim_of, rather
from junheng.admissions.models import (
    Application,
    Placement,
    RoundChoice,
    RoundRun,
    RoundZoneSchool,
    SeatDecision,
    SeatOffer,
)
from junheng.admissions.selectors.children import priority_at
from junheng.admissions.selectors.seats import rooms_of
from junheng.admissions.selectors.second import spoken_for

Offered = SeatOffer.State


@dataclass(frozen=True, slots=True)
class WaitingLists:
    """What a call-up is made from.

    Attributes:
        free: Free seats by the school's code; what is offered now is not free.
        waiting: Children who would rather be elsewhere, by code.
    """

    free: dict[str, int]
    waiting: tuple[Waiting, ...]


def waiting_lists(record: RoundRun) -> WaitingLists:
    """The waiting lists of a round as they stand now; a dozen queries, whatever its size."""
    schools = {school.pk: school for school in record.input.schools.all()}
    codes = {pk: school.code for pk, school in schools.items()}
    rooms = rooms_of(record, schools.values())
    offers = list(
        SeatOffer.objects.filter(round=record.round_id).values_list(
            "application__code", "school", "state"
        )
    )
    offered = Counter(school for _child, school, state in offers if state == Offered.OFFERED)
    spoken = spoken_for(record.round)
    free = {
        codes[pk]: max(0, room.free - offered[pk] - spoken.get(codes[pk], 0))
        for pk, room in rooms.items()
    }
    return WaitingLists(free, tuple(_children(record, codes, offers)))


def _children(
    record: RoundRun, codes: dict[int, str], offers: Iterable[tuple[str, int, str]]
) -> Iterable[Waiting]:
    """Nobody waits who has an offer to answer, and for no school that was not wanted before.

    Members of a group who hold the same seat and wait for the same schools wait as one; while one
    of them has an offer to answer, the others are not asked.
    """
    busy = {child for child, _school, state in offers if state == Offered.OFFERED}
    passed = {(child, codes[school]) for child, school, _state in offers}
    lists, decided, known = _lists(record, codes), _decided(record), _known(record)
    priority = {code: priority_at(record, code) for code in codes.values()}
    units: dict[tuple[object, ...], list[Waiting]] = defaultdict(list)
    busy_groups = set()
    for row in _placed(record):
        if row.code in busy and row.group:
            busy_groups.add(row.group)
        school, absent = decided.get(row.code, (row.school, False))
        if row.code in busy or absent or row.code not in known:
            continue
        held = codes.get(school) if school else None
        wanted = [s for s in rather(lists[row.applicant], held) if (row.code, s) not in passed]
        if wanted:
            key = (row.group, held, *wanted) if row.group else ("", row.code)
            units[key].append(_waiting(row, wanted, priority, codes))
    for (group, *_rest), members in units.items():
        if group not in busy_groups:
            yield replace(members[0], others=tuple(one.child for one in members[1:]))


@dataclass(frozen=True, slots=True)
class _Placed:
    """A child of the published run, as it matters to a waiting list."""

    code: str
    school: int | None
    tier: int
    ticket_order: int
    applicant: int
    sibling: int | None
    group: str


def _placed(record: RoundRun) -> Iterable[_Placed]:
    """The children of the run by code."""
    names = ("code", "school", "tier", "ticket_order", "applicant")
    beside = ("applicant__sibling_school", "applicant__group")
    rows = Placement.objects.filter(run=record).order_by("code")
    return (_Placed(*row) for row in rows.values_list(*names, *beside))


def _waiting(
    row: _Placed, wanted: list[str], priority: dict[str, Any], codes: dict[int, str]
) -> Waiting:
    at = codes.get(row.sibling) if row.sibling else None
    facts: Any = {"tier": row.tier, "ticket_order": row.ticket_order, "child": row.code}
    claims = (claim_of(priority[one], sibling=one == at, **facts) for one in wanted)
    return Waiting(row.code, tuple(wanted), tuple(claims), ticket=row.ticket_order)


def _known(record: RoundRun) -> set[str]:
    """The children behind whom there is an application."""
    rows = Application.objects.filter(round=record.round_id)
    return set(rows.exclude(state=Application.State.WITHDRAWN).values_list("code", flat=True))


def _decided(record: RoundRun) -> dict[str, tuple[int | None, bool]]:
    """Where children sit by a later decision, and whether it was because they did not come."""
    rows = SeatDecision.objects.newest().filter(round=record.round_id)
    return {
        code: (school, why == SeatDecision.Why.ABSENT)
        for code, school, why in rows.values_list("application__code", "school", "why")
    }


def _lists(record: RoundRun, codes: dict[int, str]) -> dict[int, list[str]]:
    """Each child's list, as the round reads it: its choices, then the schools of its zone."""
    lists: dict[int, list[str]] = defaultdict(list)
    choices = RoundChoice.objects.filter(applicant__input=record.input_id)
    for child, school in choices.order_by("applicant", "rank").values_list("applicant", "school"):
        lists[child].append(codes[school])
    if record.input.rules.get("choices_only"):
        return lists
    zones: dict[int, list[str]] = defaultdict(list)
    ranks = RoundZoneSchool.objects.filter(zone__input=record.input_id).order_by("zone", "rank")
    for zone, school in ranks.values_list("zone", "school"):
        zones[zone].append(codes[school])
    for child, zone in record.input.applicants.exclude(zone=None).values_list("pk", "zone"):
        lists[child] += [school for school in zones[zone] if school not in lists[child]]
    return lists
