"""The register as a whole: schools, classes, lives and persons of one county, from its seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from junheng.registry.demo.chance import stream
from junheng.registry.demo.more_schools import Plan, more_schools, their_classes
from junheng.registry.demo.register.lines import COUNTED, Line, lines_of
from junheng.registry.demo.register.lives import Ints, Lives, lives_of
from junheng.registry.demo.register.persons import Persons, persons_of
from junheng.registry.demo.values import County, School, SchoolClass


@dataclass(frozen=True, slots=True)
class Register:
    """Everything that is to be loaded.

    Attributes:
        more: Schools beside those of the county, with their plans.
        schools: All schools by code.
        towns: Number of each line's township.
        seed: A number for chance.
    """

    more: list[tuple[School, Plan]]
    schools: Mapping[str, School]
    lines: list[Line]
    towns: Ints
    lives: Lives
    persons: Persons
    seed: int


def register_of(county: County, *, townships: int | None = None) -> Register:
    """The county's register, always the same for a county.

    Args:
        county: The county.
        townships: Pupils of the first school and of so many rural townships only.
    """
    more, schools, lines = _lines(county)
    if townships is not None:
        inside = first_schools(county, townships) - {school.code for school, _plan in more}
        lines = [line for line in lines if line.school in inside]
    codes = {code: number for number, code in enumerate(sorted(schools))}
    places = {place: n for n, place in enumerate(sorted({s.township for s in schools.values()}))}
    towns = np.array([places[schools[line.school].township] for line in lines])
    seed = stream(county.seed, "register").randrange(2**32)
    lives = lives_of(lines, [codes[line.school] for line in lines], towns.tolist(), seed)
    persons = persons_of(lives.cohort, towns[lives.first], seed)
    return Register(more, schools, lines, towns, lives, persons, seed)


def first_schools(county: County, number: int = 1) -> set[str]:
    """The first school, and those of so many rural townships."""
    rural = sorted(place.code for place in county.townships if not place.urban)[:number]
    return {county.schools[0].code} | {s.code for s in county.schools if s.township in rural}


def classes_of_years(county: County) -> Iterator[SchoolClass]:
    """Every class of the county's own schools in the six years."""
    own = {school.code for school in county.schools}
    _more, _schools, lines = _lines(county)
    return classes_in(line for line in lines if line.school in own)


def classes_in(lines: Iterator[Line]) -> Iterator[SchoolClass]:
    """The classes of some lines, year by year."""
    for line in lines:
        for year, size in line.sizes.items():
            yield SchoolClass(line.school, year, line.grade(year), line.number, size)


def _lines(county: County) -> tuple[list[tuple[School, Plan]], dict[str, School], list[Line]]:
    more = more_schools(county)
    schools = {school.code: school for school in county.schools}
    schools |= {school.code: school for school, _plan in more}
    counted = [*county.classes, *their_classes(county.seed, more, school_year=COUNTED)]
    return more, schools, lines_of(county, schools, counted)
