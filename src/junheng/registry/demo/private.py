"""The county's one private primary school, and the families who would like a seat there.

It was added to the county after everything else was drawn, from chance of its own: whatever was
there before stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from junheng.registry.demo.chance import stream
from junheng.registry.demo.names import Names
from junheng.registry.demo.teaching import STANDARD
from junheng.registry.demo.values import Entrant, Point, School, SchoolClass, Township, Village

CODE = "2199000901"
CLASSES = 2
WISHES_A_SEAT = 2.4
"""Families who name it, for each seat."""
FIRST = 0.8
"""The share of them who name it first; the others name it after their own choices."""
BESIDE = 0.004
"""How far it stands from the middle of its block, in degrees."""
GRADES = range(1, 7)
USUAL_SIZES = (38, 45)


def private_school(
    names: Names, townships: Iterable[Township], villages: Iterable[Village]
) -> School:
    """A school of two classes in the county seat."""
    town = next(township for township in townships if township.urban)
    block = next(village for village in villages if village.township == town.code)
    return School(
        code=CODE,
        name=names.private_school,
        kind="primary",
        setting="urban",
        township=town.code,
        village=block.code,
        home=Point(block.centre.lon + BESIDE, block.centre.lat),
        entry_classes=CLASSES,
        class_size=STANDARD["primary"],
        continuing=0,
        reserved=0,
        private=True,
    )


def its_classes(seed: str, school: School, *, school_year: int) -> list[SchoolClass]:
    """Its classes of the running school year: none above what it plans."""
    chance = stream(seed, "private classes")
    return [
        SchoolClass(school.code, school_year, grade, number, chance.randint(*USUAL_SIZES))
        for grade in GRADES
        for number in range(1, school.entry_classes + 1)
    ]


def with_wishes(
    seed: str, school: School, entrants: Iterable[Entrant], urban: frozenset[str]
) -> tuple[Entrant, ...]:
    """The same children; families of the town name the school, far more than it has seats.

    Args:
        seed: The county's seed.
        school: The private school.
        entrants: Children by code.
        urban: Codes of the town's blocks.
    """
    rows = tuple(entrants)
    chance = stream(seed, "private wishes")
    families = sorted({row.group or row.code for row in rows if row.village in urban})
    wanted = min(len(families), round(school.seats * WISHES_A_SEAT))
    first = {family: chance.random() < FIRST for family in chance.sample(families, wanted)}
    return tuple(_with(row, school.code, first.get(row.group or row.code)) for row in rows)


def _with(row: Entrant, code: str, first: bool | None) -> Entrant:  # noqa: FBT001 -- None: not at all
    if first is None:
        return row
    choices = (code, *row.choices) if first else (*row.choices, code)
    return replace(row, choices=choices)
