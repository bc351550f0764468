"""The register's pages, asked by the recurring cast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.places.models import Organisation, Place
from junheng.registry.models import OpeningCount, School, SchoolClass, Zone
from junheng.registry.tests.builders import a_class, facts, opening_count, zone
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def county() -> None:
    """Two schools in Chengguan with classes and zones, one in Beihe, one in the next county."""
    first, second = cast.school(), cast.school("school-2")
    beihe = cast.school("school-3", at=cast.NEXT_TOWNSHIP)
    for school in (first, second, beihe, cast.school("school-9", at=cast.NEXT_COUNTY)):
        facts(school)
    opening_count()
    for number, size in enumerate((45, 52, 55), start=1):
        a_class(first, number=number, size=size)
    a_class(second, size=67, inherited_on=date(2026, 4, 10), inherited_size=67)
    a_class(beihe, size=30, grade=1)
    village = Place.objects.get(code=cast.VILLAGE)
    village.outline = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    village.save()
    zone([village], [first, second])
    zone([beihe.place], [beihe], code="zone-2")


def shown(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.usefixtures("county")
class TestScope:
    @pytest.mark.parametrize(
        ("who", "sees", "misses"),
        [
            pytest.param(cast.li, ["school-1", "school-3"], ["school-9"], id="the county"),
            pytest.param(cast.zhou, ["school-1", "school-2"], ["school-3"], id="one township"),
            pytest.param(cast.sun, ["school-1"], ["school-2", "school-3"], id="one school"),
            pytest.param(cast.qian, ["school-9"], ["school-1"], id="elsewhere"),
        ],
    )
    def test_everybody_sees_their_part(
        self, who: Callable[[], User], sees: list[str], misses: list[str], signed_in: SignedIn
    ) -> None:
        page = shown(signed_in(who()), "/registry/schools/")
        for code in sees:
            assert f">{code}<" in page
        for code in misses:
            assert f">{code}<" not in page

    def test_a_stranger_does_not_learn_that_the_school_exists(self, signed_in: SignedIn) -> None:
        assert signed_in(cast.qian()).get("/registry/schools/school-1/").status_code == 404
        assert signed_in(cast.sun()).get("/registry/schools/school-2/").status_code == 404
        assert signed_in(cast.zhou()).get("/registry/zones/zone-2/").status_code == 404

    def test_a_school_sees_the_zone_it_shares(self, signed_in: SignedIn) -> None:
        page = shown(signed_in(cast.sun()), "/registry/zones/zone-1/")
        assert "Primary School school-2" in page

    def test_a_clerk_does_not_count_another_schools_class(self, signed_in: SignedIn) -> None:
        other = SchoolClass.objects.get(organisation__code="school-2")
        assert signed_in(cast.sun()).get(f"/registry/classes/{other.pk}/count/").status_code == 404


@pytest.mark.usefixtures("county")
class TestLists:
    def test_classes_come_largest_first_with_their_figures(self, signed_in: SignedIn) -> None:
        page = shown(signed_in(cast.li()), "/registry/classes/")
        assert page.index("school-2") < page.index("school-1")
        assert "Classes and sizes 2025-2026" in page
        assert "20.0% of all classes" in page

    @pytest.mark.parametrize(
        ("query", "rows"),
        [
            ("size=large", 1),
            ("size=very_large", 1),
            ("size=near", 2),
            ("level=primary", 5),
            ("level=lower_secondary", 0),
            (f"township={cast.NEXT_TOWNSHIP}", 1),
            ("q=school-1", 3),
            ("size=near&q=school-2", 0),
        ],
    )
    def test_classes_are_narrowed(self, query: str, rows: int, signed_in: SignedIn) -> None:
        response: Any = signed_in(cast.li()).get(f"/registry/classes/?{query}")
        assert response.context_data["list"].count == rows

    def test_a_year_without_classes_does_not_exist(self, signed_in: SignedIn) -> None:
        client = signed_in(cast.li())
        assert client.get("/registry/classes/year/2025/").status_code == 200
        assert client.get("/registry/classes/year/1999/").status_code == 404

    @pytest.mark.parametrize(
        ("query", "rows"),
        [
            ("", 3),
            ("large=on", 1),
            (f"township={cast.TOWNSHIP}", 2),
            ("kind=teaching_point", 0),
            ("setting=town", 3),
            ("level=lower_secondary", 0),
        ],
    )
    def test_schools_are_narrowed(self, query: str, rows: int, signed_in: SignedIn) -> None:
        response: Any = signed_in(cast.li()).get(f"/registry/schools/?{query}")
        assert response.context_data["list"].count == rows

    @pytest.mark.parametrize(
        ("query", "rows"),
        [("", 2), ("shared=on", 1), (f"township={cast.NEXT_TOWNSHIP}", 1), ("level=primary", 2)],
    )
    def test_zones_are_narrowed(self, query: str, rows: int, signed_in: SignedIn) -> None:
        response: Any = signed_in(cast.li()).get(f"/registry/zones/?{query}")
        assert response.context_data["list"].count == rows

    @pytest.mark.parametrize("page", ["schools", "classes", "zones"])
    def test_lists_leave_as_workbooks(self, page: str, signed_in: SignedIn) -> None:
        response = signed_in(cast.li()).post(f"/registry/{page}/")
        assert b"".join(response).startswith(b"PK")

    def test_the_import_is_offered_to_the_keeper_only(self, signed_in: SignedIn) -> None:
        for page in ("schools", "classes", "zones"):
            link = f"/imports/registry.{page}/?place={cast.COUNTY}"
            assert link in shown(signed_in(cast.li()), f"/registry/{page}/")
            assert link not in shown(signed_in(cast.wang()), f"/registry/{page}/")
            assert signed_in(cast.li()).get(link).status_code == 200

    def test_an_empty_register_says_how_it_is_filled(self, signed_in: SignedIn) -> None:
        School.objects.all().delete()
        assert "come with an import" in shown(signed_in(cast.li()), "/registry/schools/")


@pytest.mark.usefixtures("county")
class TestSchoolPage:
    def test_it_shows_facts_classes_and_zones(self, signed_in: SignedIn) -> None:
        page = shown(signed_in(cast.li()), "/registry/schools/school-2/")
        assert "67" in page
        assert "2 entry classes of 45: 90 seats" in page
        assert "East Village" in page

    def test_a_school_that_ended_keeps_its_page(self, signed_in: SignedIn) -> None:
        School.objects.filter(organisation__code="school-2").update(valid_to=date(2026, 1, 1))
        page = shown(signed_in(cast.li()), "/registry/schools/school-2/")
        assert "This school has ended" in page

    def test_a_school_without_classes_says_so(self, signed_in: SignedIn) -> None:
        SchoolClass.objects.all().delete()
        assert "No class yet" in shown(signed_in(cast.li()), "/registry/schools/school-1/")


@pytest.mark.usefixtures("county")
class TestMaps:
    @pytest.fixture(autouse=True)
    def positions(self, county: None) -> None:
        for number, school in enumerate(Organisation.objects.filter(code__startswith="school-")):
            school.lon, school.lat = 122.7 + number / 100, 34.8
            school.save()
        for code in (cast.TOWNSHIP, cast.NEXT_TOWNSHIP):
            corner = 0 if code == cast.TOWNSHIP else 1
            ring = [[corner, 0], [corner + 1, 0], [corner + 1, 1], [corner, 0]]
            place = Place.objects.get(code=code)
            place.outline = {"type": "Polygon", "coordinates": [ring]}
            place.save()

    def test_the_map_of_zones_draws_schools_townships_and_zones(self, signed_in: SignedIn) -> None:
        response: Any = signed_in(cast.li()).get("/registry/zones-map/")
        drawn = response.context_data["map"]
        full = {circle.id: (circle.size, circle.share) for circle in drawn.circles}
        assert full["school-1"] == (152, 152 / 135)
        assert full["school-2"] == (67, 67 / 45)
        assert [a.label for a in drawn.areas if a.kind == "outline"] == [
            "Chengguan Township",
            "Beihe Township",
        ]
        assert sum(area.kind == "zone" for area in drawn.areas) == 2

    def test_zones_of_the_same_schools_are_drawn_as_one(self, signed_in: SignedIn) -> None:
        township = Place.objects.get(code=cast.TOWNSHIP)
        zone([township], [cast.school(), cast.school("school-2")], code="zone-3")
        response: Any = signed_in(cast.li()).get("/registry/zones-map/?level=primary")
        drawn = response.context_data["map"]
        assert sum(area.kind == "zone" for area in drawn.areas) == 2

    def test_the_list_of_zones_asks_for_its_map_afterwards(self, signed_in: SignedIn) -> None:
        page = shown(signed_in(cast.li()), "/registry/zones/?level=lower_secondary")
        assert 'data-map-later="/registry/zones-map/?level=lower_secondary"' in page
        assert "data-map-frame" not in page

    def test_the_map_comes_alone_into_the_list_and_whole_by_itself(
        self, signed_in: SignedIn
    ) -> None:
        client = signed_in(cast.li())
        alone = client.get("/registry/zones-map/", headers={"HX-Request": "true"})
        assert "<html" not in alone.content.decode()
        assert "data-map-frame" in alone.content.decode()
        assert "Map of the zones </h1>" in " ".join(shown(client, "/registry/zones-map/").split())

    def test_a_level_that_there_is_not_is_answered_with_primary_schools(
        self, signed_in: SignedIn
    ) -> None:
        page = shown(signed_in(cast.li()), "/registry/zones/?level=%22%3E")
        assert 'data-map-later="/registry/zones-map/?level=primary"' in page

    def test_a_school_is_drawn_among_those_of_its_township(self, signed_in: SignedIn) -> None:
        response: Any = signed_in(cast.li()).get("/registry/schools/school-2/")
        drawn = response.context_data["map"]
        assert [circle.id for circle in drawn.circles] == ["school-1", "school-2"]
        assert drawn.circles[1].lines[1] == "Classes above the cap: 1"


@pytest.mark.usefixtures("county")
def test_the_workbench_says_how_many_classes_are_above_the_cap(signed_in: SignedIn) -> None:
    page = shown(signed_in(cast.li()), "/workbench/")
    assert "20.0% of all classes, 2025-2026" in page
    SchoolClass.objects.all().delete()
    assert "of all classes" not in shown(signed_in(cast.li()), "/workbench/")


def test_rows_say_what_they_are(county: None) -> None:
    row = SchoolClass.objects.get(organisation__code="school-2")
    assert [str(found) for found in (row, row.organisation)] == [
        "Grade 3 class 1",
        "Primary School school-2",
    ]
    made = Zone.objects.get(code="zone-1")
    assert str(made.parts.get()) == "zone-1 · East Village"
    assert str(made.ranked.get(rank=2)) == "zone-1 · 2 · Primary School school-2"
    assert str(School.objects.get(organisation__code="school-2")) == "Primary School school-2"
    assert str(OpeningCount.objects.get()) == "Yunhuai County 2026-04-10"


@pytest.mark.usefixtures("county")
class TestCounting:
    def test_a_clerk_counts_a_class_of_the_own_school(self, signed_in: SignedIn) -> None:
        row = SchoolClass.objects.get(organisation__code="school-1", number=1)
        client = signed_in(cast.sun())
        assert "at most 55 pupils" in shown(client, f"/registry/classes/{row.pk}/count/")
        sent = {"size": 46, "counted_on": timezone.localdate()}
        assert client.post(f"/registry/classes/{row.pk}/count/", sent).status_code == 302
        row.refresh_from_db()
        assert row.size == 46
        assert "45 → 46" in shown(client, f"/registry/classes/{row.pk}/count/")

    def test_above_the_cap_the_form_says_why_not(self, signed_in: SignedIn) -> None:
        held = OpeningCount.objects.get()
        held.closed_at = held.opened_at
        held.save()
        row = SchoolClass.objects.get(organisation__code="school-1", number=1)
        sent = {"size": 56, "counted_on": timezone.localdate()}
        response = signed_in(cast.sun()).post(f"/registry/classes/{row.pk}/count/", sent)
        assert response.status_code == 422
        assert "A class may have at most 55 pupils" in response.content.decode()

    def test_the_marked_class_says_since_when(self, signed_in: SignedIn) -> None:
        row = SchoolClass.objects.get(organisation__code="school-2")
        page = shown(signed_in(cast.li()), f"/registry/classes/{row.pk}/count/")
        assert "At the opening count on 2026-04-10 it had 67 pupils." in page

    def test_the_opening_count_is_begun_and_closed_on_its_page(self, signed_in: SignedIn) -> None:
        OpeningCount.objects.get()
        client = signed_in(cast.li())
        assert "Close for good" in shown(client, "/registry/opening-count/")
        pk = OpeningCount.objects.get().pk
        client.post(f"/registry/opening-count/{pk}/close/")
        assert OpeningCount.objects.get().closed_by == cast.li()
        page = shown(client, "/registry/opening-count/")
        assert "Close for good" not in page
        client.post(f"/registry/opening-count/{pk}/close/")
        assert "was closed already" in shown(client, "/registry/opening-count/")


def test_a_county_that_never_counted_may_begin(signed_in: SignedIn) -> None:
    client = signed_in(cast.wu())
    assert "Begin the opening count" in shown(client, "/registry/opening-count/")
    assert client.post("/registry/opening-count/", {"held_on": "2026-04-10"}).status_code == 302
    assert OpeningCount.objects.get().opened_by == cast.wu()
    late = client.post("/registry/opening-count/", {"held_on": "2026-04-10"})
    assert late.status_code == 422


def test_the_count_of_another_county_is_not_closed(signed_in: SignedIn) -> None:
    cast.counties()
    held = opening_count(Place.objects.get(code=cast.NEXT_COUNTY))
    response = signed_in(cast.li()).post(f"/registry/opening-count/{held.pk}/close/")
    assert response.status_code == 404
    assert OpeningCount.objects.get().closed_at is None


@pytest.mark.usefixtures("county")
class TestQueriesOfPages:
    @pytest.mark.parametrize("who", [cast.li, cast.sun], ids=["officer", "clerk"])
    @pytest.mark.parametrize(
        "page",
        [
            "schools/",
            "schools/school-1/",
            "classes/",
            "zones/",
            "zones/zone-1/",
            "zones/year/2025/",
            "zones-changes/?from=2025&to=2026",
        ],
    )
    def test_queries(self, page: str, who: Callable[[], User], signed_in: SignedIn) -> None:
        person = who()
        client = signed_in(person)
        shown(client, f"/registry/{page}")
        with same_queries("registry", f"{page} {person.username}"):
            shown(client, f"/registry/{page}")

    def test_queries_do_not_grow_with_the_rows(self, signed_in: SignedIn) -> None:
        client = signed_in(cast.li())
        for number in range(20):
            school = cast.school(f"more-{number}")
            facts(school)
            a_class(school)
            made = Place.objects.create(
                code=f"v{number}", name="V", level="village", parent=school.place
            )
            zone([made], [school], code=f"more-{number}")
        for page in ("schools/", "classes/", "zones/", "zones-changes/?from=2025&to=2026"):
            shown(client, f"/registry/{page}")
            with same_queries("registry", f"{page} li"):
                shown(client, f"/registry/{page}")
        assert Zone.objects.count() == 22
