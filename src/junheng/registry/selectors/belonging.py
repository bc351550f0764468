"""Where an address or a point belongs: the zone, its schools, and what says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Replace, StrIndex
from shapely.geometry import shape

from junheng.places.facade import Level as PlaceLevel
from junheng.places.facade import Place
from junheng.registry.engine import where
from junheng.registry.engine.addresses import numbers_after, plain
from junheng.registry.engine.where import Answer, Area, Doubt, Finding, NamedPlace, NumberRange
from junheng.registry.models import AddressRange, Zone, ZoneArea, ZonePlace
from junheng.registry.selectors.zones import ZoneFacts, facts_of, with_parts

NEAR_DEGREES = 0.001
"""About a hundred metres: areas whose box is nearer than this are looked at."""
LONGEST = 200
"""Characters of an address that are read."""


@dataclass(frozen=True, slots=True)
class FoundZone:
    """A zone that an address or point may belong to.

    Attributes:
        zone: Its facts, with schools and their names in rank order.
        why: What speaks for it: ranges, names of villages, its area.
    """

    zone: ZoneFacts
    why: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Belonging:
    """Where an address or point belongs.

    Attributes:
        zones: One if it is certain; otherwise all in question, none if nothing was found.
        certain: Whether everything that speaks names the same zone.
        doubts: Why the answer is no better, for the page's words.
    """

    zones: tuple[FoundZone, ...]
    certain: bool
    doubts: tuple[Doubt, ...]


def belonging_of(
    place: Place,
    level: str,
    *,
    on: date,
    text: str = "",
    street: str = "",
    number: str = "",
    lon: float | None = None,
    lat: float | None = None,
) -> Belonging:
    """Ask villages, ranges and areas, and put what they say together."""
    line = text[:LONGEST]
    answer = _by_place(place, level, on)
    if line:
        answer += where.by_address(line, _ranges_in(line, place, level, on))
        answer += where.by_name(line, _names_in(line, place, level, on))
    if street:
        answer += _in_street(plain(street[:LONGEST]), plain(number[:LONGEST]), place, level, on)
    if lon is not None and lat is not None:
        answer += where.by_point(lon, lat, _areas_near(lon, lat, place, level, on))
    if not answer.findings and not answer.doubts and (line or street):
        answer += Answer(doubts=where.similar(line or street, _streets(place, level, on)))
    return _told(answer, level, on)


def _told(answer: Answer, level: str, on: date) -> Belonging:
    codes = answer.zones
    rows = Zone.objects.current(on).filter(level=level, code__in=codes)
    facts = {zone.code: facts_of(zone) for zone in with_parts(rows)} if codes else {}
    zones = tuple(
        FoundZone(facts[code], tuple(dict.fromkeys(f for f in answer.findings if f.zone == code)))
        for code in codes
        if code in facts
    )
    return Belonging(zones, answer.certain and len(zones) == 1, answer.doubts)


def _by_place(place: Place, level: str, on: date) -> Answer:
    """The zone of a village or block by itself."""
    if place.level not in (PlaceLevel.VILLAGE, PlaceLevel.GRID):
        return Answer()
    parts = ZonePlace.objects.filter(place=place, zone__in=_zones(level, on))
    codes = parts.values_list("zone__code", flat=True)
    return Answer(tuple(Finding(code, "village", place.name) for code in codes))


def _zones(level: str, on: date) -> QuerySet[Zone]:
    found: QuerySet[Zone] = Zone.objects.current(on).filter(level=level)
    return found


def _ranges(place: Place, level: str, on: date) -> QuerySet[AddressRange]:
    found: QuerySet[AddressRange] = AddressRange.objects.around(place.path).current(on)
    return found.filter(level=level)


def _ranges_in(line: str, place: Place, level: str, on: date) -> list[NumberRange]:
    told = _ranges(place, level, on).annotate(at=StrIndex(Value(plain(line)), F("street")))
    return _as_ranges(told.filter(at__gt=0))


def _in_street(street: str, number: str, place: Place, level: str, on: date) -> Answer:
    own = _as_ranges(_ranges(place, level, on).filter(street=street))
    return where.in_street(own, numbers_after(number))


def _as_ranges(rows: QuerySet[AddressRange]) -> list[NumberRange]:
    columns = ("zone_code", "street", "first", "last", "parity", "counted")
    return [NumberRange(*row) for row in rows.order_by("street", "first").values_list(*columns)]


def ranges_of_zone(code: str) -> list[NumberRange]:
    """The streets and estates of a zone as they hold today, by street."""
    return _as_ranges(AddressRange.objects.filter(zone_code=code).current())


def _names_in(line: str, place: Place, level: str, on: date) -> list[NamedPlace]:
    parts = ZonePlace.objects.filter(place__path__startswith=place.path, zone__in=_zones(level, on))
    name = Replace("place__name", Value(" "))
    told = parts.annotate(at=StrIndex(Value(plain(line)), name)).filter(at__gt=0)
    columns = ("zone__code", "place__name", "place__parent__name")
    return [NamedPlace(*row) for row in told.values_list(*columns)]


def _areas_near(lon: float, lat: float, place: Place, level: str, on: date) -> list[Area]:
    rows = ZoneArea.objects.around(place.path).current(on).filter(level=level)
    near = rows.near(lon, lat, NEAR_DEGREES).values_list("zone_code", "geometry")
    return [Area(code, shape(geometry)) for code, geometry in near]


def _streets(place: Place, level: str, on: date) -> Sequence[str]:
    return list(_ranges(place, level, on).order_by().values_list("street", flat=True).distinct())
