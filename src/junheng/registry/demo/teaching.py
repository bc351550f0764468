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
SMALLEST, LARGEST = 6, 70
FULL_IN_THE_COUNTRY = 46
USUAL = {"sought": (60.0, 65.0), "town": (50.0, 58.0), "new": (36.0, 42.0)}
SECONDARY = {"urban": (54.0, 60.0), "town": (42.0, 50.0)}
"""The usual size of a class today, by kind of school: pupils, from and to."""
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
        if index < len(sites):
            rank = sites[index].rank
            count, middle = _primary_classes(chance, sites[index], school)
        else:
            rank = f"secondary {school.setting}"
            count, middle = school.entry_classes, chance.uniform(*SECONDARY[school.setting])
        for grade in GRADES[school.kind]:
            for number in range(1, count + 1):
                size = _size(chance, rank, middle, grade)
                rows.append(SchoolClass(school.code, school_year, grade, number, size))
    return rows


def _primary_classes(chance: Random, site: Site, school: School) -> tuple[int, float]:
    """Classes of a grade and their usual size: crowded in town, filled up in the country.

    Some of the country's children go to school in town today, so it has fewer than live there.
    """
    if site.rank in USUAL:
        return school.entry_classes, chance.uniform(*USUAL[site.rank])
    pupils = site.demand * chance.uniform(0.72, 0.95)
    count = max(1, ceil(pupils / FULL_IN_THE_COUNTRY))
    return count, pupils / count


def _size(chance: Random, rank: str, middle: float, grade: int) -> int:
    size = round(chance.gauss(middle, 2.2))
    reformed = grade in (1, 2, 7)
    crowded = rank in ("sought", "town", "secondary urban")
    if crowded and reformed:
        size = min(size, 55 - chance.randrange(3))
    elif crowded:
        size += chance.randrange(4)
    return max(SMALLEST, min(size, LARGEST))
