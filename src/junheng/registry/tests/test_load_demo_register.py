"""A small register is loaded as the large one is: by COPY, under all triggers, once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest
from django.core.management import call_command
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.places.models import Level, OrganisationKind, Role
from junheng.registry.demo import load_staff, more_schools
from junheng.registry.demo.county import build
from junheng.registry.demo.register import load, told, whole
from junheng.registry.engine.integrity.running import CHECKS
from junheng.registry.models import (
    Guardian,
    IntegrityFinding,
    Pupil,
    PupilSearchKey,
    PupilTag,
    Resources,
    School,
    SchoolAgeChildren,
    SchoolClass,
    StaffMember,
    StaffPost,
    Standing,
)
from junheng.registry.selectors.search import find_pupils
from junheng.registry.tests import builders
from junheng.registry.tests.integrity.builders import checked

pytestmark = pytest.mark.django_db


def test_every_class_is_counted_from_its_pupils_and_a_second_time_changes_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = True
    county = build("yunhuai-2026")
    village = next(s for s in county.schools if s.kind == "primary" and s.setting == "village")
    secondary = next(
        s for s in county.schools if s.township == village.township and s.code[0] == "3"
    )
    town = max(
        (s for s in county.schools if s.setting == "urban" and s.kind == "primary"),
        key=lambda s: -s.entry_classes,
    )
    kept = {village.code, secondary.code, town.code}
    small = replace(
        county,
        schools=tuple(s for s in county.schools if s.code in kept),
        classes=tuple(c for c in county.classes if c.school in kept),
    )
    monkeypatch.setattr(load_staff, "build", lambda _seed: small)
    monkeypatch.setattr(load, "build", lambda _seed: small)
    point = replace(more_schools.PLANS[3], number=1)
    nine = replace(more_schools.PLANS[0], number=1, classes=1)
    monkeypatch.setattr(more_schools, "PLANS", (nine, point))
    made = {
        school.code: cast.organisation(school.code, OrganisationKind(school.kind))
        for school in small.schools
    }
    for school, _plan in more_schools.more_schools(small):
        cast.place(school.township, school.township, Level.TOWNSHIP, cast.COUNTY)
        cast.place(school.village, school.village, Level.VILLAGE, school.township)
    day = builders.opening_count().held_on
    SchoolClass.objects.bulk_create(
        SchoolClass(
            organisation=made[c.school],
            school_year=c.school_year,
            grade=c.grade,
            number=c.number,
            size=c.size,
            counted_on=day,
            inherited_on=day if c.size > 55 else None,
            inherited_size=c.size if c.size > 55 else None,
        )
        for c in whole.classes_of_years(small)
    )
    cast.person("admissions", Role.ADMISSIONS_OFFICER, cast.bureau())

    call_command("load_demo_register", verbosity=0)
    counts = [m.objects.count() for m in (Pupil, Standing, Guardian, PupilTag, PupilSearchKey)]
    assert all(counts)
    assert not SchoolClass.objects.exclude(by_register=True).exists()
    assert SchoolClass.objects.filter(size__gt=55).exists() == any(
        c.size > 55 for c in whole.classes_of_years(small)
    )
    assert School.objects.filter(lowest_grade=7, organisation__code__startswith="5199").exists()
    someone = Pupil.objects.filter(left_on=None)[0]
    assert someone.pk in find_pupils(cast.li(), str(someone.name)).pupils
    states = set(Standing.objects.open().values_list("state", flat=True))
    assert states >= {"studying", "suspended", "dropped_out", "graduated"}

    further = {school.code for school, _plan in more_schools.more_schools(small)}
    teaching = StaffPost.objects.filter(kind="teacher", organisation__code__in=further)
    assert set(teaching.values_list("organisation__code", flat=True)) == further
    nine_year = teaching.filter(organisation__code__startswith="5199")
    assert set(nine_year.values_list("level", flat=True)) == {"primary", "lower_secondary"}
    people = StaffMember.objects.count()

    call_command("load_demo_register")
    assert StaffMember.objects.count() == people
    assert Resources.objects.filter(organisation__code__startswith="5199").count() == 2
    levels = {row.level for row in SchoolAgeChildren.objects.filter(year=2026)}
    assert levels == {"primary", "lower_secondary"}
    again = [m.objects.count() for m in (Pupil, Standing, Guardian, PupilTag, PupilSearchKey)]
    assert again == counts

    planted = told.tell("yunhuai-2026", at=sorted(kept))
    assert planted is not None
    assert told.tell("yunhuai-2026", at=sorted(kept)) is None
    checked()
    found: dict[str, set[object]] = defaultdict(set)
    for finding in IntegrityFinding.objects.all():
        found[finding.rule].add(finding.pupil_id)
    assert len(found.pop("no_record")) == 1  # all that have no record have no pupil either
    assert IntegrityFinding.objects.filter(rule="no_record").count() == planted.nobody
    assert found == planted.found
    assert {check.key for check in CHECKS} - set(found) == {"no_record", "class_of_another_school"}
