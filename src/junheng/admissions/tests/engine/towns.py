"""Made-up counties: a few crowded towns, schools everywhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from junheng.admissions.engine.types import NONE, Applicants, Mode, Round, Schools, Zones
from junheng.admissions.tests.engine.builders import KM, RULES

_TOWNS = 24
_WIDTH_KM = 60.0

Places = NDArray[np.float64]


def town_round(children: int, schools: int, *, share: float, seed: int) -> Round:
    """Children without any list, all to be diverted; seats for about `share` of them."""
    chance = np.random.default_rng(seed)
    towns = chance.uniform(0, _WIDTH_KM, (_TOWNS, 2))
    weight = chance.exponential(1, _TOWNS) + 0.05
    crowded = schools // 2
    sites = np.concatenate(
        (
            _around(towns, weight, crowded, 3.0, chance),
            chance.uniform(0, _WIDTH_KM, (schools - crowded, 2)),
        )
    )
    homes = _around(towns, weight**1.5, children, 2.5, chance)
    size = chance.exponential(1, schools) + 0.3
    seats = np.maximum(1, size / size.sum() * children * share).astype(np.int64)
    return Round(
        rules=replace(RULES, mode=Mode.ZONE),
        schools=_schools(sites, seats),
        zones=Zones((), (), np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64)),
        applicants=_applicants(homes),
    )


def _around(
    towns: Places, weight: Places, count: int, spread_km: float, chance: np.random.Generator
) -> Places:
    town = chance.choice(len(towns), count, p=weight / weight.sum())
    return np.asarray(towns[town] + chance.normal(0, spread_km, (count, 2)))


def _degrees(places: Places) -> tuple[Places, Places]:
    """Kilometres east and north of a corner, as longitude and latitude to 6 places."""
    return np.round(116 + places[:, 0] * KM / 0.8, 6), np.round(36 + places[:, 1] * KM, 6)


def _schools(sites: Places, seats: NDArray[np.int64]) -> Schools:
    names = tuple(f"s{n:05}" for n in range(len(sites)))
    nothing = np.zeros(len(sites), dtype=np.int64)
    townships = ("",) * len(sites)
    return Schools(
        names, names, townships, *_degrees(sites), nothing, seats, nothing, nothing, seats
    )


def _applicants(homes: Places) -> Applicants:
    count = len(homes)
    none = np.full(count, NONE, dtype=np.int64)
    return Applicants(
        ids=tuple(f"c{n:07}" for n in range(count)),
        zone=none,
        lon=_degrees(homes)[0],
        lat=_degrees(homes)[1],
        tier=none + 2,
        sibling_school=none,
        group=none,
        group_ids=(),
        choice_start=np.zeros(count + 1, dtype=np.int64),
        choice=np.zeros(0, dtype=np.int64),
    )
