"""What invented families type, and that registers mostly say the same."""

from __future__ import annotations

from collections import Counter

import pytest

from junheng.kernel.resident_id import ResidentId
from junheng.registry.demo.county import build
from junheng.registry.demo.families import families
from junheng.registry.demo.households import Told, told_by
from junheng.registry.demo.registers import Row, register_rows
from junheng.registry.demo.values import County

SEED = "families"


@pytest.fixture(scope="module")
def county() -> County:
    return build(SEED, entrants=1_500)


@pytest.fixture(scope="module")
def told(county: County) -> dict[str, Told]:
    return dict(told_by(county))


@pytest.fixture(scope="module")
def rows(told: dict[str, Told]) -> dict[str, list[Row]]:
    return dict(register_rows(told.values(), SEED))


def test_the_same_seed_gives_the_same_families(county: County, told: dict[str, Told]) -> None:
    assert told_by(county) == told


def test_numbers_are_sound_invented_and_nobody_elses(told: dict[str, Told]) -> None:
    children = [ResidentId.parse(family.child_number) for family in told.values()]
    assert len(set(children)) == len(children)
    for family, number in zip(told.values(), children, strict=True):
        assert number.number.startswith("99")
        assert (number.birth_date, str(number.sex)) == (family.born_on, family.sex)
        assert ResidentId.parse(family.guardian_number).number.startswith("99")


def test_twins_share_home_guardian_and_birthday(told: dict[str, Told]) -> None:
    groups = Counter(family.group for family in told.values() if family.group)
    assert groups
    for group in groups:
        twins = [family for family in told.values() if family.group == group]
        for field in ("born_on", "address", "guardian_number", "guardian_name", "phone"):
            assert len({getattr(twin, field) for twin in twins}) == 1
        assert len({twin.child_number for twin in twins}) == len(twins)


def test_without_groups_the_roster_stays_as_it_was() -> None:
    codes = ["b", "a", "c"]
    assert families(codes, SEED) == families(dict.fromkeys(codes, ""), SEED)


def test_nine_families_of_ten_agree_with_the_registers(
    told: dict[str, Told], rows: dict[str, list[Row]]
) -> None:
    counted = Counter(family.expected for family in told.values())
    assert 0.87 < counted["agrees"] / len(told) < 0.96
    children = {row["resident_id"]: row for row in rows["household"]}
    owners = {row["certificate"] for row in rows["real_estate"]}
    for family in told.values():
        if family.expected == "agrees" and "household" in family.claims:
            found = children[family.child_number]
            assert (found["name"], found["place_code"]) == (family.child_name, family.village)
        if family.expected.startswith("house_"):
            assert family.certificate not in owners


def test_whoever_works_here_is_insured_or_trades(
    told: dict[str, Told], rows: dict[str, list[Row]]
) -> None:
    working = {f.guardian_number for f in told.values() if "work" in f.claims}
    known = rows["social_insurance"] + rows["business_licence"]
    assert {row["resident_id"] for row in known} == working
    assert {row["resident_id"] for row in rows["residence_permit"]} == working
