"""Ages: the boundaries of a day, and that a day which is not set asks nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.admissions.engine.clauses import (
    DeferredWithPaper,
    Entrant,
    OldEnough,
    clauses_of,
    unmet,
)

FROM, BY = date(2019, 9, 1), date(2020, 8, 31)


@pytest.mark.parametrize(
    ("born", "paper", "stands"),
    [
        pytest.param(date(2020, 8, 31), "", (), id="sixth birthday on the last day"),
        pytest.param(date(2020, 9, 1), "", (OldEnough,), id="one day too young"),
        pytest.param(date(2019, 9, 1), "", (), id="the oldest of the year"),
        pytest.param(date(2019, 8, 31), "", (DeferredWithPaper,), id="due a year ago, no paper"),
        pytest.param(date(2019, 8, 31), "county 12", (), id="due a year ago, with paper"),
        pytest.param(date(2019, 8, 31), "  ", (DeferredWithPaper,), id="a blank is no paper"),
    ],
)
def test_the_days_at_the_edges(born: date, paper: str, stands: tuple[type, ...]) -> None:
    found = unmet(Entrant(born, paper), clauses_of(FROM, BY))
    assert tuple(map(type, found)) == stands


@given(st.dates(date(2010, 1, 1), date(2026, 1, 1)))
def test_a_round_without_days_asks_nothing(born: date) -> None:
    assert unmet(Entrant(born), clauses_of(None, None)) == ()


@given(st.dates(date(2010, 1, 1), date(2026, 1, 1)), st.text(max_size=5))
def test_nobody_is_too_young_and_too_old_at_once(born: date, paper: str) -> None:
    assert len(unmet(Entrant(born, paper), clauses_of(FROM, BY))) <= 1


@given(st.integers(0, 365))
def test_whoever_is_born_within_the_year_enters(days: int) -> None:
    born = FROM + timedelta(days=days)
    assert (born <= BY) == (unmet(Entrant(born), clauses_of(FROM, BY)) == ())
