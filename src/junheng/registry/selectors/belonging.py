"""Where an address or a point belongs: the zone, its schools, and what says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from shapely.geometry import shape

from junheng.places.facade import Place
from junheng.registry.engine import where
from junheng.registry.engine.addresses import numbers_after, plain
from junheng.registry.engine.where import Answer, Area, Doubt, Finding, NumberRange
from junheng.registry.models import AddressRange, ZoneArea
from junheng.registry.selectors.zone_book import ZoneBook, zone_book
from junheng.registry.selectors.zones import ZoneFacts

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
    line, book = text[:LONGEST], zone_book(level, on)
    answer = _by_place(place, book)
    if line:
        answer += where.by_address(line, list(book.ranges_in(plain(line), place.path)))
        answer += where.by_name(line, list(book.named_in(plain(line), place.path)))
    if street:
        answer += _in_street(plain(street[:LONGEST]), plain(number[:LONGEST]), place, level, on)
    if lon is not None and lat is not None:
        answer += where.by_point(lon, lat, _areas_near(lon, lat, place, level, on))
    if not answer.findings and not answer.doubts and (line or street):
        answer += Answer(doubts=where.similar(line or street, _streets(place, level, on)))
    return _told(answer, book)


def _told(answer: Answer, book: ZoneBook) -> Belonging:
    zones = tuple(
        FoundZone(
            book.facts[code], tuple(dict.fromkeys(f for f in answer.findings if f.zone == code))
        )
        for code in answer.zones
        if code in book.facts
    )
    return Belonging(zones, answer.certain and len(zones) == 1, answer.doubts)


def _by_place(place: Place, book: ZoneBook) -> Answer:
    """The zone of a village or block by itself."""
    codes = book.of_place.get(place.code, ())
    return Answer(tuple(Finding(code, "village", place.name) for code in codes))


def _ranges(place: Place, level: str, on: date) -> QuerySet[AddressRange]:
    found: QuerySet[AddressRange] = AddressRange.objects.around(place.path).current(on)
    return found.filter(level=level)


def _in_street(street: str, number: str, place: Place, level: str, on: date) -> Answer:
    own = _as_ranges(_ranges(place, level, on).filter(street=street))
    return where.in_street(own, numbers_after(number))


def _as_ranges(rows: QuerySet[AddressRange]) -> list[NumberRange]:
    columns = ("zone_code", "street", "first", "last", "parity", "counted")
    return [NumberRange(*row) for row in rows.order_by("street", "first").values_list(*columns)]


def ranges_of_zone(code: str) -> list[NumberRange]:
    """The streets and estates of a zone as they hold today, by street."""
    return _as_ranges(AddressRange.objects.filter(zone_code=code).current())


def _areas_near(lon: float, lat: float, place: Place, level: str, on: date) -> list[Area]:
    rows = ZoneArea.objects.around(place.path).current(on).filter(level=level)
    near = rows.near(lon, lat, NEAR_DEGREES).values_list("zone_code", "geometry")
    return [Area(code, shape(geometry)) for code, geometry in near]


def _streets(place: Place, level: str, on: date) -> Sequence[str]:
    return list(_ranges(place, level, on).order_by().values_list("street", flat=True).distinct())
