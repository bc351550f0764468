"""The rules of rotation, worked by hand, and what must always hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.registry.engine.rotation import (
    Duty,
    Stretch,
    Turn,
    duty_of,
    flexible_posts,
    next_start,
    served_days,
)
from junheng.registry.files.rotation_rules import rules_on
from tests.examples import examples

TODAY = date(2026, 11, 26)
RULE = rules_on(TODAY)


def duty(
    *service: Stretch, recruited_for: str = "urban", recruited_on: date = date(2024, 9, 1)
) -> Duty:
    return duty_of(recruited_on, recruited_for, service, on=TODAY, rules=RULE)


def country(start: date, end: date | None = None) -> Stretch:
    return Stretch("village", start, end)


def city(start: date, end: date | None = None) -> Stretch:
    return Stretch("urban", start, end)


def test_a_new_city_teacher_who_went_straight_to_the_city_owes_two_years() -> None:
    assert duty(city(date(2024, 9, 1))) == Duty(Turn.OWES, 0, 730, date(2027, 9, 1))


def test_a_new_city_teacher_in_the_country_comes_back_after_730_days() -> None:
    """From 1 September 2025, 730 days end on 1 September 2027; 451 are served."""
    found = duty(country(date(2025, 9, 1)))
    assert found == Duty(Turn.SERVES, 451, 279, date(2027, 9, 1))


def test_two_years_in_two_parts_are_two_years() -> None:
    parts = (
        country(date(2020, 9, 1), date(2021, 9, 1)),
        city(date(2021, 9, 1), date(2023, 9, 1)),
        country(date(2023, 9, 1), date(2024, 9, 1)),
        city(date(2024, 9, 1)),
    )
    assert duty(*parts).turn is Turn.FREE


@pytest.mark.parametrize(
    ("service", "turn", "due_on"),
    [
        pytest.param((country(date(2023, 9, 1)),), Turn.WAITS, date(2028, 8, 30), id="waits"),
        pytest.param((country(date(2021, 9, 1)),), Turn.READY, None, id="ready"),
        pytest.param(
            (country(date(2023, 9, 1), date(2025, 9, 1)), city(date(2025, 9, 1))),
            Turn.EARLY,
            date(2027, 9, 1),
            id="in the city too early",
        ),
        pytest.param(
            (country(date(2016, 9, 1), date(2025, 9, 1)), city(date(2025, 9, 1))),
            Turn.FREE,
            None,
            id="earned a city post",
        ),
        pytest.param((country(date(2016, 9, 1), date(2025, 9, 1)),), Turn.FREE, None, id="left"),
        pytest.param((country(date(2027, 9, 1)),), Turn.FREE, None, id="has yet to come"),
    ],
)
def test_a_country_teacher(service: tuple[Stretch, ...], turn: Turn, due_on: date | None) -> None:
    found = duty(*service, recruited_for="village")
    assert (found.turn, found.due_on) == (turn, due_on)


def test_the_rules_bind_nobody_who_was_there_before_them() -> None:
    before = RULE.since - timedelta(days=1)
    assert duty(city(before), recruited_on=before).turn is Turn.FREE
    assert duty(city(RULE.since), recruited_on=RULE.since).turn is Turn.OWES


def test_five_percent_of_posts_are_flexible_and_no_part_of_one() -> None:
    assert [flexible_posts(n, RULE) for n in (0, 19, 20, 8_600)] == [0, 0, 1, 430]


def test_the_next_start_of_a_school_year() -> None:
    assert next_start(date(2026, 9, 1)) == date(2026, 9, 1)
    assert next_start(date(2026, 9, 2)) == date(2027, 9, 1)


days = st.dates(date(2016, 9, 1), date(2026, 11, 25))


@given(st.lists(days, min_size=2, max_size=6, unique=True), st.booleans())
@examples(60)
def test_who_stays_until_the_day_that_was_named_has_served(
    starts: list[date], rural_first: bool
) -> None:
    edges: list[date | None] = [*sorted(starts), None]
    service = [
        Stretch("village" if (n % 2 == 0) is rural_first else "urban", edges[n], edges[n + 1])  # type: ignore[arg-type]  # only the last is None
        for n in range(len(edges) - 1)
    ]
    for where in ("urban", "town"):
        found = duty_of(RULE.since, where, service, on=TODAY, rules=RULE)
        assert found.served_days == served_days(service, TODAY)
        if found.turn in (Turn.SERVES, Turn.WAITS):
            assert found.due_on is not None
            then = duty_of(RULE.since, where, service, on=found.due_on, rules=RULE)
            assert then.turn in (Turn.FREE, Turn.READY)
