"""The public page that says where an address belongs: without an account, without a script."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn
from junheng.commons.web.kept import forget
from junheng.places.models import Level, Place
from junheng.registry.tests import builders
from junheng.registry.tests.builders import PLATE, ROAD, address_range, zone_area
from junheng.registry.web.where import the_day
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
HOME = f"/where/{cast.COUNTY}/"


@pytest.fixture(autouse=True)
def county(settings: Settings) -> None:
    """Two villages with a zone each; odd and even numbers of the road."""
    forget()
    settings.DEMO = True
    school = cast.school()
    builders.facts(school)
    cast.place("990100001002", "West Village", Level.VILLAGE, cast.TOWNSHIP)
    for code, village in (("zone-1", cast.VILLAGE), ("zone-2", "990100001002")):
        builders.zone([Place.objects.get(code=village)], [school], code=code)
    address_range(first=1, last=99, parity="odd")
    address_range("zone-2", first=2, last=98, parity="even")
    zone_area("zone-1", 120.0, 120.01)


def asked(client: Client, **given: object) -> str:
    answer = client.post(HOME, {"level": "primary", **given})
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.content.decode()


def test_one_county_needs_no_choice(client: Client) -> None:
    assert client.get("/where/").headers["Location"] == HOME
    assert client.get("/where/990999/").status_code == 404
    assert client.get(f"/where/{cast.NEXT_COUNTY}/").status_code == 404


def test_the_page_is_kept_and_leaves_no_cookie(client: Client) -> None:
    first = client.get(HOME)
    assert (first.status_code, dict(first.cookies)) == (200, {})
    with same_queries("registry", "where, kept"):
        client.get(HOME)


def test_a_house_number_gives_zone_school_and_reason(client: Client) -> None:
    page = asked(client, text=f"{ROAD}7{PLATE}")
    assert "zone-1" in page
    assert "school-1" in page
    assert f"{ROAD}, odd numbers 1 to 99" in page
    with same_queries("registry", "where, an address"):
        asked(client, text=f"{ROAD}8{PLATE}")


def test_a_village_or_a_point_will_do(client: Client) -> None:
    assert "West Village belongs to this zone." in asked(client, village="990100001002")
    assert "The point lies in the area" in asked(client, lon="120.005", lat="30.005")


def test_what_is_not_certain_is_listed_and_never_guessed(client: Client) -> None:
    page = asked(client, text=ROAD)
    assert "This cannot be said with certainty" in page
    assert "Add the number, please." in page
    assert ("zone-1" in page, "zone-2" in page) == (True, True)
    assert "No zone was found" in asked(client, text="Nowhere Lane 5")
    assert "is in no range" in asked(client, text=f"{ROAD}777{PLATE}")


def test_a_form_with_nothing_in_it_says_so(client: Client) -> None:
    assert "Write the address, or choose" in asked(client)
    assert "is not one of the available choices" in asked(client, village="<script>")
    assert client.post(HOME, {"level": "primary", "text": "x" * 300}).status_code == 422


def test_script_in_an_address_stays_text(client: Client) -> None:
    assert "<script>alert" not in asked(client, text="<script>alert(1)</script>")


def test_the_map_waits_for_its_approval_number(client: Client, settings: Settings) -> None:
    at = f"{HOME}map/primary/"
    assert "where-map-data" in client.get(at).content.decode()
    forget()
    settings.DEMO, settings.MAP_APPROVAL = False, ""
    assert client.get(at).status_code == 404
    assert "where-point" not in client.get(HOME).content.decode()
    settings.MAP_APPROVAL = "GS(2026)1"
    assert client.get(at).status_code == 200


def test_families_ask_for_the_september_to_come() -> None:
    assert the_day(date(2026, 6, 10)) == date(2026, 9, 1)
    assert the_day(date(2026, 11, 26)) == date(2026, 11, 26)


def test_a_change_of_zones_is_seen_at_the_next_look(client: Client) -> None:
    client.get(HOME)
    builders.zone(
        [cast.counties()], [cast.school()], code="zone-3", valid_from=timezone.localdate()
    )
    forget()
    assert client.get(HOME).status_code == 200


def test_the_officer_sees_the_ranges_and_the_stranger_none(signed_in: SignedIn) -> None:
    li = signed_in(cast.li())
    li.get("/registry/addresses/")
    with same_queries("registry", "addresses/ li"):
        page = li.get("/registry/addresses/").content.decode()
    assert (ROAD in page, "registry.addresses" in page) == (True, True)
    assert ROAD not in signed_in(cast.qian()).get("/registry/addresses/").content.decode()
    assert "odd numbers 1 to 99" in li.get("/registry/zones/zone-1/").content.decode()
