"""The register in a real browser, by those who use it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import shapely
from shapely.geometry import mapping

from junheng.accounts.tests import cast
from junheng.places.models import Place
from junheng.registry.models import SchoolClass
from junheng.registry.tests.builders import a_class, facts, zone, zone_area
from tests.browser import DESKTOP, PHONE, Visit

Open = Callable[..., Visit]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    "/registry/schools/",
    "/registry/schools/school-1/",
    "/registry/classes/",
    "/registry/zones/",
    "/registry/zones-map/?level=primary",
    "/registry/zones/zone-1/",
    "/registry/zones/year/2025/",
    "/registry/zones-changes/?from=2025&to=2025",
    "/registry/zones-changes/?from=2024&to=2025",
    "/registry/opening-count/",
    f"/imports/registry.classes/?place={cast.COUNTY}",
]


@pytest.fixture
def school() -> None:
    """One school on the map, with two classes and a zone."""
    made = cast.school()
    made.lon, made.lat = 122.71, 34.81
    made.save()
    facts(made)
    a_class(made, size=52)
    a_class(made, size=40, number=2)
    village = Place.objects.get(code=cast.VILLAGE)
    ring = [[122.7, 34.8], [122.72, 34.8], [122.72, 34.82], [122.7, 34.8]]
    village.outline = {"type": "Polygon", "coordinates": [ring]}
    village.save()
    zone([village], [made])


@pytest.mark.usefixtures("school")
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_pages_are_sound(visit: Open, width: int) -> None:
    window = visit(width).come_in(cast.li())
    for path in PAGES:
        window.go(path).fine()


@pytest.mark.usefixtures("school")
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_family_clicks_on_the_map_and_reads_zone_and_school(
    visit: Open, settings: Any, width: int
) -> None:
    settings.MAP_APPROVAL = "invented"
    box = {"west": 122.7, "east": 122.72, "south": 34.8, "north": 34.82}
    shape = mapping(shapely.box(box["west"], box["south"], box["east"], box["north"]))
    zone_area("zone-1", geometry=shape, **box)
    window = visit(width).go(f"/where/{cast.COUNTY}/")
    canvas = window.page.locator(".map-pick")
    canvas.wait_for()
    held = canvas.bounding_box()
    assert held is not None
    canvas.click(position={"x": held["width"] / 2 + 30, "y": held["height"] / 2 + 30})
    window.settle().fine()
    answer = window.page.inner_text("main")
    assert "zone-1" in answer
    assert "school-1" in answer


@pytest.mark.usefixtures("school")
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_map_of_zones_comes_after_the_list(visit: Open, width: int) -> None:
    window = visit(width).come_in(cast.li()).go("/registry/zones/")
    window.page.locator(".leaflet-container .map-school").first.wait_for()
    window.fine()


@pytest.mark.usefixtures("school")
def test_the_list_of_zones_stands_where_the_map_fails(visit: Open) -> None:
    window = visit(DESKTOP, language="en").come_in(cast.li())
    window.page.route("**/registry/zones-map/**", lambda asked: asked.abort())
    window.go("/registry/zones/").page.locator("[data-map-waiting]").wait_for(state="detached")
    assert window.page.get_by_role("link", name="The same figures as a table").count() == 1


@pytest.mark.usefixtures("school")
def test_a_clerk_counts_a_class_from_the_page_of_the_school(visit: Open) -> None:
    window = visit(PHONE, language="en").come_in(cast.sun())
    window.go("/registry/schools/school-1/").page.get_by_text("52", exact=True).click()
    window.settle().fine().page.fill("[name=size]", "56")
    window.submit()
    assert window.page.get_by_text("A class may have at most 55 pupils. Divide").count()
    window.expect_fault("422").page.fill("[name=size]", "54")
    window.submit().fine()
    assert window.page.url.endswith("/registry/schools/school-1/")
    assert SchoolClass.objects.get(number=1).size == 54
