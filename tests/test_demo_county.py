"""The invented county's round, run for real: what the demonstration shows is as it is told."""

from __future__ import annotations

from collections import Counter

import pytest

from junheng.admissions.engine.assign import run
from junheng.admissions.engine.types import How, Result, Round
from junheng.admissions.files.canonical import canonical_tables, table_hashes
from junheng.admissions.files.check import check
from junheng.admissions.files.read import read_inputs
from junheng.registry.demo.county import SEED, build
from junheng.registry.demo.files import MAX_DISTANCE_M, round_files, round_workbook
from junheng.registry.demo.values import County


@pytest.fixture(scope="module")
def county() -> County:
    return build(SEED)


@pytest.fixture(scope="module")
def the_round(county: County) -> Round:
    return check(read_inputs(round_files(county)))


@pytest.fixture(scope="module")
def result(the_round: Round) -> Result:
    return run(the_round)


def test_folder_and_workbook_are_the_same_round(county: County) -> None:
    folder = read_inputs(round_files(county))
    workbook = read_inputs({"round.xlsx": round_workbook(county)})
    assert folder.faults == workbook.faults == []
    assert table_hashes(canonical_tables(folder)) == table_hashes(canonical_tables(workbook))


def test_nearly_nine_in_ten_are_seated_by_list_and_nobody_is_left_out(result: Result) -> None:
    ways = Counter(result.how)
    by_list = ways[How.CHOICE] + ways[How.ZONE]
    assert 0.85 <= by_list / len(result.how) <= 0.92
    assert ways[How.DIVERTED] > 700
    assert ways[How.UNPLACED] == 0


def test_town_children_go_to_the_villages_around(
    county: County, the_round: Round, result: Result
) -> None:
    setting = {school.code: school.setting for school in county.schools}
    urban = {village.code for village in county.villages if village.urban}
    homes = {child.code: child.village for child in county.entrants}
    diverted = [i for i, how in enumerate(result.how) if how is How.DIVERTED]
    from_town = [i for i in diverted if homes[the_round.applicants.ids[i]] in urban]
    to = Counter(setting[the_round.schools.ids[result.school[i]]] for i in from_town)
    assert len(from_town) > 0.9 * len(diverted)
    assert to["village"] > len(from_town) / 2
    assert max(result.distance_m[i] for i in diverted) <= MAX_DISTANCE_M
