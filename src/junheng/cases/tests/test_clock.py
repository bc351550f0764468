"""The clock of a case: golden days with their working, and laws."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.cases.engine.calendar import WorkCalendar
from junheng.cases.engine.clock import Clock, Pause, Standing, due_on, levels_due, read
from junheng.cases.tests.test_calendar import CALENDARS, DAYS
from tests.examples import examples

WEEKS = WorkCalendar()
MONDAY = date(2026, 11, 2)


def day(number: int) -> date:
    return date(2026, 11, number)


@pytest.mark.parametrize(
    ("on", "used", "standing"),
    [
        (2, 0, Standing.FINE),  # Monday: the day it is opened does not count
        (3, 1, Standing.FINE),  # two of three left
        (4, 2, Standing.SOON),  # one left: the day before
        (5, 3, Standing.SOON),  # the last day in time
        (6, 4, Standing.OVERDUE),
        (8, 4, Standing.OVERDUE),  # Saturday and Sunday add nothing
        (9, 5, Standing.OVERDUE),
    ],
)
def test_three_days_from_a_monday(on: int, used: int, standing: Standing) -> None:
    assert read(MONDAY, 3, [], on=day(on), calendar=WEEKS) == Clock(3, used, day(5), standing)


def test_paused_days_do_not_count() -> None:
    """Opened on Monday 2 with 3 days, paused on Tuesday 3, resumed on Friday 6.

    Tuesday = 1; Wednesday, Thursday and Friday stand still; Monday 9 = 2; Tuesday 10 = 3.
    """
    pauses = [Pause(day(3), day(6))]
    clock = read(MONDAY, 3, pauses, on=day(9), calendar=WEEKS)
    assert clock == Clock(3, 2, day(10), Standing.SOON)
    assert due_on(MONDAY, 3, pauses, WEEKS) == day(10)


def test_a_pause_that_lasts_keeps_the_clock_where_it_is() -> None:
    for on in (3, 12, 20):
        clock = read(MONDAY, 3, [Pause(day(3))], on=day(on), calendar=WEEKS)
        assert (clock.used, clock.standing) == (1, Standing.PAUSED)


def test_a_stopped_clock_remembers_how_late_it_was() -> None:
    clock = read(MONDAY, 3, [], on=day(30), calendar=WEEKS, stopped=day(9))
    assert (clock.standing, clock.overdue, clock.left) == (Standing.STOPPED, 2, -2)
    assert read(MONDAY, 3, [], on=day(30), calendar=WEEKS, stopped=day(4)).overdue == 0


@pytest.mark.parametrize(
    ("overdue", "levels"), [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (5, 2), (9, 2)]
)
def test_a_case_goes_up_when_overdue_and_every_two_days(overdue: int, levels: int) -> None:
    assert levels_due(overdue, 2) == levels


def test_nobody_above_means_no_level() -> None:
    assert levels_due(5, 0) == 0


@examples(100)
@given(CALENDARS, DAYS, st.integers(1, 20), st.integers(0, 15), st.integers(0, 15))
def test_a_case_is_in_time_exactly_until_the_day_it_is_due(
    calendar: WorkCalendar, begun: date, days: int, before: int, paused: int
) -> None:
    start = begun + timedelta(days=before)
    pauses = [Pause(start, start + timedelta(days=paused))]
    last = due_on(begun, days, pauses, calendar)
    if last < start + timedelta(days=paused):
        pauses, last = [], due_on(begun, days, [], calendar)  # paused after it was due
    assert read(begun, days, pauses, on=last, calendar=calendar).left == 0
    late = read(begun, days, pauses, on=calendar.after(last, 1), calendar=calendar)
    assert (late.standing, late.overdue) == (Standing.OVERDUE, 1)


@examples(60)
@given(CALENDARS, DAYS, st.integers(1, 20), st.integers(0, 30))
def test_time_only_goes_on(calendar: WorkCalendar, begun: date, days: int, later: int) -> None:
    first = read(begun, days, [], on=begun, calendar=calendar)
    then = read(begun, days, [], on=begun + timedelta(days=later), calendar=calendar)
    assert first.used == 0
    assert then.used >= first.used
    assert then.left == days - then.used
