"""Which school stands where, and whose children it is for: still on the plane."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import hypot
from random import Random

from junheng.registry.demo.chance import stream
from junheng.registry.demo.land import STREETS, Land

SOUGHT, NEW, TOWN_SCHOOLS = 4, 2, 14
SHARED_ZONES = 3
ROUNDS_OF_SETTLING = 3
COUNTRY_SCHOOLS = (7, 6, 6)
"""How many primary schools a country township has, taken in turn."""
TEACHING_POINTS = 8
SHARES = (0.68, 0.18, 0.14)
"""How the families of a shared zone spread their first choices over its three schools."""
SPREAD_TOWN_KM, SPREAD_SOUGHT_KM = 4.2, 1.4
PULL_OF_THE_SOUGHT, PULL_OF_A_SEAT = 1.55, 1.2
"""How much farther than to another school blocks and villages are counted as theirs."""


@dataclass(frozen=True, slots=True)
class Site:
    """A primary school on the plane.

    Attributes:
        village: Index of the village or block it stands in.
        x, y: Where, in km.
        rank: `sought`, `town` or `new` (at its edge) in the four streets; in the country
            `seat` (of the township), `village` or `point`.
        demand: Entrants who can be expected to ask for it first.
    """

    village: int
    township: int
    x: float
    y: float
    rank: str
    demand: int

    @property
    def in_town(self) -> bool:
        """Whether it stands in one of the four streets."""
        return self.rank in ("sought", "town", "new")


@dataclass(frozen=True, slots=True)
class Catchment:
    """Villages (indexes) and their schools (indexes of sites), first school first."""

    villages: tuple[int, ...]
    sites: tuple[int, ...]

    @property
    def shared(self) -> bool:
        """Whether families may rank several schools."""
        return len(self.sites) > 1


def place_schools(seed: str, land: Land) -> tuple[list[Site], list[Catchment]]:
    """Found the county's primary schools and draw their catchments.

    Returns:
        The sites, town schools first and the most sought first among them; and catchments
        that together hold every village once.
    """
    chance = stream(seed, "sites")
    founded = _town_sites(chance, land)
    for township in range(STREETS, max(land.township) + 1):
        founded += _country_sites(chance, land, township)
    nearest = [_nearest(land, village, founded) for village in range(len(land.villages))]
    catchments = _catchments(founded, nearest)
    return _with_demand(founded, _expected(land, catchments, len(founded))), catchments


def _town_sites(chance: Random, land: Land) -> list[Site]:
    blocks = [i for i, township in enumerate(land.township) if township < STREETS]
    middle = [i for i in blocks if hypot(*land.villages[i]) < SPREAD_SOUGHT_KM]
    sought = _apart(land, middle, SOUGHT, [min(middle, key=lambda i: hypot(*land.villages[i]))])
    around = [i for i in blocks if hypot(*land.villages[i]) < SPREAD_TOWN_KM]
    chosen = _apart(land, around, TOWN_SCHOOLS, sought)
    ranks = ["sought"] * SOUGHT + ["town"] * (TOWN_SCHOOLS - SOUGHT - NEW) + ["new"] * NEW
    chosen = chosen[:SOUGHT] + sorted(chosen[SOUGHT:], key=lambda i: hypot(*land.villages[i]))
    return [_site(chance, land, i, rank) for i, rank in zip(chosen, ranks, strict=True)]


def _country_sites(chance: Random, land: Land, township: int) -> list[Site]:
    count = COUNTRY_SCHOOLS[(township - STREETS) % len(COUNTRY_SCHOOLS)]
    chosen = _settled(land, _apart(land, land.of(township), count, [land.seats[township]]))
    ranks = ["seat"] + ["village"] * (count - 1)
    return [_site(chance, land, i, rank) for i, rank in zip(chosen, ranks, strict=True)]


def _apart(land: Land, among: list[int], count: int, start: list[int]) -> list[int]:
    """Add to `start` whichever is farthest from all chosen so far, until there are enough."""
    chosen = list(start)
    while len(chosen) < count:
        rest = [i for i in among if i not in chosen]
        chosen.append(max(rest, key=lambda i: min(_gap(land, i, j) for j in chosen)))
    return chosen


def _settled(land: Land, chosen: list[int]) -> list[int]:
    """Move every school but the first to the middle of the villages it is nearest to."""
    own = land.of(land.township[chosen[0]])
    for _ in range(ROUNDS_OF_SETTLING):
        near: dict[int, list[int]] = {school: [] for school in chosen}
        for village in own:
            near[min(chosen, key=lambda i: (_gap(land, i, village), i))].append(village)
        chosen = [chosen[0]] + [_middle(land, near[school]) for school in chosen[1:]]
    return chosen


def _middle(land: Land, villages: list[int]) -> int:
    centre = land.villages[villages].mean(axis=0)
    return min(villages, key=lambda i: (hypot(*(land.villages[i] - centre)), i))


def _gap(land: Land, one: int, other: int) -> float:
    return hypot(*(land.villages[one] - land.villages[other]))


def _site(chance: Random, land: Land, village: int, rank: str) -> Site:
    x, y = land.villages[village].tolist()
    nudge = (chance.uniform(-0.1, 0.1), chance.uniform(-0.1, 0.1))
    return Site(village, land.township[village], x + nudge[0], y + nudge[1], rank, 0)


def _nearest(land: Land, village: int, sites: list[Site]) -> int:
    """The nearest school of the town, or of the same country township."""
    x, y = land.villages[village].tolist()
    home = land.township[village]
    own = [i for i, s in enumerate(sites) if s.township == home or max(s.township, home) < STREETS]
    return min(own, key=lambda i: (hypot(sites[i].x - x, sites[i].y - y) / _pull(sites[i]), i))


def _pull(site: Site) -> float:
    return {"sought": PULL_OF_THE_SOUGHT, "seat": PULL_OF_A_SEAT}.get(site.rank, 1.0)


def _expected(land: Land, catchments: list[Catchment], schools: int) -> list[int]:
    demand = [0.0] * schools
    for catchment in catchments:
        children = sum(land.entrants[village] for village in catchment.villages)
        for site, share in zip(
            catchment.sites, SHARES if catchment.shared else (1.0,), strict=True
        ):
            demand[site] += share * children
    return [round(children) for children in demand]


def _with_demand(sites: list[Site], demand: list[int]) -> list[Site]:
    """Note the demand; the country schools with the least of it are teaching points."""
    smallest = sorted((d, i) for i, d in enumerate(demand) if sites[i].rank == "village")
    points = {i for _, i in smallest[:TEACHING_POINTS]}
    return [
        replace(s, demand=demand[i], rank="point" if i in points else s.rank)
        for i, s in enumerate(sites)
    ]


def _catchments(sites: list[Site], nearest: list[int]) -> list[Catchment]:
    """Three sought schools share their blocks with the two town schools next to them."""
    shared = []
    for first in range(SHARED_ZONES):
        own = tuple(v for v, site in enumerate(nearest) if site == first)
        shared.append(Catchment(own, (first, *_neighbours(sites, first))))
    single = [Catchment((v,), (site,)) for v, site in enumerate(nearest) if site >= SHARED_ZONES]
    return shared + single


def _neighbours(sites: list[Site], first: int) -> list[int]:
    home = sites[first]
    town = [i for i, s in enumerate(sites) if s.rank in ("town", "new")]
    return sorted(town, key=lambda i: (hypot(sites[i].x - home.x, sites[i].y - home.y), i))[:2]
