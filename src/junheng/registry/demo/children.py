"""The children who start school: where they live, what speaks for them, what they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
import shapely

from junheng.registry.demo.chance import stream
from junheng.registry.demo.land import STREETS, Land
from junheng.registry.demo.plane import Points
from junheng.registry.demo.sites import TOWN_SCHOOLS, Catchment, Site

TWINS, TRIPLETS = 66, 2
TIERS_IN_TOWN, TIERS_IN_COUNTRY = (0.62, 0.83), (0.93, 0.975)
"""Up to which share a child is in tier 1 (registered and at home here) or 2 (one of both);
the rest are migrant workers' children in tier 3."""
WITH_SIBLING, SIBLING_NEARBY = 0.17, 0.85
WITHOUT_ZONE = 0.12
"""Share of the town's migrant workers' children whose address is in no zone yet."""
CHOOSING = 0.92
HOME_SPREAD_KM = 0.28


@dataclass(frozen=True, slots=True)
class Child:
    """A child on the plane; `catchment`, `sibling` are indexes or -1, `group` is a number or 0."""

    code: str
    village: int
    catchment: int
    x: float
    y: float
    tier: int
    sibling: int
    group: int
    choices: tuple[int, ...]


def bring_up(seed: str, land: Land, sites: list[Site], catchments: list[Catchment]) -> list[Child]:
    """Make the year's entrants, as many in every village as the land says.

    Returns:
        Children in no particular order, each with a code that only chance has made.
    """
    chance = stream(seed, "children")
    families = _families(chance, land)
    homes = _homes(stream(seed, "homes"), land, [village for village, _ in families])
    catchment_of = {v: i for i, c in enumerate(catchments) for v in c.villages}
    groups, children = 0, []
    for (village, size), (x, y) in zip(families, homes.tolist(), strict=True):
        groups += size > 1
        group = groups if size > 1 else 0
        facts = _facts(chance, land, sites, catchments, village, catchment_of[village])
        for _ in range(size):
            code = f"{chance.getrandbits(64):016x}"
            children.append(Child(code, village, facts[0], x, y, *facts[1:3], group, facts[3]))
    return children


def _families(chance: Random, land: Land) -> list[tuple[int, int]]:
    """(village, children) of every family; twins and triplets live where there is room."""
    left = list(land.entrants)
    families = []
    for size in [3] * TRIPLETS + [2] * TWINS:
        village = chance.choices(range(len(left)), weights=left)[0]
        while left[village] < size:
            village = chance.choices(range(len(left)), weights=left)[0]
        left[village] -= size
        families.append((village, size))
    families += [(village, 1) for village, count in enumerate(left) for _ in range(count)]
    chance.shuffle(families)
    return families


def _homes(chance: Random, land: Land, villages: list[int]) -> Points:
    """Homes scattered around the village, each within its borders."""
    centres = land.villages[villages]
    cells = np.array(land.cells, dtype=object)[villages]
    away = np.array(
        [(chance.gauss(0, HOME_SPREAD_KM), chance.gauss(0, HOME_SPREAD_KM)) for _ in villages]
    )
    for _ in range(8):
        homes: Points = centres + away
        outside = ~shapely.contains_xy(cells, homes[:, 0], homes[:, 1])
        away[outside] *= 0.6
    final: Points = centres + away
    return final


Facts = tuple[int, int, int, tuple[int, ...]]
"""Catchment, tier, sibling's school, own choices."""


def _facts(
    chance: Random,
    land: Land,
    sites: list[Site],
    catchments: list[Catchment],
    village: int,
    catchment: int,
) -> Facts:
    in_town = land.township[village] < STREETS
    tier = _tier(chance, in_town=in_town)
    first = catchments[catchment].sites
    if tier == 3 and in_town and chance.random() < WITHOUT_ZONE:
        return -1, tier, -1, _nearby(chance, land, sites, village)
    sibling = _sibling(chance, first, in_town=in_town)
    return catchment, tier, sibling, _choices(chance, catchments[catchment], sibling)


def _tier(chance: Random, *, in_town: bool) -> int:
    drawn = chance.random()
    return 1 + sum(drawn >= edge for edge in (TIERS_IN_TOWN if in_town else TIERS_IN_COUNTRY))


def _sibling(chance: Random, own: tuple[int, ...], *, in_town: bool) -> int:
    if chance.random() >= WITH_SIBLING:
        return -1
    if chance.random() < SIBLING_NEARBY:
        return own[0] if len(own) == 1 else chance.choices(own, weights=(6, 2, 2))[0]
    return chance.randrange(TOWN_SCHOOLS) if in_town else own[0]


def _choices(chance: Random, catchment: Catchment, sibling: int) -> tuple[int, ...]:
    """Where several schools are open, most families rank them; nearly all want the first."""
    if not catchment.shared or chance.random() >= CHOOSING:
        return ()
    wanted = list(catchment.sites)
    weights = [7.0, 2.0, 1.4]
    ranked: list[int] = []
    while wanted:
        pick = chance.choices(range(len(wanted)), weights=weights)[0]
        ranked.append(wanted.pop(pick))
        weights.pop(pick)
    if sibling in ranked:
        ranked.remove(sibling)
        ranked.insert(0, sibling)
    return tuple(ranked[: 2 + (chance.random() < 0.7)])


def _nearby(chance: Random, land: Land, sites: list[Site], village: int) -> tuple[int, ...]:
    """A family in no zone asks for two or three of the schools around, not for the famous ones."""
    x, y = land.villages[village].tolist()
    town = [i for i, site in enumerate(sites) if site.rank in ("town", "new")]
    near = sorted(town, key=lambda i: ((sites[i].x - x) ** 2 + (sites[i].y - y) ** 2, i))[:4]
    chance.shuffle(near)
    return tuple(near[: 2 + (chance.random() < 0.5)])
