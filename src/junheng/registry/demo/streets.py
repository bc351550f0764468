"""Streets and estates of the town, and which of their numbers belong to which zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import shapely

from junheng.registry.demo.names import all_names
from junheng.registry.demo.values import County, Zone

ROADS_PER_STREET_OFFICE = 4
BLOCKS_PER_ROAD = 5
NUMBERS_PER_BLOCK = 120
BUILDINGS_PER_BLOCK = 20
SIDES = ("odd", "even")


@dataclass(frozen=True, slots=True)
class StreetRow:
    """Numbers of a street or estate that belong to a zone; first and last None: all of it."""

    zone: str
    level: str
    street: str
    counted: str
    parity: str
    first: int | None
    last: int | None


def street_rows(county: County) -> list[StreetRow]:
    """All of the town's streets and estates, level by level.

    A road runs along five blocks; its two sides belong to neighbouring ones. An estate stands in
    two blocks.
    """
    names = all_names()
    rows: list[StreetRow] = []
    for level in ("primary", "lower_secondary"):
        homes = {place: z for z in county.zones if z.level == level for place in z.places}
        for index, township in enumerate(t for t in county.townships if t.urban):
            blocks = [v.code for v in county.villages if v.township == township.code]
            first = index * ROADS_PER_STREET_OFFICE
            for turn, road in enumerate(names.roads[first : first + ROADS_PER_STREET_OFFICE]):
                along = blocks[turn * BLOCKS_PER_ROAD : (turn + 1) * BLOCKS_PER_ROAD]
                rows += _road(level, road, [homes[block] for block in along])
            rows += _estate(level, names.estates[index], [homes[block] for block in blocks[-2:]])
    return rows


def _road(level: str, road: str, along: Sequence[Zone]) -> Iterator[StreetRow]:
    if len({zone.code for zone in along}) == 1:
        yield StreetRow(along[0].code, level, road, "door", "all", None, None)
        return
    for turn, zone in enumerate(along):
        across = along[(turn + 1) % len(along)]
        low = turn * NUMBERS_PER_BLOCK + 1
        for side, home in zip(SIDES, (zone, across), strict=True):
            yield StreetRow(home.code, level, road, "door", side, low, low + NUMBERS_PER_BLOCK - 1)


def _estate(level: str, estate: str, homes: Sequence[Zone]) -> Iterator[StreetRow]:
    for turn, zone in enumerate(homes):
        low = turn * BUILDINGS_PER_BLOCK + 1
        last = low + BUILDINGS_PER_BLOCK - 1
        yield StreetRow(zone.code, level, estate, "building", "all", low, last)


def zone_shapes(county: County) -> Mapping[str, shapely.Geometry]:
    """The area of every zone: that of its villages and blocks together."""
    cells = {village.code: shapely.Polygon(village.outline) for village in county.villages}
    return {
        zone.code: shapely.unary_union([cells[place] for place in zone.places])
        for zone in county.zones
    }
