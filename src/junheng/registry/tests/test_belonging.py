"""Where an address belongs, as other rooms ask it, and what the database refuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from junheng.accounts.tests import cast
from junheng.places.models import Level, Place
from junheng.registry import facade
from junheng.registry.models import AddressRange
from junheng.registry.tests import builders
from junheng.registry.tests.builders import PLATE, ROAD, address_range, zone_area

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


@pytest.fixture
def county() -> Place:
    """Two villages with a zone each."""
    school = cast.school()
    cast.place("990100001002", "West Village", Level.VILLAGE, cast.TOWNSHIP)
    for code, village in (("zone-1", cast.VILLAGE), ("zone-2", "990100001002")):
        builders.zone([Place.objects.get(code=village)], [school], code=code)
    return Place.objects.get(code=cast.COUNTY)


def asked(county: Place, **given: Any) -> tuple[list[str], bool]:
    found = facade.find_zones(county, "primary", on=DAY, **given)
    return [row.zone.code for row in found.zones], found.certain


def test_a_village_by_itself_is_an_address(county: Place) -> None:
    village = Place.objects.get(code=cast.VILLAGE)
    (found,) = facade.find_zones(village, "primary", on=DAY).zones
    assert (found.zone.code, found.zone.schools) == ("zone-1", ("school-1",))
    assert [(why.kind, why.what) for why in found.why] == [("village", "East Village")]


def test_house_numbers_decide_and_a_clash_is_listed(county: Place) -> None:
    address_range(first=1, last=99, parity="odd")
    address_range("zone-2", first=2, last=98, parity="even")
    assert asked(county, text=f"{ROAD} 7{PLATE}") == (["zone-1"], True)
    assert asked(county, street=ROAD, number="8") == (["zone-2"], True)
    assert asked(county, text=f"{ROAD}8{PLATE} East Village") == (["zone-2", "zone-1"], False)
    nothing = facade.find_zones(county, "primary", on=DAY, text=ROAD[:2])
    assert (nothing.zones, nothing.doubts[0].kind) == ((), "similar")


def test_a_street_of_the_next_county_says_nothing_here(county: Place) -> None:
    address_range(place=Place.objects.get(code=cast.NEXT_COUNTY))
    assert asked(county, text=f"{ROAD}7{PLATE}") == ([], False)


def test_a_point_on_the_map(county: Place) -> None:
    zone_area("zone-1", 120.0, 120.01)
    zone_area("zone-2", 120.01, 120.02)
    assert asked(county, lon=120.005, lat=30.005) == (["zone-1"], True)
    assert asked(county, lon=120.01, lat=30.005) == (["zone-1", "zone-2"], False)
    with pytest.raises(ValueError, match="latitude"):
        asked(county, lon=120.0)


def test_only_what_holds_on_the_day(county: Place) -> None:
    address_range(valid_from=date(2026, 9, 1))
    assert asked(county, text=f"{ROAD}7{PLATE}") == ([], False)


def test_zones_are_read_once_and_again_after_a_change(
    county: Place, django_assert_num_queries: Any
) -> None:
    address_range()
    text = f"{ROAD}7{PLATE}"
    assert asked(county, text=text) == (["zone-1"], True)
    with django_assert_num_queries(1):  # whether something has changed
        assert asked(county, text=text) == (["zone-1"], True)
    with transaction.atomic():
        AddressRange.objects.update(zone_code="zone-2")
        assert asked(county, text=text) == (["zone-2"], True)
        transaction.set_rollback(True)
    assert asked(county, text=text) == (["zone-1"], True)


@pytest.mark.parametrize(
    "other",
    [
        {"first": 50, "last": 60},
        {"first": 99, "last": 200, "parity": "odd"},
        {"valid_from": date(2030, 1, 1)},
    ],
    ids=["inside", "the last number", "some day"],
)
def test_no_address_belongs_to_two_zones(county: Place, other: dict[str, Any]) -> None:
    address_range(first=1, last=99)
    with pytest.raises(DatabaseError, match="registry_range_in_one_zone"), transaction.atomic():
        address_range("zone-2", **other)


def test_what_does_not_meet_may_stand_beside_it(county: Place) -> None:
    address_range(first=1, last=99, parity="odd", valid_to=date(2027, 9, 1))
    address_range("zone-2", first=1, last=99, parity="even")
    address_range("zone-2", first=100, last=120)
    address_range("zone-2", counted="building")
    address_range("zone-2", first=1, last=99, parity="odd", valid_from=date(2027, 9, 1))


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"first": 0}, "registry_range_numbers"),
        ({"first": 9, "last": 3}, "registry_range_numbers"),
        ({"street": "with blanks"}, "registry_range_plain"),
        ({"parity": "left"}, "registry_range_parity"),
        ({"counted": "trees"}, "registry_range_counted"),
        ({"zone_code": "nowhere"}, "there is no zone"),
        ({"level": "lower_secondary"}, "there is no zone"),
    ],
)
def test_the_database_refuses_a_wrong_range(
    county: Place, wrong: dict[str, Any], name: str
) -> None:
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        address_range(**wrong)


def test_a_zone_has_one_area_a_day(county: Place) -> None:
    zone_area("zone-1", 120.0, 120.01)
    with pytest.raises(DatabaseError, match="registry_area"), transaction.atomic():
        zone_area("zone-1", 120.0, 120.02)
    with pytest.raises(DatabaseError, match="on_earth"), transaction.atomic():
        zone_area("zone-2", 120.02, 120.01)


def test_no_raw_row_gets_past_either(county: Place) -> None:
    made = address_range()
    with (
        pytest.raises(DatabaseError, match="registry_range_in_one_zone"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO registry_addressrange"
            " (zone_code, level, place_id, street, counted, parity, first, last)"
            " SELECT 'zone-2', level, place_id, street, counted, 'odd', 5, 5"
            " FROM registry_addressrange WHERE id = %s",
            [made.pk],
        )
