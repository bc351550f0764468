"""Working days, worked out by hand and held to their laws."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.cases.engine.calendar import WorkCalendar
from tests.examples import examples

DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
CALENDARS = st.builds(
    WorkCalendar, off=st.frozensets(DAYS, max_size=40), worked=st.frozensets(DAYS, max_size=10)
)
NATIONAL_DAY = WorkCalendar(
    off=frozenset(date(2026, 10, day) for day in (1, 2, 5, 6, 7)),
    worked=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
)


def test_three_working_days_after_the_eve_of_a_long_holiday() -> None:
    """1-7 October 2026 are off, and Saturday the 10th is worked.

    Wednesday 30 September does not count. 1 to 7: off, of which Saturday the 3rd and Sunday the
    4th are off by the week. Thursday 8 = 1, Friday 9 = 2, Saturday 10 = 3.
    """
    assert NATIONAL_DAY.after(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert NATIONAL_DAY.between(date(2026, 9, 30), date(2026, 10, 10)) == 3
    assert NATIONAL_DAY.after(date(2026, 9, 30), 4) == date(2026, 10, 12)


def test_no_days_after_a_day_off_is_the_next_working_day() -> None:
    assert NATIONAL_DAY.after(date(2026, 10, 3), 0) == date(2026, 10, 8)
    assert NATIONAL_DAY.after(date(2026, 10, 8), 0) == date(2026, 10, 8)


def test_a_day_that_is_off_and_worked_is_worked() -> None:
    monday = date(2026, 10, 12)
    assert WorkCalendar(frozenset({monday}), frozenset({monday})).is_work_day(monday)


@pytest.mark.parametrize("count", [-1, 3001])
def test_a_count_out_of_range_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="cannot be counted"):
        WorkCalendar().after(date(2026, 1, 1), count)


@examples(100)
@given(CALENDARS, DAYS, st.integers(0, 60))
def test_counting_ahead_and_counting_back_agree(
    calendar: WorkCalendar, day: date, count: int
) -> None:
    after = calendar.after(day, count)
    assert calendar.is_work_day(after)
    assert calendar.between(day, after) == (count or (0 if after == day else 1))


@examples(60)
@given(CALENDARS, DAYS, st.integers(1, 30), st.integers(1, 30))
def test_two_stretches_make_one(calendar: WorkCalendar, day: date, one: int, two: int) -> None:
    assert calendar.after(calendar.after(day, one), two) == calendar.after(day, one + two)


@examples(60)
@given(CALENDARS, DAYS, st.integers(1, 30))
def test_a_holiday_more_never_brings_a_day_nearer(
    calendar: WorkCalendar, day: date, count: int
) -> None:
    more = WorkCalendar(calendar.off | {day + timedelta(days=1)}, calendar.worked)
    assert more.after(day, count) >= calendar.after(day, count)
