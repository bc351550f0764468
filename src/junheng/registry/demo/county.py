"""The whole demo county from one seed: laid out on a plane, bent, named and coded."""

from __future__ import annotations

from math import ceil, floor

import numpy as np
import shapely

from junheng.registry.demo.children import Child, bring_up
from junheng.registry.demo.divisions import name_townships, name_villages, outline_of
from junheng.registry.demo.land import lay_out
from junheng.registry.demo.names import all_names
from junheng.registry.demo.offer import (
    Draft,
    lower_secondary_schools,
    lower_secondary_zones,
    primary_schools,
    primary_zones,
)
from junheng.registry.demo.plane import Bend, as_points
from junheng.registry.demo.private import its_classes, private_school, with_wishes
from junheng.registry.demo.sites import place_schools
from junheng.registry.demo.teaching import classes_today
from junheng.registry.demo.values import County, Entrant, Point, School, Zone

ENTRANTS = 9_000
YEAR = 2026
SEED = "yunhuai-2026"
"""The seed of the county that the demonstration shows."""

BBOX_MARGIN = 0.02


def build(seed: str, *, entrants: int = ENTRANTS) -> County:
    """Make the county and this year's entrants.

    Args:
        seed: Any text; the same seed gives the same county, byte for byte once written.
        entrants: Children who start school, 1,000 to 20,000; schools are planned for them.

    Raises:
        ValueError: If the borders of this seed's county do not close.
    """
    names, bend = all_names(), Bend(seed)
    land = lay_out(seed, entrants=entrants)
    sites, catchments = place_schools(seed, land)
    cells = [shapely.Polygon(bend(shapely.get_coordinates(c.exterior))) for c in land.cells]
    villages = name_villages(seed, names, land, bend, cells)
    townships = name_townships(names, land, villages, cells)
    draft = Draft(seed, names, land, bend, sites, catchments, townships, villages)
    primary = primary_schools(draft)
    schools = primary + lower_secondary_schools(draft)
    private = private_school(names, townships, villages)
    zones = primary_zones(draft, primary) + lower_secondary_zones(draft, schools[len(primary) :])
    whole = shapely.unary_union(cells)
    return County(
        seed=seed,
        year=YEAR,
        province=names.province,
        prefecture=names.prefecture,
        name=names.county,
        bureau=names.bureau,
        seat=draft.on_map(0.0, 0.0),
        outline=outline_of(whole),
        bbox=_box(whole),
        townships=townships,
        villages=villages,
        schools=(*schools, private),
        zones=tuple(zones),
        classes=(
            *classes_today(seed, schools, sites, school_year=YEAR - 1),
            *its_classes(seed, private, school_year=YEAR - 1),
        ),
        entrants=with_wishes(
            seed,
            private,
            _entrants(draft, primary, zones),
            frozenset(village.code for village in villages if village.urban),
        ),
    )


def _box(area: shapely.Polygon) -> tuple[float, float, float, float]:
    west, south, east, north = area.bounds
    low = [floor((edge - BBOX_MARGIN) * 100) / 100 for edge in (west, south)]
    high = [ceil((edge + BBOX_MARGIN) * 100) / 100 for edge in (east, north)]
    return low[0], low[1], high[0], high[1]


def _entrants(draft: Draft, primary: list[School], zones: list[Zone]) -> tuple[Entrant, ...]:
    children = bring_up(draft.seed, draft.land, draft.sites, draft.catchments)
    homes = as_points(draft.bend(np.array([(child.x, child.y) for child in children])))
    rows = [
        _entrant(draft, primary, zones, child, home)
        for child, home in zip(children, homes, strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: row.code))


def _entrant(
    draft: Draft, primary: list[School], zones: list[Zone], child: Child, home: Point
) -> Entrant:
    return Entrant(
        code=child.code,
        zone=zones[child.catchment].code if child.catchment >= 0 else "",
        village=draft.villages[child.village].code,
        home=home,
        tier=child.tier,
        sibling_school=primary[child.sibling].code if child.sibling >= 0 else "",
        group=f"G{child.group:04d}" if child.group else "",
        choices=tuple(primary[i].code for i in child.choices),
    )
