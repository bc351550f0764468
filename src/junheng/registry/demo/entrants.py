"""Entrants of the invented county's lower secondary schools in the years before its round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from junheng.kernel.levels import Level
from junheng.registry.demo.chance import stream
from junheng.registry.demo.values import County, School

YEARS = 4
GRADE = Level.LOWER_SECONDARY.entry_grade.number
RURAL, URBAN = (0.10, 0.28), (-0.06, 0.02)
"""By how much entrants changed from one year to the next, at least and at most; unitless."""
EARLIER, NEXT = 1.12, 1.05
"""The same for rural schools before those years, and for the running year."""


@dataclass(frozen=True, slots=True)
class FormerEntrants:
    """Pupils who entered a school in September of a year."""

    school: str
    year: int
    grade: int
    number: int


def former_entrants(county: County) -> Iterator[FormerEntrants]:
    """The years up to the last September, counted back from its entry classes."""
    for school in county.schools:
        if school.kind == "lower_secondary":
            sizes = [one.size for one in county.classes if _enters(one.school, one.grade, school)]
            for year, share in _shares(county, school):
                number = sum(round(size * share) for size in sizes)
                yield FormerEntrants(school.code, year, GRADE, number)


def is_rural(school: School) -> bool:
    """Whether children come back to it."""
    return school.kind == "lower_secondary" and school.setting != "urban"


def growth_of(county: County, code: str) -> Mapping[int, float]:
    """Entrants of a rural school by year, for each of the year that was counted."""
    school = next(one for one in county.schools if one.code == code)
    shares = dict(_shares(county, school))
    earliest = min(shares)
    for year in range(earliest - 1, earliest - 8, -1):
        shares[year] = shares[year + 1] / EARLIER
    shares[max(shares) + 1] = NEXT
    return shares


def _shares(county: County, school: School) -> Iterator[tuple[int, float]]:
    chance, share = stream(county.seed, f"entrants/{school.code}"), 1.0
    for year in range(county.year - 1, county.year - 1 - YEARS, -1):
        yield year, share
        share /= 1 + chance.uniform(*(RURAL if is_rural(school) else URBAN))


def _enters(code: str, grade: int, school: School) -> bool:
    return code == school.code and grade == GRADE
