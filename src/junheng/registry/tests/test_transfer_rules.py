"""When a pupil may change school, with the working shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.registry.engine.transfers import CODES, Wish, judge
from junheng.registry.files.transfer_rules import rules_on

RULES = rules_on(date(2026, 9, 1), "en")
FIRST = date(2026, 9, 1)
WISH = Wish(
    day=date(2026, 9, 10),
    year_starts_on=FIRST,
    grade=3,
    studying=True,
    same_school=False,
    school="East",
    has_grade=True,
    class_sizes=(55, 41),
    ground="",
    paper="",
)


def codes(**changed: Any) -> list[str]:
    return [one.code for one in judge(replace(WISH, **changed), RULES)]


def test_within_the_window_a_free_seat_is_enough() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 8, 31), ["outside_window"]),
        (date(2026, 9, 1), []),
        (date(2026, 9, 30), []),  # the thirtieth day: 1 September + 29
        (date(2026, 10, 1), ["outside_window"]),
    ],
)
def test_the_window_has_thirty_days(day: date, said: list[str]) -> None:
    assert codes(day=day) == said


def test_outside_only_a_listed_ground_with_its_paper_counts() -> None:
    late = {"day": date(2026, 11, 26)}
    assert codes(**late, ground="home_moved", paper="Deed 7") == []
    assert codes(**late, ground="home_moved", paper=" ") == ["paper_missing"]
    assert codes(**late, ground="a better school", paper="x") == ["outside_window"]


def test_a_large_grade_takes_nobody_whatever_the_ground() -> None:
    found = judge(replace(WISH, class_sizes=(56, 30), ground="health", paper="x"), RULES)
    assert [one.code for one in found] == ["large_grade"]
    assert found[0].figures == {"school": "East", "grade": 3, "size": 56, "cap": 55}
    assert codes(class_sizes=(55, 55)) == ["no_seat"]


def test_everything_that_stands_against_it_is_said_at_once() -> None:
    wrong = {"studying": False, "same_school": True, "has_grade": False, "day": date(2027, 1, 1)}
    said = codes(**wrong)
    assert said == ["not_studying", "same_school", "no_such_grade", "outside_window"]
    assert set(said) <= set(CODES)


@given(
    st.integers(0, 364), st.lists(st.integers(0, 80), max_size=6), st.sampled_from(["", "health"])
)
def test_nobody_ever_gets_into_a_grade_without_a_seat(
    day: int, sizes: list[int], ground: str
) -> None:
    wish = {"day": FIRST + timedelta(days=day), "class_sizes": tuple(sizes), "ground": ground}
    if codes(**wish, paper="x") == []:
        assert not sizes or (max(sizes) <= 55 and min(sizes) < 55)
        assert day < 30 or ground == "health"


def test_there_are_no_rules_before_the_first() -> None:
    with pytest.raises(LookupError):
        rules_on(date(1999, 1, 1), "zh-hans")
    assert rules_on(FIRST, "zh-hans").grounds[0].name != RULES.grounds[0].name
