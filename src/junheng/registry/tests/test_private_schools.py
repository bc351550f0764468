"""Public and private schools: the register knows which, and a private one never has a zone."""

from __future__ import annotations

from datetime import date

import pytest
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.commons import import_reports, imports
from junheng.registry.facade import schools_of
from junheng.registry.models import ImportOutcome, School, ZoneSchool
from junheng.registry.tests.builders import START, facts, zone
from junheng.registry.tests.test_database_refuses import refused
from junheng.registry.tests.test_imports import SCHOOLS, ZONES, brought, messages, send

pytestmark = pytest.mark.django_db
OWNED = SCHOOLS.replace("setting,", "setting,ownership,")
ROW = f"new-1,Lark School,primary,{cast.VILLAGE},,,town,{{ownership}},,,2,45,2026-09-01"


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: object) -> None:
    settings.STORAGE_ROOT = tmp_path


def ownership(code: str = "new-1") -> list[str]:
    rows = School.objects.filter(organisation__code=code).order_by("valid_from")
    return list(rows.values_list("ownership", flat=True))


# ---------------------------------------------------------------------- the database refuses


def test_no_zone_is_given_a_private_school() -> None:
    school = facts(ownership="private").organisation
    assert refused(lambda: zone([school.place], [school]))
    assert not refused(lambda: zone([school.place], [school], level="lower_secondary"))
    assert not refused(
        lambda: zone(
            [school.place], [school], code="z-2", valid_from=date(2020, 9, 1), valid_to=START
        )
    )


def test_no_school_of_a_zone_becomes_private() -> None:
    fact = facts()
    zone([fact.organisation.place], [fact.organisation])
    assert refused(lambda: School.objects.filter(pk=fact.pk).update(ownership="private"))
    facts(lowest_grade=7, highest_grade=9, ownership="private")


def test_no_school_of_a_zone_is_exchanged_for_a_private_one() -> None:
    home = cast.school().place
    zone([home], [cast.school()])
    other = facts(cast.school("school-2"), ownership="private").organisation
    assert refused(lambda: ZoneSchool.objects.update(organisation=other))


def test_there_are_no_other_owners() -> None:
    assert refused(lambda: facts(ownership="church"))


# ------------------------------------------------------------------------------ from files


def test_a_school_is_public_unless_a_table_says_otherwise() -> None:
    cast.counties()
    brought("schools", SCHOOLS, ROW.format(ownership="x").replace(",x,", ","))
    assert ownership() == ["public"]
    brought("schools", OWNED, ROW.format(ownership="private"))
    assert ownership() == ["private"]
    brought("schools", SCHOOLS, ROW.format(ownership="x").replace(",x,", ","))
    assert ownership() == ["private"]
    county = cast.counties()
    found = schools_of(county, on=date(2026, 9, 1), level="primary")
    assert [(one.code, one.private) for one in found] == [("new-1", True)]


def test_an_import_from_before_is_taken_back_as_ever() -> None:
    """What it did was noted without ownership."""
    cast.counties()
    batch = brought("schools", OWNED, ROW.format(ownership="public"))
    kept = ImportOutcome.objects.get(batch=batch)
    for entry in kept.done:
        entry["version"]["after"].pop("ownership")
    ImportOutcome.objects.filter(pk=kept.pk).update(done=kept.done)
    imports.undo(batch, cast.li())
    assert ownership() == []


def test_a_zone_with_a_private_school_is_refused_in_words() -> None:
    fact = facts(ownership="private")
    place = fact.organisation.place.code
    batch = send("zones", ZONES, f"z-1,East,primary,{place},school-1,2026-09-01")
    assert messages(batch) == [
        "2 schools: school-1 is a private school: families name it and lots decide, "
        "so it has no zone."
    ]
    assert import_reports.report_of(batch).faults[0].fix == "Take it out of the zone."


def test_a_school_of_a_zone_that_is_said_to_be_private_is_refused_in_words() -> None:
    fact = facts()
    place = fact.organisation.place
    zone([place], [fact.organisation])
    row = f"school-1,Primary School school-1,primary,{place.code},,,town,private,,,2,45,2026-09-01"
    assert messages(send("schools", OWNED, row)) == [
        "2 ownership: school-1 belongs to the zone zone-1; a private school has no zone."
    ]
