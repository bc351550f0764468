"""The register of the demo county is whole: six years, every class as large as its pupils."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from junheng.registry.demo.county import build
from junheng.registry.demo.entrants import former_entrants, is_rural
from junheng.registry.demo.register.around import at_school, other_schools
from junheng.registry.demo.register.lines import CAP, YEARS
from junheng.registry.demo.register.lives import GRADUATED, MOVEMENTS
from junheng.registry.demo.register.rows import Rows
from junheng.registry.demo.register.whole import Register, classes_of_years, register_of
from junheng.registry.demo.values import County
from junheng.registry.engine.id_numbers import sound

THIS_YEAR = YEARS[-1]


@pytest.fixture(scope="module")
def county() -> County:
    return build("yunhuai-2026")


@pytest.fixture(scope="module")
def register(county: County) -> Register:
    return register_of(county)


@pytest.fixture(scope="module")
def sizes(register: Register) -> Counter[tuple[int, int]]:
    """Pupils by year and size of class."""
    return Counter((y, size) for line in register.lines for y, size in line.sizes.items())


def test_it_has_the_size_of_a_district(register: Register) -> None:
    here = sum(line.sizes.get(THIS_YEAR, 0) for line in register.lines)
    classes = sum(THIS_YEAR in line.sizes for line in register.lines)
    assert 99_000 < here < 101_000
    assert 2_150 < classes < 2_350
    assert len(register.schools) == 130


def test_the_counted_year_is_as_it_was_counted(county: County) -> None:
    counted = {(c.school, c.grade, c.number): c.size for c in county.classes}
    rows = [one for one in classes_of_years(county) if one.school_year == THIS_YEAR - 1]
    assert {(c.school, c.grade, c.number): c.size for c in rows} == counted


def test_large_classes_become_fewer_from_the_third_year_and_no_new_ones_come(
    register: Register, sizes: Counter[tuple[int, int]]
) -> None:
    large = [sum(n for (y, size), n in sizes.items() if y == year and size > CAP) for year in YEARS]
    assert large[2:] == sorted(large[2:], reverse=True)
    assert large[0] > 3 * large[-1] > 0
    for line in register.lines:
        now, before = line.sizes.get(THIS_YEAR, 0), line.sizes.get(THIS_YEAR - 1, 0)
        assert now <= CAP or now < before


def test_every_class_has_as_many_pupils_as_it_says_and_nobody_is_in_two(
    register: Register,
) -> None:
    by_year: dict[int, list[np.ndarray[tuple[int], np.dtype[np.int64]]]] = defaultdict(list)
    for stay in register.lives.stays:
        assert len(stay.pupils) == register.lines[stay.line].sizes[stay.year]
        by_year[stay.year].append(stay.pupils)
    for parts in by_year.values():
        together = np.concatenate(parts)
        assert len(together) == len(np.unique(together))


def test_children_come_back_to_rural_lower_secondary_schools(
    county: County, register: Register
) -> None:
    entered: Counter[int] = Counter()
    for line in register.lines:
        rural = line.first == 7 and is_rural(register.schools[line.school])
        if rural and line.entered in line.sizes:
            entered[line.entered] += line.sizes[line.entered]
    told: Counter[int] = Counter()
    for row in former_entrants(county):
        if is_rural(register.schools[row.school]):
            told[row.year] += row.number
    assert {year: entered[year] for year in told} == dict(told)
    assert entered[THIS_YEAR - 1] > 1.5 * entered[2021]


def test_nobody_skips_a_grade_though_some_schools_end_with_the_third(register: Register) -> None:
    for stay in register.lives.stays:
        grade = register.lines[stay.line].grade(stay.year)
        assert (register.lives.cohort[stay.pupils] == stay.year - grade + 1).all()


def test_every_way_of_moving_happens(register: Register) -> None:
    seen = Counter(kind for stay in register.lives.stays for kind in set(stay.movement.tolist()))
    assert set(seen) == set(range(len(MOVEMENTS)))
    graduated = sum(len(g.pupils) for g in register.lives.gone if g.end == GRADUATED)
    assert graduated > 40_000


def test_numbers_are_sound_and_nobody_has_anothers(register: Register) -> None:
    numbers = register.persons.resident_ids
    assert sound(numbers).all()
    assert len(set(numbers)) == len(numbers)
    shared = Counter(register.persons.household.tolist())
    assert 0.1 < sum(n > 1 for n in shared.values()) / len(shared) < 0.3


@pytest.fixture(scope="module")
def rows(register: Register) -> Rows:
    organisations = dict.fromkeys(register.schools, 1)
    return Rows(register, organisations, defaultdict(int), date(2026, 11, 26))


def test_a_school_life_has_no_gap_and_no_overlap(rows: Rows) -> None:
    wanted = {rows.ids[n] for n in [*rows.special, *range(2_000)]}
    lives: dict[object, list[tuple[date, date | None]]] = defaultdict(list)
    for one in rows.standings():
        if one.pupil in wanted:
            lives[one.pupil].append((one.valid_from, one.valid_to))
    assert len(lives) == len(wanted)
    for life in lives.values():
        life.sort()
        assert all(end == begin for (_b, end), (begin, _e) in pairwise(life))
        assert life[-1][1] is None


def test_every_movement_of_a_school_life_has_its_paper(rows: Rows) -> None:
    papers: dict[str, set[str]] = defaultdict(set)
    for standing in rows.standings():
        papers[standing.movement].add(standing.paper)
    assert set(papers) >= {"entered", "moved_up", "transferred", "graduated", "left", "returned"}
    assert not any("" in said for said in papers.values())
    assert "2025-2026学年升级" in papers["moved_up"]


def test_the_forgotten_have_no_name_and_the_others_have_guardians(rows: Rows) -> None:
    pupils = rows.pupils(map(str, range(len(rows.ids))))
    gone = [one for one in pupils if one.left_on and one.left_on < date(2023, 11, 26)]
    assert gone
    assert not any(one.name or one.resident_id or one.born_on for one in gone)
    guardians, tags = rows.guardians_and_tags()
    here = {one.id for one in pupils if one.left_on is None}
    assert {one.pupil for one in guardians} == here
    assert {one.pupil for one in tags} <= here
    assert len({one.tag for one in tags}) == 6


def test_nearly_all_pupils_have_the_age_of_their_level(register: Register) -> None:
    aged = Counter[str]()
    for (year, level, _town), number in at_school(register).items():
        aged[level] += number * (year == THIS_YEAR)
    here = sum(line.sizes.get(THIS_YEAR, 0) for line in register.lines)
    assert sum(aged.values()) > 0.95 * here
    assert aged["primary"] > aged["lower_secondary"] > 0


def test_every_township_has_a_kindergarten_and_the_town_vocational_schools(county: County) -> None:
    others = other_schools(county)
    assert Counter(one.kind for one in others) == {"kindergarten": 16, "vocational": 2}
    assert len({one.code for one in others}) == 18
