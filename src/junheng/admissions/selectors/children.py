"""Children of a run: the list, and everything about one of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from junheng.accounts.facade import Visitor
from junheng.admissions.engine import claims
from junheng.admissions.engine.reasons import Explanation, Listed, Missed, Nearer, Offer
from junheng.admissions.engine.types import Key
from junheng.admissions.files.explanations import explanation_from
from junheng.admissions.models import (
    Placement,
    RoundApplicant,
    RoundRun,
    RoundSchool,
)


@dataclass(frozen=True, slots=True)
class SchoolName:
    """A school as a child's page names it."""

    id: int
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class ChildPage:
    """One child of a run."""

    code: str
    how: str
    how_name: str
    school: SchoolName | None
    list_rank: int | None
    tier: int
    ticket: str
    ticket_order: int
    distance_m: int | None
    place_in_order: int | None
    zone: str
    sibling_school: SchoolName | None
    group: str
    together: tuple[tuple[int, str], ...]
    explanation: Explanation
    schools: Mapping[str, SchoolName]


def children_of(record: RoundRun, user: Visitor) -> QuerySet[Placement]:
    """The children of a run that somebody sees, by code."""
    children: QuerySet[Placement] = (
        Placement.objects.for_user(user)
        .filter(run=record)
        .select_related("school", "applicant__zone")
        .order_by("code")
    )
    return children


def child_of(record: RoundRun, user: Visitor, placement_id: int) -> ChildPage | None:
    """Everything a page says about one child, if somebody sees it; at most four queries."""
    placement = (
        Placement.objects.for_user(user)
        .filter(run=record, pk=placement_id)
        .select_related("applicant__zone", "reasons")
        .first()
    )
    if placement is None:
        return None
    explanation = explanation_from(json.loads(placement.reasons.body), priority_of(record))
    applicant = placement.applicant
    ids = {placement.school_id, applicant.sibling_school_id} - {None}
    schools = schools_named(record.input_id, codes_in(explanation), ids)
    by_id = {school.id: school for school in schools.values()}
    return ChildPage(
        code=placement.code,
        how=placement.how,
        how_name=placement.get_how_display(),
        school=by_id.get(placement.school_id),
        list_rank=placement.list_rank,
        tier=placement.tier,
        ticket=placement.ticket,
        ticket_order=placement.ticket_order,
        distance_m=placement.distance_m,
        place_in_order=placement.place_in_order,
        zone=_zone_name(applicant),
        sibling_school=by_id.get(applicant.sibling_school_id),
        group=applicant.group,
        together=_together(record, user, applicant),
        explanation=explanation,
        schools=schools,
    )


def schools_named(input_id: int, codes: set[str], ids: set[Any]) -> dict[str, SchoolName]:
    """Schools of an input by code: those of these codes and those of these keys."""
    schools = RoundSchool.objects.filter(input=input_id)
    found = schools.filter(code__in=codes) | schools.filter(pk__in=ids)
    return {
        code: SchoolName(pk, code, name or code)
        for pk, code, name in found.values_list("pk", "code", "name")
    }


def priority_of(record: RoundRun) -> tuple[Key, ...]:
    """How the schools of the run order children."""
    return tuple(Key(name) for name in record.input.rules["priority"])


def priority_at(record: RoundRun, code: str) -> tuple[Key, ...]:
    """How one school of the run orders children: by ticket alone where it is open by lottery."""
    rules = record.input.rules
    named = rules.get("by_lottery", ())
    return claims.priority_at(code, priority=priority_of(record), by_lottery=named)


def codes_in(explanation: Explanation) -> set[str]:
    """Every school that the reasons name."""
    nearer = explanation.diverted.nearer if explanation.diverted else ()
    offered = explanation.offered.schools if explanation.offered else ()
    rows: list[Listed | Missed | Nearer | Offer] = [
        *explanation.listed,
        *explanation.missed,
        *nearer,
        *offered,
    ]
    moved = explanation.moved
    hosts = {moved.school_id, moved.host_id} - {None} if moved else set()
    return {row.school_id for row in rows} | {str(host) for host in hosts}


def _zone_name(applicant: RoundApplicant) -> str:
    return (applicant.zone.name or applicant.zone.code) if applicant.zone else ""


def _together(
    record: RoundRun, user: Visitor, applicant: RoundApplicant
) -> tuple[tuple[int, str], ...]:
    """The other children of the group, as links."""
    if not applicant.group:
        return ()
    others = Placement.objects.for_user(user).filter(
        run=record, applicant__input=record.input_id, applicant__group=applicant.group
    )
    found = others.exclude(applicant=applicant).order_by("code")
    return tuple(found.values_list("pk", "code"))
