"""Entrants of the invented county's lower secondary schools in the years before its round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from junheng.kernel.levels import Level
from junheng.registry.demo.chance import stream
from junheng.registry.demo.values import County

YEARS = 4
GRADE = Level.LOWER_SECONDARY.entry_grade.number
RURAL, URBAN = (0.10, 0.28), (-0.06, 0.02)
"""By how much entrants changed from one year to the next, at least and at most; unitless."""


@dataclass(frozen=True, slots=True)
class FormerEntrants:
    """Pupils who entered a school in September of a year."""

    school: str
    year: int
    grade: int
    number: int


def former_entrants(county: County) -> Iterator[FormerEntrants]:
    """The years up to the last September, counted back from what the school takes now."""
    for school in county.schools:
        if school.kind == "lower_secondary":
            chance = stream(county.seed, f"entrants/{school.code}")
            pupils = school.entry_classes * school.class_size * chance.uniform(0.86, 1)
            for year in range(county.year - 1, county.year - 1 - YEARS, -1):
                yield FormerEntrants(school.code, year, GRADE, round(pupils))
                pupils /= 1 + chance.uniform(*(URBAN if school.setting == "urban" else RURAL))
