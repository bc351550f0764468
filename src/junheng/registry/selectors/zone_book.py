"""The zones of a level on a day, held in memory: what an address is compared with.

On the morning when admission opens, tens of families a second ask where they belong, and so does
the check of what they stated. Zones change a few times a year: so they are read as a whole, and
again as soon as the history of one of their tables has a newer entry, which each process looks at
once a second at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection

from junheng.commons.briefly import briefly
from junheng.places.facade import Organisation, Place
from junheng.registry.engine.where import NamedPlace, NumberRange
from junheng.registry.models import AddressRange, Zone, ZonePlace, ZoneSchool
from junheng.registry.models.addresses import above
from junheng.registry.selectors.zones import ZoneFacts, facts_of, with_parts

READ_FROM: tuple[Any, ...] = (Zone, ZonePlace, ZoneSchool, AddressRange, Place, Organisation)
KEPT = 8
"""Books in memory: two levels on a few days."""
RANGE = ("zone_code", "street", "first", "last", "parity", "counted")


@dataclass(frozen=True, slots=True)
class ZoneBook:
    """Every zone of a level on a day.

    Attributes:
        facts: By code.
        of_place: Codes of the zones that a village or block belongs to, by its code.
        names: Path of each of these places, its name without blanks, and what stands for it.
        ranges: Path of the place where each range of addresses lies, and the range, by street.
    """

    facts: dict[str, ZoneFacts]
    of_place: dict[str, tuple[str, ...]]
    names: tuple[tuple[str, str, NamedPlace], ...]
    ranges: tuple[tuple[str, NumberRange], ...]

    def named_in(self, line: str, path: str) -> Iterator[NamedPlace]:
        """The villages and blocks below a path whose names stand in a line without blanks."""
        for own, name, found in self.names:
            if name in line and own.startswith(path):
                yield found

    def ranges_in(self, line: str, path: str) -> Iterator[NumberRange]:
        """The ranges at, in and around a path whose streets stand in a line without blanks."""
        around = frozenset(above(path))
        for own, found in self.ranges:
            if found.street in line and (own in around or own.startswith(path)):
                yield found


def zone_book(level: str, on: date) -> ZoneBook:
    """The zones of a level on a day, no more than a second old."""
    return _read(_newest(), level, on)


@briefly
def _newest() -> tuple[int | None, ...]:
    """The newest entry in the history of each table: entries are never taken out."""
    tables = (model.history.rel.related_model._meta.db_table for model in READ_FROM)
    asked = ", ".join(f"(SELECT max(pgh_id) FROM {table})" for table in tables)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        return tuple(cursor.fetchone())


@lru_cache(maxsize=KEPT)
def _read(_version: tuple[int | None, ...], level: str, on: date) -> ZoneBook:
    zones = [facts_of(zone) for zone in with_parts(Zone.objects.current(on).filter(level=level))]
    parts = ZonePlace.objects.filter(zone__in=Zone.objects.current(on).filter(level=level))
    columns = ("place__path", "place__name", "zone__code", "place__parent__name")
    of_place: dict[str, tuple[str, ...]] = {}
    for zone in zones:
        for place in zone.places:
            of_place[place] = (*of_place.get(place, ()), zone.code)
    ranges = AddressRange.objects.current(on).filter(level=level).order_by("street", "first")
    return ZoneBook(
        facts={zone.code: zone for zone in zones},
        of_place=of_place,
        names=tuple(
            (path, name.replace(" ", ""), NamedPlace(zone, name, township))
            for path, name, zone, township in parts.values_list(*columns)
        ),
        ranges=tuple(
            (path, NumberRange(*row)) for path, *row in ranges.values_list("place__path", *RANGE)
        ),
    )
