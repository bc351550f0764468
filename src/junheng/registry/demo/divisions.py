"""Townships and villages of the demo county with names, codes and outlines."""

from __future__ import annotations

import shapely

from junheng.registry.demo.chance import stream
from junheng.registry.demo.land import STREETS, Land
from junheng.registry.demo.names import Names, all_names
from junheng.registry.demo.plane import Bend, as_points
from junheng.registry.demo.values import COUNTY, Ring, Township, Village

FIRST_BLOCK, FIRST_VILLAGE = 1, 200
"""Serials in a township: blocks count from 001, villages from 200 (the statistics bureau's way)."""


def outline_of(area: shapely.Polygon) -> Ring:
    """The outer ring of an area in degrees, anticlockwise and always begun at the same corner."""
    return as_points(shapely.get_coordinates(shapely.normalize(area).exterior)[::-1])


def _township_codes() -> list[str]:
    """Streets count from 001, towns from 100, country townships from 200 (GB/T 10114)."""
    names = all_names()
    serials = [
        *range(1, STREETS + 1),
        *range(100, 100 + len(names.towns)),
        *range(200, 200 + len(names.country)),
    ]
    return [f"{COUNTY}{serial:03d}" for serial in serials]


def name_villages(
    seed: str, names: Names, land: Land, bend: Bend, cells: list[shapely.Polygon]
) -> tuple[Village, ...]:
    """Every village and block by name, in the order of the land."""
    roots = list(names.roots)
    stream(seed, "names").shuffle(roots)
    codes, serial = _township_codes(), dict.fromkeys(range(len(land.seats)), 0)
    rows = []
    for index, centre in enumerate(as_points(bend(land.villages))):
        home, root = land.township[index], roots[index]
        urban = home < STREETS
        form = "block" if urban else "village"
        number = serial[home] + (FIRST_BLOCK if urban else FIRST_VILLAGE)
        serial[home] += 1
        rows.append(
            Village(
                code=f"{codes[home]}{number:03d}",
                name=names.formed(form, root=root),
                root=root,
                township=codes[home],
                urban=urban,
                centre=centre,
                outline=outline_of(cells[index]),
                entrants=land.entrants[index],
            )
        )
    return tuple(rows)


def name_townships(
    names: Names, land: Land, villages: tuple[Village, ...], cells: list[shapely.Polygon]
) -> tuple[Township, ...]:
    """Every township by name; its area is that of its villages."""
    full_names = [*names.streets, *names.towns, *names.country]
    rows = []
    for index, code in enumerate(_township_codes()):
        area = shapely.unary_union([cells[i] for i in land.of(index)])
        seat = villages[land.seats[index]].centre
        rows.append(Township(code, full_names[index], index < STREETS, seat, outline_of(area)))
    return tuple(rows)
