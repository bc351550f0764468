"""What other rooms get when they ask the registry."""

from __future__ import annotations

from datetime import date

import pytest

from junheng.accounts.tests import cast
from junheng.places.models import Place
from junheng.registry import facade
from junheng.registry.tests.builders import START, facts, zone

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


@pytest.fixture
def county() -> Place:
    for code, at in (("school-1", cast.TOWNSHIP), ("school-2", cast.NEXT_TOWNSHIP)):
        facts(cast.school(code, at=at))
    facts(cast.school("school-3"), lowest_grade=7, highest_grade=9)
    facts(cast.school("school-9", at=cast.NEXT_COUNTY))
    return Place.objects.get(code=cast.COUNTY)


def test_the_schools_of_a_level_in_a_county(county: Place) -> None:
    rows = facade.schools_of(county, on=DAY, level="primary")
    assert [row.code for row in rows] == ["school-1", "school-2"]
    assert (rows[0].township, rows[0].township_code) == ("Chengguan Township", cast.TOWNSHIP)
    assert (rows[0].entry_classes, rows[0].class_size, rows[0].seats) == (2, 45, 90)
    (secondary,) = facade.schools_of(county, on=DAY, level="lower_secondary")
    assert secondary.code == "school-3"


def test_the_schools_of_a_township(county: Place) -> None:
    township = Place.objects.get(code=cast.NEXT_TOWNSHIP)
    assert [r.code for r in facade.schools_of(township, on=DAY, level="primary")] == ["school-2"]


def test_only_what_is_true_on_the_day(county: Place) -> None:
    assert facade.schools_of(county, on=date(2025, 8, 31), level="primary") == ()


def test_the_zones_of_a_county_with_places_and_ranked_schools(county: Place) -> None:
    village = Place.objects.get(code=cast.VILLAGE)
    first, second = cast.school(), cast.school("school-2")
    made = zone([village, first.place], [second, first])
    (row,) = facade.zones_of(county, on=DAY, level="primary")
    assert row.code == made.code
    assert row.valid_from == START
    assert row.places == (cast.TOWNSHIP, cast.VILLAGE)
    assert row.schools == ("school-2", "school-1")
    assert row.shared
    assert facade.zones_of(county, on=DAY, level="lower_secondary") == ()


def test_there_are_two_levels(county: Place) -> None:
    with pytest.raises(ValueError, match="kindergarten"):
        facade.schools_of(county, on=DAY, level="kindergarten")


def test_a_county_is_asked_in_one_query_for_schools_and_three_for_zones(
    county: Place, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    zone([Place.objects.get(code=cast.VILLAGE)], [cast.school()])
    with django_assert_num_queries(1):  # type: ignore[operator]  # the fixture is a function
        facade.schools_of(county, on=DAY, level="primary")
    with django_assert_num_queries(3):  # type: ignore[operator]  # the fixture is a function
        facade.zones_of(county, on=DAY, level="primary")
