"""How many pupils sit in every class today, and how many seats each school plans to offer."""

from __future__ import annotations

from math import ceil
from random import Random

from junheng.registry.demo.chance import stream
from junheng.registry.demo.sites import Site
from junheng.registry.demo.values import School, SchoolClass

STANDARD = {"primary": 45, "lower_secondary": 50}
"""Pupils per class that the national standard sets."""
SIZE_AT_A_POINT = 30
LARGEST = 70
GRADES = {"primary": range(1, 7), "teaching_point": range(1, 4), "lower_secondary": range(7, 10)}


def planned_classes(chance: Random, site: Site) -> int:
    """Classes of the entry grade: far too few at the sought schools, room in the country."""
    pressure = {
        "sought": chance.uniform(2.15, 2.75),
        "town": chance.uniform(0.95, 1.25),
        "new": chance.uniform(0.55, 0.7),
        "seat": chance.uniform(0.78, 0.92),
        "village": chance.uniform(0.6, 0.85),
        "point": chance.uniform(0.6, 0.8),
    }[site.rank]
    wanted = site.demand / (pressure * class_size_of(site))
    return max(1, round(wanted) if site.in_town else ceil(wanted))


def class_size_of(site: Site) -> int:
    """Pupils planned per class."""
    return SIZE_AT_A_POINT if site.rank == "point" else STANDARD["primary"]


def taken_seats(chance: Random, site: Site) -> tuple[int, int]:
    """Seats that repeaters keep and that policy holds back: few, and most of them in town."""
    if site.in_town:
        return chance.randrange(3), chance.randrange(5)
    return int(chance.random() < 0.2), 0


def classes_today(
    seed: str, schools: list[School], sites: list[Site], *, school_year: int
) -> list[SchoolClass]:
    """The classes of the running school year.

    The entry grades have kept to the cap for two years; above them, the town's classes are
    as large as they grew before, and the country's are small.

    Args:
        seed: The county's seed.
        sites: Its primary schools on the plane.
        schools: All schools; the first `len(sites)` of them are the primary schools of `sites`.
        school_year: Year in which it began.
    """
    chance = stream(seed, "classes")
    rows = []
    for index, school in enumerate(schools):
        rank = sites[index].rank if index < len(sites) else f"secondary {school.setting}"
        demand = sites[index].demand if index < len(sites) else 0
        middle = _usual_size(chance, rank, demand / school.entry_classes)
        for grade in GRADES[school.kind]:
            for number in range(1, school.entry_classes + 1):
                size = _size(chance, rank, middle, grade)
                rows.append(SchoolClass(school.code, school_year, grade, number, size))
    return rows


def _usual_size(chance: Random, rank: str, demand_per_class: float) -> float:
    if rank == "sought":
        return chance.uniform(60, 65)
    if rank == "town":
        return chance.uniform(50, 58)
    if rank == "secondary urban":
        return chance.uniform(54, 60)
    if rank == "new":
        return chance.uniform(36, 42)
    if rank.startswith("secondary"):
        return chance.uniform(42, 50)
    return min(52.0, demand_per_class * chance.uniform(0.75, 0.95))


def _size(chance: Random, rank: str, middle: float, grade: int) -> int:
    size = round(chance.gauss(middle, 2.2))
    reformed = grade in (1, 2, 7)
    crowded = rank in ("sought", "town", "secondary urban")
    if crowded and reformed:
        size = min(size, 55 - chance.randrange(3))
    elif crowded:
        size += chance.randrange(4)
    return max(4, min(size, LARGEST))
