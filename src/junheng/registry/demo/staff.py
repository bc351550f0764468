"""The invented county's staff: who teaches where, since when, with which titles and courses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import NamedTuple

from junheng.kernel.levels import Grade
from junheng.registry.demo.chance import shared_out, stream
from junheng.registry.demo.families import characters
from junheng.registry.demo.more_schools import more_schools, their_classes
from junheng.registry.demo.values import County, School

EVERYBODY = 8_600
"""People on the staff of the county's schools (REG-7)."""
RECRUITED = ((2017, 310, 0), (2018, 290, 401), (2019, 325, 520), (2020, 352, 582))
"""Year, permanent, on contract: 2,780 in four years, 1,277 and 1,503 of them."""
SUBJECTS = {
    "primary": (
        *("chinese", "mathematics", "chinese", "mathematics", "english", "sport"),
        *("music", "art", "science", "morality", "computing", "labour"),
    ),
    "lower_secondary": (
        *("chinese", "mathematics", "english", "physics", "chemistry", "biology", "history"),
        *("geography", "morality", "sport", "music", "art", "computing"),
    ),
}
QUALIFICATIONS = {
    "primary": (("below_college", 0.08), ("college", 0.37), ("bachelor", 0.52), ("master", 0.03)),
    "lower_secondary": (("college", 0.12), ("bachelor", 0.8), ("master", 0.08)),
}
URBAN, UPPER = "urban", "lower_secondary"
START = (9, 1)


@dataclass(frozen=True, slots=True)
class DemoPost:
    """A post; `school` is a code, `until` the day before which it ended."""

    school: str
    level: str
    kind: str
    subjects: tuple[str, ...]
    class_teacher: bool
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """Somebody with posts, the latest last."""

    number: str
    name: str
    sex: str
    born_on: date
    qualification: str
    recruited_on: date
    employment: str
    recruited_for: str
    flexible: bool
    backbone: str
    course: tuple[str, int] | None
    posts: tuple[DemoPost, ...]


def staff_of(county: County) -> Iterator[DemoStaff]:
    """Everybody, school by school, those of further schools last; the same for the same county."""
    chance = stream(county.seed, "staff")
    places = _places(county)
    terms = _terms(chance, len(places), county.year)
    rural = [school for school in county.schools if school.setting != URBAN]
    for index, (place, term) in enumerate(zip(places, terms, strict=True)):
        yield _person(chance, index, place, term, rural)


class Place(NamedTuple):
    """Somebody's place at a school: where it stands in the staff of a level, and its classes."""

    school: School
    level: str
    order: int
    classes: int


def _places(county: County) -> list[Place]:
    """One entry a person; a school of both levels has a staff for each."""
    more = more_schools(county)
    schools = {school.code: school for school in (*county.schools, *(one for one, _plan in more))}
    counted = (*county.classes, *their_classes(county.seed, more, school_year=county.year))
    classes = Counter((row.school, Grade(row.grade).level.value) for row in counted)
    parts = [(code, level) for code in schools for level in SUBJECTS if classes[code, level]]
    weights = [classes[part] * (1.35 if part[1] == UPPER else 1.0) for part in parts]
    return [
        Place(schools[code], level, order, classes[code, level])
        for (code, level), count in zip(parts, shared_out(EVERYBODY, weights), strict=True)
        for order in range(count)
    ]


def _terms(chance: Random, count: int, year: int) -> list[tuple[int, str]]:
    """Year of recruitment and employment for everybody, in any order."""
    terms = [
        (recruited, kind)
        for recruited, *both in RECRUITED
        for kind, number in zip(("permanent", "contract"), both, strict=True)
        for _one in range(number)
    ]
    others = (*range(year - 38, RECRUITED[0][0]), *range(RECRUITED[-1][0] + 1, year))
    terms += [(chance.choice(others), "permanent") for _one in range(count - len(terms))]
    chance.shuffle(terms)
    return terms


def _person(
    chance: Random, index: int, place: Place, term: tuple[int, str], rural: Sequence[School]
) -> DemoStaff:
    surnames, given = characters()
    school, level, order, _classes = place
    year, employment = term
    kind = "head" if order == 0 else "support" if order % 14 == 13 else "teacher"
    name = chance.choice(surnames) + "".join(chance.choices(given, k=chance.choice((1, 2, 2))))
    recruited = date(year, *START)
    lent = school.setting != URBAN and year >= RECRUITED[0][0] and chance.random() < 0.12
    return DemoStaff(
        number=f"T9901{index:05}",
        name=name,
        sex="2" if chance.random() < 0.66 else "1",
        born_on=date(year - chance.randrange(22, 29), chance.randrange(1, 13), 15),
        qualification=_qualification(chance, level),
        recruited_on=recruited,
        employment=employment,
        recruited_for="" if lent else school.code,
        flexible=chance.random() < 0.03,
        backbone=chance.choice(("county", "county", "city", "province"))
        if kind == "teacher" and chance.random() < 0.14
        else "",
        course=_course(chance),
        posts=_posts(chance, place, kind, recruited, rural),
    )


def _posts(
    chance: Random, place: Place, kind: str, since: date, rural: Sequence[School]
) -> tuple[DemoPost, ...]:
    """The post today; some in town served two years in the country before."""
    school, level, order, classes = place
    subjects = (chance.choice(SUBJECTS[level]),) if kind == "teacher" else ()
    leads = kind == "teacher" and order <= classes
    served = school.setting == URBAN and since.year >= RECRUITED[0][0] and chance.random() < 0.72
    if not served:
        return (DemoPost(school.code, level, kind, subjects, leads, since),)
    back = date(since.year + 2, *START)
    before = chance.choice([s for s in rural if (s.kind == school.kind)] or list(rural))
    earlier = DemoPost(before.code, level, "teacher", subjects, False, since, back)  # noqa: FBT003
    return earlier, DemoPost(school.code, level, kind, subjects, leads, back)


def _qualification(chance: Random, level: str) -> str:
    names, weights = zip(*QUALIFICATIONS[level], strict=True)
    return str(chance.choices(names, weights)[0])


def _course(chance: Random) -> tuple[str, int] | None:
    """Level and hours of the course that somebody took last year, or none."""
    if chance.random() > 0.4:
        return None
    level = chance.choices(("county", "city", "province", "national"), (60, 25, 12, 3))[0]
    return level, chance.choice((24, 36, 72, 120))


@dataclass(frozen=True, slots=True)
class DemoResources:
    """What a school has, by the columns of the register."""

    school: str
    level: str
    figures: dict[str, int]


def resources_of(county: County) -> Iterator[DemoResources]:
    """Resources for each pupil: narrow in town, wide in the country, poor in equipment there."""
    pupils: dict[str, int] = {}
    for row in county.classes:
        pupils[row.school] = pupils.get(row.school, 0) + row.size
    for school in county.schools:
        if count := pupils.get(school.code):
            chance = stream(county.seed, f"resources/{school.code}")
            level = "lower_secondary" if school.kind == "lower_secondary" else "primary"
            town = school.setting == URBAN
            figures = figures_of(chance, town=town, level=level, pupils=count)
            yield DemoResources(school.code, level, figures)


def figures_of(chance: Random, *, town: bool, level: str, pupils: int) -> dict[str, int]:
    """What a school of a level with so many pupils has, by the columns of the register."""
    upper = level == "lower_secondary"
    room = chance.uniform(4.0, 5.6) if town else chance.uniform(5.0, 9.5)
    building = pupils * room * (1.9 if upper else 1.0)
    sets, lessons = pupils // 2, 40 * (3 if upper else 1)
    return {
        "building_m2": round(building),
        "teaching_m2": round(building * chance.uniform(0.62, 0.78)),
        "sports_m2": round(pupils * chance.uniform(5.5, 9) * (1.4 if upper else 1.0)),
        "books": round(pupils * chance.uniform(9, 16) * (1.3 if upper else 1.0)),
        "equipment_fen": round(pupils * chance.uniform(1500, 3200)) * 100,
        "equipment_sets": sets,
        "equipment_used": round(sets * chance.uniform(0.95, 1)),
        "multimedia_rooms": max(1, round(pupils * chance.uniform(0.018, 0.034))),
        "lessons_planned": lessons,
        "lessons_given": round(lessons * chance.uniform(0.92, 1)),
    }
