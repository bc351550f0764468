"""Zones of a school year, and what changed between two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.places.models import Place
from junheng.registry.selectors.zones import zone_years, zones_changed
from junheng.registry.tests.builders import facts, zone

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
CHANGE = date(2026, 9, 1)
TODAY = date(2026, 10, 1)
BEFORE = date(2025, 9, 1)


@pytest.fixture(autouse=True)
def two_divisions() -> None:
    """Zone 1 is renamed and changes a school on 1 September 2026; zone 2 ends, zone 3 begins."""
    first, second = cast.school(), cast.school("school-2")
    beihe = cast.school("school-3", at=cast.NEXT_TOWNSHIP)
    for school in (first, second, beihe):
        facts(school)
    village = Place.objects.get(code=cast.VILLAGE)
    zone([village], [first], name="Riverside", valid_to=CHANGE)
    zone([village], [second], name="Lakeside", valid_from=CHANGE)
    zone([beihe.place], [beihe], code="zone-2", valid_to=CHANGE)
    zone([beihe.place], [beihe], code="zone-3", valid_from=CHANGE)


def test_the_list_of_a_year_has_the_zones_of_its_first_of_september(signed_in: SignedIn) -> None:
    client = signed_in(cast.li())
    codes = {}
    for year in (2025, 2026):
        page: Any = client.get(f"/registry/zones/year/{year}/")
        rows = page.context_data["list"].all_rows
        codes[year] = [(zone.code, zone.name) for zone in rows]
    assert codes[2025] == [("zone-1", "Riverside"), ("zone-2", "zone-2")]
    assert codes[2026] == [("zone-1", "Lakeside"), ("zone-3", "zone-3")]


def test_a_year_that_is_not_offered_does_not_exist(signed_in: SignedIn) -> None:
    client = signed_in(cast.li())
    assert client.get("/registry/zones/year/1900/").status_code == 404
    assert client.post("/registry/zones/year/1900/").status_code == 404


def test_the_map_shows_the_year_of_the_list(signed_in: SignedIn) -> None:
    client = signed_in(cast.li())
    page = client.get("/registry/zones/year/2025/").content.decode()
    assert "level=primary&amp;year=2025" in page
    for asked in ("2025", "1900", "x"):
        assert client.get(f"/registry/zones-map/?year={asked}").status_code == 200


def test_years_reach_from_the_first_division_to_the_last() -> None:
    assert zone_years(cast.li(), TODAY) == [2026, 2025]
    zone([], [cast.school()], code="zone-4", valid_from=date(2027, 3, 1))
    assert zone_years(cast.li(), TODAY) == [2027, 2026, 2025]
    assert zone_years(cast.qian(), TODAY)[0] == 2026


def test_the_changes_are_new_gone_and_different_zones() -> None:
    found = zones_changed(cast.li(), before=BEFORE, after=CHANGE)
    assert [(c.code, c.kinds) for c in found] == [
        ("zone-1", ("renamed", "schools")),
        ("zone-2", ("gone",)),
        ("zone-3", ("new",)),
    ]


def test_a_school_that_left_a_zone_does_not_read_that_the_zone_is_gone() -> None:
    (change,) = zones_changed(cast.sun(), before=BEFORE, after=CHANGE)
    assert (change.code, change.kinds) == ("zone-1", ("renamed", "schools"))
    assert change.schools_added == ("Primary School school-2",)


def test_nobody_reads_of_zones_elsewhere() -> None:
    assert zones_changed(cast.qian(), before=BEFORE, after=CHANGE) == ()


def test_the_page_says_what_changed_and_leaves_as_a_workbook(signed_in: SignedIn) -> None:
    client, url = signed_in(cast.li()), "/registry/zones-changes/?from=2025&to=2026"
    page = client.get(url).content.decode()
    for words in ("Lakeside", "Riverside", "Renamed, Other schools", "New zone", "No longer"):
        assert words in page
    assert b"".join(client.post(url)).startswith(b"PK")


@pytest.mark.parametrize("asked", ["from=2026&to=2026", "from=1&to=x&from=2026"])
def test_years_alike_say_that_nothing_changed(asked: str, signed_in: SignedIn) -> None:
    page = signed_in(cast.li()).get(f"/registry/zones-changes/?{asked}").content.decode()
    assert "Nothing changed between these two years." in page


def test_the_list_leads_to_the_changes(signed_in: SignedIn) -> None:
    assert (
        "/registry/zones-changes/" in signed_in(cast.li()).get("/registry/zones/").content.decode()
    )
