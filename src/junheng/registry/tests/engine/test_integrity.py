"""Every check finds what was planted, and is silent where life only looks like a fault."""

from __future__ import annotations

import re

import pytest

from junheng.registry.engine.integrity.check import Check, Finding
from junheng.registry.engine.integrity.running import BY_KEY, CHECKS, run_checks
from junheng.registry.engine.integrity.tables import (
    TABLES,
)
from junheng.registry.tests.engine.planted import plant
from junheng.registry.tests.engine.population import Planted

SEEDS = (3, 14, 159)
RECORDS, EACH = 12_000, 200
EXACT = [check for check in CHECKS if check.exact]
LIKELY = [check for check in CHECKS if not check.exact]
Found = dict[str, list[Finding]]


@pytest.fixture(scope="module")
def districts() -> list[tuple[Planted, Found]]:
    """Three invented districts and what was found in each."""
    made = [plant(seed, RECORDS, each=EACH) for seed in SEEDS]
    return [
        (one, {r.check.key: list(r.findings) for r in run_checks(one.engine, one.snapshot)})
        for one in made
    ]


def pairs(findings: list[Finding]) -> set[tuple[str, str]]:
    return {(finding.pupil, finding.other) for finding in findings}


@pytest.mark.parametrize("check", EXACT, ids=lambda check: check.key)
def test_an_exact_check_finds_everything_that_was_planted(
    districts: list[tuple[Planted, Found]], check: type[Check]
) -> None:
    for district, found in districts:
        truth = district.truth[check.key]
        assert len(truth) >= EACH // 2
        assert truth <= pairs(found[check.key])


@pytest.mark.parametrize("check", EXACT, ids=lambda check: check.key)
def test_an_exact_check_says_nothing_of_children_with_whom_nothing_is_wrong(
    districts: list[tuple[Planted, Found]], check: type[Check]
) -> None:
    false = sum(len(pairs(found[check.key]) - one.truth[check.key]) for one, found in districts)
    assert false == 0


@pytest.mark.parametrize("check", LIKELY, ids=lambda check: check.key)
def test_a_weighed_check_finds_98_in_100_and_is_wrong_in_less_than_1_of_100(
    districts: list[tuple[Planted, Found]], check: type[Check]
) -> None:
    truth = sum(len(one.truth[check.key]) for one, _ in districts)
    right = sum(len(pairs(found[check.key]) & one.truth[check.key]) for one, found in districts)
    false = sum(len(pairs(found[check.key]) - one.truth[check.key]) for one, found in districts)
    assert right / truth >= 0.98
    assert false / truth <= 0.01


def test_the_same_tables_give_the_same_findings_twice(
    districts: list[tuple[Planted, Found]],
) -> None:
    district, found = districts[0]
    again = {r.check.key: list(r.findings) for r in run_checks(district.engine, district.snapshot)}
    assert again == found


def test_every_rule_has_its_own_number_key_and_sentence() -> None:
    assert [check.number for check in CHECKS] == [f"I-{i:02d}" for i in range(1, len(CHECKS) + 1)]
    assert len(BY_KEY) == len({check.sentence for check in CHECKS}) == len(CHECKS)


def test_no_table_has_a_column_for_a_name_a_number_or_a_telephone_in_the_clear() -> None:
    columns = set(re.findall(r"(\w+) (?:VARCHAR|DATE|SMALLINT)", " ".join(TABLES.values())))
    assert not columns & {"name", "resident_id", "phone", "national_number", "address"}
    assert {"name_key", "id_key", "phone_key"} <= columns
