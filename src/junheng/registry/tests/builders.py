"""Rows of the registry with good defaults; only what matters to a test is spelled out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import shapely
from django.db import transaction
from shapely.geometry import mapping

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.places.models import Organisation, Place
from junheng.registry.models import (
    AddressRange,
    OpeningCount,
    Pupil,
    School,
    SchoolClass,
    Standing,
    Zone,
    ZoneArea,
    ZonePlace,
    ZoneSchool,
)
from junheng.registry.services.pupils import first_standing, pupil_number

START = date(2025, 9, 1)
COUNTED = date(2026, 4, 10)


def facts(organisation: Organisation | None = None, **given: Any) -> School:
    """Facts about a primary school with two classes of 45 in its entry grade."""
    defaults: dict[str, Any] = {
        "organisation": organisation or cast.school(),
        "setting": "town",
        "lowest_grade": 1,
        "highest_grade": 6,
        "entry_classes": 2,
        "class_size": 45,
        "valid_from": START,
    }
    return School.objects.create(**defaults | given)


def a_class(organisation: Organisation | None = None, **given: Any) -> SchoolClass:
    """Grade 3 class 1 with 45 pupils."""
    defaults: dict[str, Any] = {
        "organisation": organisation or cast.school(),
        "school_year": 2025,
        "grade": 3,
        "number": 1,
        "size": 45,
        "counted_on": COUNTED,
    }
    return SchoolClass.objects.create(**defaults | given)


def opening_count(at: Place | None = None) -> OpeningCount:
    """The opening count of Yunhuai, open."""
    return OpeningCount.objects.create(place=at or cast.counties(), held_on=COUNTED)


def inherited(size: int, **given: Any) -> SchoolClass:
    """A class that was above the cap at the opening count, which must be open."""
    return a_class(size=size, inherited_on=COUNTED, inherited_size=size, **given)


def zone(
    places: Sequence[Place],
    schools: Sequence[Organisation],
    *,
    code: str = "zone-1",
    **given: Any,
) -> Zone:
    """A primary zone of these places and schools."""
    defaults: dict[str, Any] = {"name": code, "level": "primary", "valid_from": START}
    made = Zone.objects.create(code=code, **defaults | given)
    ZonePlace.objects.bulk_create([ZonePlace(zone=made, place=place) for place in places])
    ZoneSchool.objects.bulk_create(
        [ZoneSchool(zone=made, rank=n, organisation=s) for n, s in enumerate(schools, start=1)]
    )
    return made


ROAD, PLATE = "\u4e91\u9701\u8def", "\u53f7"
"""An invented road, and what stands behind a house number."""


def address_range(zone_code: str = "zone-1", **given: Any) -> AddressRange:
    """All of the road in Yunhuai, of a zone that there is."""
    county = Place.objects.get(code=cast.COUNTY)
    defaults: dict[str, Any] = {"level": "primary", "place": county, "street": ROAD}
    row: AddressRange = AddressRange.objects.create(zone_code=zone_code, **defaults | given)
    return row


def zone_area(zone_code: str, west: float, east: float, **given: Any) -> ZoneArea:
    """A box 0.01 degrees high, of a zone that there is."""
    box = {"west": west, "east": east, "south": 30.0, "north": 30.01}
    defaults: dict[str, Any] = {
        "level": "primary",
        "path": Place.objects.get(code=cast.COUNTY).path,
        "geometry": mapping(shapely.box(west, 30.0, east, 30.01)),
    }
    row: ZoneArea = ZoneArea.objects.create(zone_code=zone_code, **defaults | box | given)
    return row


def a_pupil(school_class: SchoolClass | None = None, **given: Any) -> Pupil:
    """A child on the roll since the school year began, in a class if one is given."""
    organisation = school_class.organisation if school_class else cast.school()
    grade = given.pop("grade", school_class.grade if school_class else 3)
    defaults: dict[str, Any] = {
        "number": pupil_number(START.year),
        "organisation": organisation,
        "name": "王小涵",
        "born_on": date(2017, 5, 1),
        "sex": "2",
        "entered_on": START,
        "entered_by": cast.li(),
    }
    with transaction.atomic():
        made = Pupil.objects.create(**defaults | given)
        first_standing(made, grade=grade, school_class=school_class).save()
    return made


def pupils(
    number: int, school_class: SchoolClass, *, by: User | None = None, entered_on: date = START
) -> list[Pupil]:
    """So many at once."""
    one = {"organisation": school_class.organisation, "name": "x", "entered_on": entered_on}
    who = by or cast.li()
    with transaction.atomic():
        made = Pupil.objects.bulk_create(
            Pupil(number=pupil_number(START.year), entered_by=who, **one) for _each in range(number)
        )
        Standing.objects.bulk_create(
            first_standing(pupil, grade=school_class.grade, school_class=school_class)
            for pupil in made
        )
    return made


def standing(pupil: Pupil, **given: Any) -> Standing:
    """Another stretch of a pupil's school life."""
    school_class = given.get("school_class")
    defaults: dict[str, Any] = {
        "pupil": pupil,
        "organisation": school_class.organisation if school_class else pupil.organisation,
        "school_year": 2025,
        "grade": school_class.grade if school_class else 3,
        "state": "studying",
        "movement": "class_changed",
        "entered_by": cast.li(),
    }
    row: Standing = Standing.objects.create(**defaults | given)
    return row
