"""Figures of the yearly return, with those that the source gives."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.kernel.levels import Level
from junheng.registry.engine.ratios import (
    RETENTION,
    Retention,
    Share,
    growth_percent,
    net_enrolment,
    per_hundred,
    per_pupil,
    rounded,
)
from tests.examples import examples


def test_1445_to_3696_is_156_percent_more() -> None:
    """3,696 / 1,445 = 2.5577…: 155.77 % more, printed as +156 %."""
    assert growth_percent(1445, 3696) == 156
    assert growth_percent(1445, 3696, 2) == Decimal("155.78")
    assert growth_percent(200, 100) == -50
    assert growth_percent(0, 5) is None


def test_retention_above_100_percent_comes_from_outside() -> None:
    """208 entered, 201 of them stayed, 32 joined: 233 / 208 = 1.12019."""
    found = Retention(entered=208, stayed=201, joined=32)
    assert found.rate.percent() == Decimal("112.02")
    assert found.own_rate.percent() == Decimal("96.63")
    assert found.gone == 7
    assert Retention(232, 220, 5).rate.percent() == Decimal("96.98")


def test_five_years_end_with_grade_5_and_three_with_grade_9() -> None:
    assert {level: rule.last_grade for level, rule in RETENTION.items()} == {
        Level.PRIMARY: 5,
        Level.LOWER_SECONDARY: 9,
    }


def test_net_enrolment_is_shown_as_it_is() -> None:
    assert net_enrolment(998, 1_000).percent(1) == Decimal("99.8")
    assert net_enrolment(11, 10).value == pytest.approx(1.1)


def test_over_nothing_there_is_no_figure() -> None:
    assert (Share(3, 0).value, Share(3, 0).percent()) == (None, None)
    assert (per_pupil(3, 0), per_pupil(None, 3), per_hundred(3, 0)) == (None, None, None)
    assert per_pupil(692.0, 100) == pytest.approx(6.92)
    assert per_hundred(3, 60) == pytest.approx(5)


@pytest.mark.parametrize(
    ("exact", "shown"), [(Fraction(5, 1000), "0.01"), (Fraction(-5, 1000), "-0.01")]
)
def test_half_goes_away_from_nothing(exact: Fraction, shown: str) -> None:
    assert rounded(exact, 2) == Decimal(shown)


@given(st.fractions(-1_000, 1_000), st.integers(0, 6))
@examples(60)
def test_rounding_is_off_by_half_a_step_at_most(exact: Fraction, places: int) -> None:
    assert abs(Fraction(rounded(exact, places)) - exact) <= Fraction(1, 2 * 10**places)
