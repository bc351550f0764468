"""How large every class was and is, over six school years: a class and its years are a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random

from junheng.registry.demo.chance import stream
from junheng.registry.demo.entrants import growth_of, is_rural
from junheng.registry.demo.values import County, School, SchoolClass

YEARS = range(2021, 2027)
COUNTED = 2025
"""The school year of the opening count: its sizes are given, the others follow from them."""
CAP, LARGEST, SMALLEST = 55, 72, 5
CAME_BACK = 1.12
"""Pupils of a rural class at the end of lower secondary school, for each that entered it."""


@dataclass(slots=True)
class Line:
    """The same class year after year.

    Attributes:
        school: Code of the school.
        first: The grade it began with: 1 or 7.
        entered: The school year in which it began.
        number: Its number in the grade.
        sizes: Pupils by school year, at the end of it.
    """

    school: str
    first: int
    entered: int
    number: int
    sizes: dict[int, int] = field(default_factory=dict)

    def grade(self, year: int) -> int:
        """Its grade in a school year."""
        return self.first + year - self.entered


def first_grade_of(grade: int) -> int:
    """The entry grade of the level that a grade belongs to."""
    return 1 if grade <= 6 else 7


def lines_of(
    county: County, schools: Mapping[str, School], counted: Iterable[SchoolClass]
) -> list[Line]:
    """Every class that there was or is in the six years.

    Args:
        county: For its seed, and the growth of rural lower secondary schools.
        schools: All schools by code.
        counted: The classes of the opening count.
    """
    chance = stream(county.seed, "lines")
    sizes: dict[tuple[str, int], list[int]] = {}
    for each in counted:
        sizes.setdefault((each.school, each.grade), []).append(each.size)
    last: dict[tuple[str, int], int] = {}
    for school, grade in sizes:
        key = (school, first_grade_of(grade))
        last[key] = max(grade, last.get(key, 0))
    growth = {code: growth_of(county, code) for code in schools if is_rural(schools[code])}
    lines = []
    for (code, first), top in sorted(last.items()):
        for entered in range(YEARS[0] - (top - first), YEARS[-1] + 1):
            grade = min(max(first + COUNTED - entered, first), top)
            for number, size in enumerate(sizes[code, grade], start=1):
                line = Line(code, first, entered, number)
                line.sizes = _sizes(chance, schools[code], line, size, top)
                if code in growth and first == 7:
                    entry = sizes[code, first][number - 1]
                    line.sizes = _rural(line, size, entry * growth[code][entered])
                lines.append(line)
    return lines


def _sizes(
    chance: Random,
    school: School,
    line: Line,
    size: int,
    last: int,
) -> dict[int, int]:
    """Pupils in each of the years in which the line was there."""
    years = [y for y in range(line.entered, line.entered + last - line.first + 1) if y in YEARS]
    if line.entered > COUNTED:
        return {year: _fresh(chance, size, line.first) for year in years}
    top = LARGEST if size > CAP else CAP
    then = size if COUNTED in years else min(top, size + chance.randint(0, 2))
    return _walk(chance, then, years, crowded=school.setting == "urban" and size > 48)


def _walk(chance: Random, size: int, years: list[int], *, crowded: bool) -> dict[int, int]:
    """From the year of the count, or the last before it, one year back or on at a time."""
    start = COUNTED if COUNTED in years else years[-1]
    sizes = {start: size}
    for year in range(start - 1, years[0] - 1, -1):
        sizes[year] = _earlier(chance, sizes[year + 1], crowded=crowded)
    for year in range(start + 1, years[-1] + 1):
        sizes[year] = _later(chance, sizes[year - 1])
    return sizes


def _earlier(chance: Random, size: int, *, crowded: bool) -> int:
    """Large classes were larger; those that kept to the cap did so before."""
    if size > CAP or crowded:
        top = LARGEST if size > CAP else CAP
        return min(top, size + chance.randint(0, 2))
    return max(SMALLEST, min(CAP, size + chance.randint(-1, 1)))


def _later(chance: Random, size: int) -> int:
    """Large classes shrink, the others stay within the cap."""
    if size > CAP:
        return size - chance.randint(1, 4)
    return max(SMALLEST, min(CAP, size + chance.randint(-1, 1)))


def _fresh(chance: Random, size: int, first: int) -> int:
    """Entry classes of the running year: within what is planned."""
    top = 47 if first == 1 else 50
    return max(SMALLEST, min(size, top) - chance.randint(0, 3))


def _rural(line: Line, size: int, entrants: float) -> dict[int, int]:
    """Few entered, more came back on the way: towards what was counted, or as many more."""
    if line.entered >= COUNTED:
        return {year: min(CAP, round(entrants)) for year in line.sizes}
    end = size if line.entered + 2 >= COUNTED else entrants * CAME_BACK
    steps = min(2, max(1, COUNTED - line.entered))
    return {
        year: max(1, min(CAP, round(entrants + (end - entrants) * min(1, passed / steps))))
        for year in line.sizes
        for passed in (year - line.entered,)
    }
