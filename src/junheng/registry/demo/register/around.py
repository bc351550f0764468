"""What stands around the register: schools without pupils of it, children of school age, titles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from junheng.kernel.levels import Grade, Level
from junheng.places.facade import Organisation, OrganisationKind, Place, path_of
from junheng.registry.demo.chance import stream
from junheng.registry.demo.names import all_names
from junheng.registry.demo.register.lines import YEARS
from junheng.registry.demo.register.lives import Ints
from junheng.registry.demo.register.whole import Register
from junheng.registry.demo.staff import figures_of
from junheng.registry.demo.values import County, Point
from junheng.registry.engine.ratios import AGES
from junheng.registry.models import LEVELS, Resources, SchoolAgeChildren, SchoolTitle
from junheng.registry.models.school_titles import JudgedBy, SchoolTitleKind

ENROLLED = {Level.PRIMARY: 0.998, Level.LOWER_SECONDARY: 0.987}
"""Of the children of an age, how many are at school (REG-6)."""
QUALITY = {"urban": 0.55, "town": 0.35, "village": 0.12}
"""How likely a school is a quality school, by where it stands."""
VOCATIONAL = 2
CODES = {"kindergarten": "1199", "vocational": "4199"}
LOST = 0.2
JUDGED = (date(2023, 11, 20), date(2025, 11, 18))


@dataclass(frozen=True, slots=True)
class OtherSchool:
    """A school that teaches no compulsory grade."""

    code: str
    name: str
    kind: str
    village: str
    home: Point


def other_schools(county: County) -> list[OtherSchool]:
    """A kindergarten in every township, and the vocational schools in town."""
    chance, names = stream(county.seed, "other schools"), all_names()
    by_township: dict[str, list[str]] = {}
    villages = {village.code: village for village in county.villages}
    for village in county.villages:
        by_township.setdefault(village.township, []).append(village.code)
    wanted = [("kindergarten", codes) for _town, codes in sorted(by_township.items())]
    urban = [village.code for village in county.villages if village.urban]
    wanted += [("vocational", urban)] * VOCATIONAL
    rows = []
    for number, (kind, codes) in enumerate(wanted, start=1):
        village = villages[chance.choice(codes)]
        rows.append(
            OtherSchool(
                code=f"{CODES[kind]}{900 + number:06d}",
                name=names.formed(f"more_{kind}", root=village.root, county=county.name),
                kind=kind,
                village=village.code,
                home=Point(village.centre.lon - 0.002, village.centre.lat + 0.002),
            )
        )
    return rows


def load_around(county: County, register: Register, organisations: Mapping[str, int]) -> None:
    """Put it into the database beside a register, in few statements."""
    others = other_schools(county)
    places = Place.objects.filter(code__in={one.village for one in others}).defer("outline")
    known = {place.code: place for place in places}
    Organisation.objects.bulk_create(
        _organisation(one, known[one.village]) for one in others if one.village in known
    )
    SchoolAgeChildren.objects.bulk_create(_children(register))
    Resources.objects.bulk_create(_resources(register, organisations))
    SchoolTitle.objects.bulk_create(_titles(county, register, organisations))


def _organisation(one: OtherSchool, place: Place) -> Organisation:
    return Organisation(
        code=one.code,
        name=one.name,
        kind=OrganisationKind(one.kind),
        place=place,
        path=path_of(place.path, f"@{one.code}"),
        lon=one.home.lon,
        lat=one.home.lat,
    )


def _children(register: Register) -> Iterator[SchoolAgeChildren]:
    """By township of the school: those of the age on the roll, and the few who are not."""
    codes = sorted({school.township for school in register.schools.values()})
    places = {place.code: place for place in Place.objects.filter(code__in=codes).defer("outline")}
    source = all_names().register["of_age"]
    for (year, level, town), number in sorted(at_school(register).items()):
        if (place := places.get(codes[town])) is not None:
            yield SchoolAgeChildren(
                place=place,
                level=level,
                year=year,
                number=round(number / ENROLLED[Level(level)]),
                source=source.format(year=year),
            )


def at_school(register: Register) -> dict[tuple[int, str, int], int]:
    """Pupils of the age of their level, by school year, level and number of the township."""
    found: dict[tuple[int, str, int], int] = {}
    for stay in register.lives.stays:
        line = register.lines[stay.line]
        level = Grade(line.grade(stay.year)).level
        key = (stay.year, level.value, int(register.towns[stay.line]))
        aged = _of_age(register, stay.pupils, level, stay.year)
        found[key] = found.get(key, 0) + aged
    return found


def _of_age(register: Register, pupils: Ints, level: Level, year: int) -> int:
    ages, born = AGES[level], register.persons.born[pupils]
    youngest = np.datetime64(f"{year - ages[0]}-08-31")
    eldest = np.datetime64(f"{year - ages[-1] - 1}-08-31")
    return int(((born <= youngest) & (born > eldest)).sum())


def _resources(register: Register, organisations: Mapping[str, int]) -> Iterator[Resources]:
    """What the schools have that no zone has; the others' came with the county."""
    pupils: Counter[tuple[str, str]] = Counter()
    for line in register.lines:
        if size := line.sizes.get(YEARS[-1]):
            pupils[line.school, Grade(line.grade(YEARS[-1])).level.value] += size
    for school, plan in register.more:
        for level, _words in LEVELS:
            if count := pupils[school.code, level]:
                chance = stream(str(register.seed), f"resources/{school.code}/{level}")
                yield Resources(
                    organisation_id=organisations[school.code],
                    level=level,
                    valid_from=date(YEARS[-1] - 1, 9, 1),
                    **figures_of(chance, town=plan.setting == "urban", level=level, pupils=count),
                )


def _titles(
    county: County, register: Register, organisations: Mapping[str, int]
) -> Iterator[SchoolTitle]:
    """Quality schools, most of them in town; a few lost the title when it was judged again."""
    chance, words = stream(county.seed, "quality"), all_names().register
    for code, school in sorted(register.schools.items()):
        drawn, by_city, turn = chance.random(), chance.random() < 0.25, chance.randrange(2)
        if drawn < QUALITY[school.setting]:
            judged = JUDGED[turn]
            yield SchoolTitle(
                organisation_id=organisations[code],
                kind=SchoolTitleKind.QUALITY,
                given_by=JudgedBy.CITY if by_city else JudgedBy.COUNTY,
                title=words["quality_city" if by_city else "quality"],
                paper=words["quality_paper"].format(year=judged.year),
                valid_from=judged,
                valid_to=JUDGED[1] if turn == 0 and by_city and drawn < LOST else None,
            )
