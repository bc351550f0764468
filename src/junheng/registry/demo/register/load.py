"""Puts the register of the invented county into the database: by COPY, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db import transaction
from django.utils import timezone

from junheng.accounts.facade import Role, User
from junheng.commons.beside import beside
from junheng.commons.copying import count_after_commit
from junheng.places.facade import Organisation, OrganisationKind, Place, path_of
from junheng.registry.demo.county import build
from junheng.registry.demo.more_schools import Plan
from junheng.registry.demo.people import USERNAMES
from junheng.registry.demo.register.around import load_around
from junheng.registry.demo.register.lines import YEARS
from junheng.registry.demo.register.moving import take_classes_away
from junheng.registry.demo.register.rows import ClassKey, Rows
from junheng.registry.demo.register.whole import Register, classes_in, register_of
from junheng.registry.demo.values import County
from junheng.registry.demo.values import School as DemoSchool
from junheng.registry.models import (
    Guardian,
    Ownership,
    Pupil,
    PupilSearchKey,
    PupilTag,
    School,
    SchoolClass,
    Standing,
)
from junheng.registry.services import bulk

FOUNDED = date(2020, 9, 1)


@dataclass(frozen=True, slots=True)
class LoadedRegister:
    """How much there is now."""

    pupils: int
    on_the_roll: int
    standings: int


def load_register(seed: str, *, townships: int | None = None) -> LoadedRegister:
    """Load the pupils of a county that is there, with its further schools; once.

    Its own classes of the six years must be there: see `load_county`.
    """
    with transaction.atomic():
        if not Pupil.objects.exists():
            county = build(seed)
            _load(county, register_of(county, townships=townships))
    gone = Pupil.objects.exclude(left_on=None).count()
    pupils = Pupil.objects.count()
    return LoadedRegister(pupils, pupils - gone, Standing.objects.count())


def _load(county: County, register: Register) -> None:
    by = User.objects.get(username=USERNAMES[Role.ADMISSIONS_OFFICER])
    further_schools(register)
    organisations = dict(
        Organisation.objects.filter(code__in=register.schools).values_list("code", "pk")
    )
    with beside(len(register.lives.cohort)) as sealing:
        undrawn = take_classes_away()
        classes = _classes(register, organisations)
        rows = Rows(register, organisations, classes, timezone.localdate(), undrawn)
        pupils = rows.pupils(bulk.numbers(YEARS[0], len(rows.ids)))
        sealed_pupils = sealing(partial(bulk.pupil_rows, by=by.pk), pupils)
        keys = sealing(bulk.search_rows, pupils)
        guardians, tags = rows.guardians_and_tags()
        sealed_guardians = sealing(bulk.guardian_rows, guardians)
        bulk.write_pupils(pupils, by, sealed=sealed_pupils)
        bulk.write_standings(rows.standings(), by, batch=None, recorded_at=timezone.now())
        bulk.write_search_keys(keys)  # made while the standings were written
        bulk.write_guardians(sealed_guardians)
    bulk.write_tags(tags)
    load_around(county, register, organisations)
    count_after_commit(Pupil, PupilSearchKey, Standing, Guardian, PupilTag, SchoolClass)


def further_schools(register: Register) -> None:
    """Schools that no zone has, with what each of them offers."""
    places = {
        place.code: place
        for place in Place.objects.filter(code__in=[one.village for one, _plan in register.more])
    }
    made = {one.code: _organisation(one, places[one.village]) for one, _plan in register.more}
    Organisation.objects.bulk_create(made.values())
    School.objects.bulk_create(
        facts for school, plan in register.more for facts in _facts(school, plan, made[school.code])
    )


def _organisation(school: DemoSchool, place: Place) -> Organisation:
    return Organisation(
        code=school.code,
        name=school.name,
        kind=OrganisationKind(school.kind),
        place=place,
        path=path_of(place.path, f"@{school.code}"),
        lon=school.home.lon,
        lat=school.home.lat,
    )


def _facts(school: DemoSchool, plan: Plan, organisation: Organisation) -> list[School]:
    """One for each level: a nine-year school offers two."""
    lowest, highest = plan.grades[0], plan.grades[-1]
    levels = [(lowest, min(highest, 6), 45), (max(lowest, 7), highest, 50)]
    return [
        School(
            organisation=organisation,
            setting=school.setting,
            ownership=Ownership.PUBLIC,
            lowest_grade=low,
            highest_grade=high,
            entry_classes=plan.classes,
            class_size=size,
            valid_from=FOUNDED,
        )
        for low, high, size in levels
        if low <= high
    ]


def _classes(register: Register, organisations: Mapping[str, int]) -> dict[ClassKey, int]:
    """All classes by school, year, grade and number; those of further schools are made."""
    further = {school.code for school, _plan in register.more}
    day = timezone.localdate()
    SchoolClass.objects.bulk_create(
        SchoolClass(
            organisation_id=organisations[one.school],
            school_year=one.school_year,
            grade=one.grade,
            number=one.number,
            size=one.size,
            counted_on=day,
        )
        for one in classes_in(line for line in register.lines if line.school in further)
    )
    rows = SchoolClass.objects.filter(organisation__in=organisations.values())
    return {
        (code, year, grade, number): pk
        for code, year, grade, number, pk in rows.values_list(
            "organisation__code", "school_year", "grade", "number", "pk"
        )
    }
