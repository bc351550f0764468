"""The calendar: order, what is on, and the grace after an end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.admissions.engine.calendar import (
    ORDER,
    Span,
    Standing,
    out_of_order,
    standing,
    today,
)

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUR, GRACE = timedelta(hours=1), timedelta(minutes=30)
NAMES = [
    *("applications", "contributions", "freeze", "event"),
    *("publication", "objections", "check_in", "closing"),
]


def span(what: str, begins: int, ends: int) -> Span:
    return Span(what, NOON + begins * HOUR, NOON + ends * HOUR)


def test_a_calendar_in_order_breaks_nothing() -> None:
    rows = [(0, 5), (1, 6), (6, 6), (7, 7), (8, 8), (9, 20), (15, 18), (21, 21)]
    spans = [span(name, *row) for name, row in zip(NAMES, rows, strict=True)]
    assert out_of_order(spans) == []


@pytest.mark.parametrize("pair", ORDER)
def test_each_pair_out_of_order_is_named(pair: tuple[str, str]) -> None:
    first, second = pair
    assert out_of_order([span(first, 2, 2), span(second, 1, 1)]) == [pair]
    assert out_of_order([span(first, 1, 1), span(second, 1, 1)]) == []


def test_what_ends_before_it_begins_is_named_with_itself() -> None:
    assert out_of_order([span("check_in", 2, 1)]) == [("check_in", "check_in")]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 9), st.integers(0, 9))))
def test_the_order_of_rows_is_nothing(rows: list[tuple[str, int, int]]) -> None:
    spans = list({row[0]: span(*row) for row in rows}.values())
    assert sorted(out_of_order(spans)) == sorted(out_of_order(spans[::-1]))


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        pytest.param(-1, Standing.AHEAD, id="a minute before"),
        pytest.param(0, Standing.ON, id="as it begins"),
        pytest.param(60, Standing.ON, id="as it ends"),
        pytest.param(61, Standing.GRACE, id="a minute after its end"),
        pytest.param(90, Standing.GRACE, id="as the grace ends"),
        pytest.param(91, Standing.OVER, id="after the grace"),
    ],
)
def test_where_a_span_stands(minutes: int, expected: Standing) -> None:
    now = NOON + timedelta(minutes=minutes)
    assert standing(span("applications", 0, 1), now, grace=GRACE) == expected


def test_a_moment_has_no_grace() -> None:
    moment = span("freeze", 0, 0)
    assert standing(moment, NOON - HOUR, grace=GRACE) == Standing.AHEAD
    assert standing(moment, NOON, grace=GRACE) == Standing.OVER


def test_today_is_what_is_on_and_what_begins_or_ends_on_the_day() -> None:
    spans = [
        span("applications", -100, 1),
        span("contributions", -100, -1),
        span("freeze", 3, 3),
        span("event", 40, 40),
    ]
    found = [one.what for one in today(spans, NOON, grace=GRACE)]
    assert found == ["applications", "contributions", "freeze"]


def test_the_day_is_that_of_the_place() -> None:
    late = [Span("freeze", NOON + 5 * HOUR, NOON + 5 * HOUR)]
    east = NOON.astimezone(timezone(timedelta(hours=8)))
    assert today(late, NOON, grace=GRACE) == late
    assert today(late, east, grace=GRACE) == []
