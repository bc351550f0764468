"""Townships and villages: where they lie, how they border, how many children start school."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, exp, hypot, sin, tau
from random import Random

import numpy as np
import shapely

from junheng.registry.demo.chance import shared_out, skewed, stream
from junheng.registry.demo.plane import Points

RADIUS_KM = 19.5
STREETS, INNER, OUTER = 4, 5, 7
BLOCKS_PER_STREET = 22
VILLAGES_PER_TOWNSHIP = 26
CANDIDATES = 24
BORDER_STEP_KM = 0.6
GRID_KM = 0.001
SHY_KM = 0.2
"""How far a village keeps from its township's border."""
TOWN_SHARE = 0.44
"""The share of entrants who live in the four streets."""


@dataclass(frozen=True, slots=True)
class Land:
    """The county on the plane: km from the county seat, before it is bent.

    Attributes:
        villages: Centre of every village and block, shape (n, 2); streets come first.
        township: Index of each village's township; 0 to 3 are the streets.
        cells: Each village's area; together they tile the county without gap or overlap.
        entrants: Children of each village who start school.
        seats: Index of the village where each township's office stands.
    """

    villages: Points
    township: list[int]
    cells: list[shapely.Polygon]
    entrants: list[int]
    seats: list[int]

    def of(self, township: int) -> list[int]:
        """Indexes of a township's villages."""
        return [i for i, home in enumerate(self.township) if home == township]


def lay_out(seed: str, *, entrants: int) -> Land:
    """Make the county's townships and villages.

    Args:
        seed: Any text; the same text gives the same land.
        entrants: Children who start school in the whole county.
    """
    areas = _township_areas(stream(seed, "townships"))
    villages, township = _settle(stream(seed, "villages"), areas)
    cells = _tile(villages, township, areas)
    weights = _weights(stream(seed, "weights"), villages, township)
    seats = [
        _most_central(villages, [i for i, t in enumerate(township) if t == area])
        for area in range(len(areas))
    ]
    return Land(villages, township, cells, shared_out(entrants, weights), seats)


def _township_areas(chance: Random) -> list[shapely.Polygon]:
    centres = (
        _ring(chance, STREETS, 1.5, 0.2)
        + _ring(chance, INNER, 7.8, 0.5)
        + _ring(chance, OUTER, 15.2, 0.9)
    )
    county = _outline(chance)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(centres), extend_to=county, ordered=True)
    return [shapely.intersection(cell, county) for cell in cells.geoms]


def _ring(chance: Random, count: int, radius: float, jitter: float) -> list[tuple[float, float]]:
    turn = chance.random() * tau
    points = []
    for step in range(count):
        angle = turn + tau * (step + chance.uniform(-0.12, 0.12)) / count
        away = radius + chance.uniform(-jitter, jitter)
        points.append((away * cos(angle), away * sin(angle)))
    return points


def _outline(chance: Random) -> shapely.Polygon:
    lobes = [(k, chance.uniform(0.02, 0.05), chance.random() * tau) for k in (2, 3, 5)]
    ring = []
    for step in range(96):
        angle = tau * step / 96
        away = RADIUS_KM * (1 + sum(a * sin(k * angle + phase) for k, a, phase in lobes))
        ring.append((away * cos(angle), away * sin(angle)))
    return shapely.Polygon(ring)


def _settle(chance: Random, areas: list[shapely.Polygon]) -> tuple[Points, list[int]]:
    """Villages keep their distance from each other, blocks crowd around the county seat."""
    points: list[tuple[float, float]] = []
    township: list[int] = []
    for index, area in enumerate(areas):
        count = BLOCKS_PER_STREET if index < STREETS else VILLAGES_PER_TOWNSHIP
        points += _spread(chance, area, count, points)
        township += [index] * count
    return np.array(points), township


def _spread(
    chance: Random, area: shapely.Polygon, count: int, others: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    room = area.buffer(-SHY_KM)
    west, south, east, north = room.bounds
    found: list[tuple[float, float]] = []
    for _ in range(count):
        drawn = np.array(
            [
                (chance.uniform(west, east), chance.uniform(south, north))
                for _ in range(CANDIDATES * 2)
            ]
        )
        inside = drawn[shapely.contains_xy(room, drawn[:, 0], drawn[:, 1])][:CANDIDATES]
        taken = np.array([*others, *found, (99.0, 99.0)])
        gap = np.hypot(*(inside[:, None, :] - taken[None, :, :]).transpose(2, 0, 1)).min(axis=1)
        roominess = gap / (0.3 + 0.11 * np.minimum(np.hypot(inside[:, 0], inside[:, 1]), 7.0))
        best = inside[int(np.argmax(roominess))]
        found.append((float(best[0]), float(best[1])))
    return found


def _tile(
    villages: Points, township: list[int], areas: list[shapely.Polygon]
) -> list[shapely.Polygon]:
    """Cut every township into its villages' areas; shared borders have the same corners."""
    lines = []
    for index, area in enumerate(areas):
        own = villages[[i for i, t in enumerate(township) if t == index]]
        cells = shapely.voronoi_polygons(shapely.MultiPoint(own), extend_to=area)
        lines += [shapely.intersection(cell, area).boundary for cell in cells.geoms]
    net = shapely.unary_union(lines, grid_size=GRID_KM)
    cut = shapely.get_parts(shapely.polygonize([shapely.segmentize(net, BORDER_STEP_KM)]))
    tree = shapely.STRtree(cut)
    where, piece = tree.query(shapely.points(villages), predicate="within")
    if len(cut) != len(villages) or where.tolist() != list(range(len(villages))):
        raise ValueError("this seed gives borders that do not close; take another")
    return [cut[i] for i in piece]


def _weights(chance: Random, villages: Points, township: list[int]) -> list[float]:
    raw = []
    for (x, y), home in zip(villages.tolist(), township, strict=True):
        away = hypot(x, y)
        crowding = exp(-((away / 4.5) ** 2)) + 0.25 if home < STREETS else 1.3 - away / 32
        raw.append(crowding * skewed(chance, 0.35))
    town = sum(weight for weight, home in zip(raw, township, strict=True) if home < STREETS)
    country = sum(raw) - town
    return [
        weight / town * TOWN_SHARE if home < STREETS else weight / country * (1 - TOWN_SHARE)
        for weight, home in zip(raw, township, strict=True)
    ]


def _most_central(villages: Points, own: list[int]) -> int:
    middle = villages[own].mean(axis=0)
    return min(own, key=lambda i: (hypot(*(villages[i] - middle)), i))
