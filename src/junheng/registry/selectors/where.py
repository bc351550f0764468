"""What the public page on zones shows besides answers: counties, villages, the map."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Q

from junheng.commons.dated import current_on
from junheng.places.facade import Level as PlaceLevel
from junheng.places.facade import Place
from junheng.registry.models import School, ZoneArea, ZonePlace
from junheng.registry.selectors.schools import SchoolFacts, facts_of, with_places

Version = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class County:
    """A county whose zones are known."""

    code: str
    name: str
    path: str


def counties_with_zones(on: date) -> list[County]:
    """The counties in which something belongs to a zone, by code."""
    inside = ZonePlace.objects.filter(
        current_on(on, "zone__"), place__path__startswith=OuterRef("path")
    )
    rows = Place.objects.filter(Exists(inside), level=PlaceLevel.COUNTY).order_by("code")
    return [County(*row) for row in rows.values_list("code", "name", "path")]


def county_of(code: str) -> Place | None:
    """The county that the page is about."""
    found: Place | None = (
        Place.objects.filter(level=PlaceLevel.COUNTY, code=code).defer("outline").first()
    )
    return found


def version_of(code: str) -> Version | None:
    """What changes with the county's zones; None where there are none, or no such county."""
    parts = ZonePlace.objects.filter(place__path__contains=f"/{code}/", place__level__in=_SETTLED)
    found = parts.aggregate(newest=Max("zone"), ended=Count("zone", filter=~Q(zone__valid_to=None)))
    return (found["newest"], found["ended"]) if found["newest"] else None


_SETTLED = (PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE, PlaceLevel.GRID)


def version_of_map(code: str, level: str) -> Version | None:
    """What changes with the areas of a level; None where there is no map to show."""
    if not may_show_map():
        return None
    areas = ZoneArea.objects.filter(path__endswith=f"/{code}/", level=level)
    found = areas.aggregate(newest=Max("pk"), ended=Count("pk", filter=~Q(valid_to=None)))
    return (found["newest"], found["ended"]) if found["newest"] else None


def may_show_map() -> bool:
    """Whether a map may be public: it has its approval number, or the county is invented."""
    return bool(settings.MAP_APPROVAL or settings.DEMO)


def villages_of(county: Place, on: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """The places that belong to a zone, by township: names with codes and names."""
    parts = ZonePlace.objects.filter(current_on(on, "zone__"), place__path__startswith=county.path)
    rows = parts.order_by("place__code").values_list(
        "place__code", "place__name", "place__parent__name"
    )
    grouped: dict[str, list[tuple[str, str]]] = {}
    for code, name, township in rows.distinct():
        grouped.setdefault(township, []).append((code, name))
    return list(grouped.items())


def areas_of(county: Place, level: str, on: date) -> list[dict[str, Any]]:
    """The areas of the zones of a level, as GeoJSON."""
    rows = ZoneArea.objects.filter(path=county.path, level=level).current(on)
    return list(rows.order_by("zone_code").values_list("geometry", flat=True))


def townships_in(county: Place) -> list[tuple[str, dict[str, Any]]]:
    """Names and outlines of the county's townships."""
    rows = Place.objects.filter(parent=county, outline__isnull=False).order_by("code")
    return list(rows.values_list("name", "outline"))


def schools_in(county: Place, level: str, on: date) -> list[SchoolFacts]:
    """The schools of a level."""
    rows = School.objects.filter(current_on(on), organisation__path__startswith=county.path)
    return [facts_of(row) for row in with_places(rows.of_level(level))]
