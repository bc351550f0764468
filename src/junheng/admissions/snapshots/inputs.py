"""A checked round as rows of the tables that keep what was loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Model

from junheng.admissions.engine.types import NONE, Applicants, Ints, Round, Schools, Zones
from junheng.admissions.models import (
    RoundApplicant,
    RoundChoice,
    RoundSchool,
    RoundZone,
    RoundZoneSchool,
)
from junheng.admissions.snapshots.rows import Numbers, Row, Rows, degrees, keys
from junheng.admissions.snapshots.whereabouts import Site, Whereabouts


@dataclass(frozen=True, slots=True)
class _Loading:
    """What every table of one loading shares."""

    input_id: int
    class_cap: int
    sites: Sequence[Site]
    zone_paths: Sequence[str]
    county: str
    school_ids: Sequence[int]
    zone_ids: Sequence[int]
    applicant_ids: Sequence[int]


def input_rows(
    the_round: Round, where: Whereabouts, *, input_id: int, numbers: Numbers
) -> Iterator[Rows]:
    """Every table of a round, in an order in which references always point backwards."""
    schools, zones = the_round.schools, the_round.zones
    sites = [where.of_school(*named) for named in zip(schools.ids, schools.townships, strict=True)]
    loading = _Loading(
        input_id,
        the_round.rules.class_cap,
        sites,
        _zone_paths(zones, sites, where),
        where.county,
        numbers(RoundSchool, len(schools.ids)),
        numbers(RoundZone, len(zones.ids)),
        numbers(RoundApplicant, len(the_round.applicants.ids)),
    )
    yield _schools(schools, loading)
    yield _zones(zones, loading)
    yield _zone_schools(zones, loading)
    yield _applicants(the_round.applicants, loading)
    yield _choices(the_round.applicants, loading)


def _zone_paths(zones: Zones, sites: Sequence[Site], where: Whereabouts) -> list[str]:
    first = zones.school[zones.start[:-1]].tolist()
    return [
        where.of_zone(code, sites[school].path)
        for code, school in zip(zones.ids, first, strict=True)
    ]


def _schools(schools: Schools, loading: _Loading) -> Rows:
    count = len(schools.ids)
    columns = {
        "id": loading.school_ids,
        "input_id": [loading.input_id] * count,
        "code": schools.ids,
        "name": schools.names,
        "township": schools.townships,
        "lon": degrees(schools.lon),
        "lat": degrees(schools.lat),
        "classes": schools.classes.tolist(),
        "class_size": schools.class_size.tolist(),
        "class_cap": [loading.class_cap] * count,
        "continuing": schools.continuing.tolist(),
        "reserved": schools.reserved.tolist(),
        "seats": schools.seats.tolist(),
        "organisation_id": [site.organisation for site in loading.sites],
        "path": [site.path for site in loading.sites],
    }
    return _table(RoundSchool, columns)


def _zones(zones: Zones, loading: _Loading) -> Rows:
    columns = {
        "id": loading.zone_ids,
        "input_id": [loading.input_id] * len(zones.ids),
        "code": zones.ids,
        "name": zones.names,
        "path": loading.zone_paths,
    }
    return _table(RoundZone, columns)


def _zone_schools(zones: Zones, loading: _Loading) -> Rows:
    rows = _ranked(loading.zone_ids, zones.start, keys(zones.school, loading.school_ids))
    return Rows(RoundZoneSchool, ("zone_id", "rank", "school_id"), rows)


def _applicants(applicants: Applicants, loading: _Loading) -> Rows:
    groups = applicants.group_ids
    columns = {
        "id": loading.applicant_ids,
        "input_id": [loading.input_id] * len(applicants.ids),
        "code": applicants.ids,
        "zone_id": keys(applicants.zone, loading.zone_ids),
        "lon": degrees(applicants.lon),
        "lat": degrees(applicants.lat),
        "tier": applicants.tier.tolist(),
        "sibling_school_id": keys(applicants.sibling_school, loading.school_ids),
        "group": ["" if g == NONE else groups[g] for g in applicants.group.tolist()],
        "path": home_paths(applicants, loading.zone_paths, loading.county),
    }
    return _table(RoundApplicant, columns)


def home_paths(applicants: Applicants, zone_paths: Sequence[str], county: str) -> list[str]:
    """Where each child lives; a child without a zone belongs to the county."""
    return [county if zone == NONE else zone_paths[zone] for zone in applicants.zone.tolist()]


def _choices(applicants: Applicants, loading: _Loading) -> Rows:
    schools = keys(applicants.choice, loading.school_ids)
    rows = _ranked(loading.applicant_ids, applicants.choice_start, schools)
    return Rows(RoundChoice, ("applicant_id", "rank", "school_id"), rows)


def _ranked(owners: Sequence[int], start: Ints, schools: Sequence[int | None]) -> Iterator[Row]:
    """(owner, rank from 1, school) of a list of lists."""
    bounds = start.tolist()
    for owner, first, last in zip(owners, bounds, bounds[1:], strict=False):
        for rank, school in enumerate(schools[first:last], start=1):
            yield owner, rank, school


def _table(model: type[Model], columns: dict[str, Sequence[object]]) -> Rows:
    return Rows(model, tuple(columns), zip(*columns.values(), strict=True))
