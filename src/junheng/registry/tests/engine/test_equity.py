"""Seven indicators of resources: figures worked by hand, an oracle, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.kernel.levels import Level
from junheng.registry.engine.equity import (
    SchoolResources,
    coefficient_of_variation,
    counts,
    judge,
    spreads,
)
from junheng.registry.engine.standards import LATEST, STANDARDS, Indicator
from tests.examples import examples

PRIMARY = STANDARDS[LATEST][Level.PRIMARY]
PUPILS, BOOKS = [45, 37, 89, 76, 55], [279, 137, 935, 160, 402]
"""The published example of five schools; printed there as 0.52."""
NEEDED = (42, 10, 9, 4_500.0, 7_500.0, 2_000_000.0, 23)
"""Exactly what 1,000 primary pupils need, in the order of the indicators."""


def school(pupils: int = 1_000, kind: str = "primary", **amounts: float | None) -> SchoolResources:
    known = dict(zip(Indicator, NEEDED, strict=True))
    return SchoolResources("s", kind, pupils, known | {Indicator(k): v for k, v in amounts.items()})


def test_the_published_five_schools_have_0_515() -> None:
    found = coefficient_of_variation(PUPILS, BOOKS)
    assert found is not None
    assert f"{found:.3f}" == "0.515"
    ratios = np.array(BOOKS) / PUPILS
    unweighted = [ratios.std(ddof=0) / ratios.mean(), ratios.std(ddof=1) / ratios.mean()]
    assert unweighted == pytest.approx([0.489, 0.547], abs=0.001)


@given(st.lists(st.tuples(st.integers(1, 3_000), st.floats(0.01, 1e6)), min_size=1, max_size=30))
@examples(60)
def test_the_coefficient_is_that_of_all_pupils_one_by_one(rows: list[tuple[int, float]]) -> None:
    """Oracle: numpy over every single pupil, each with the share of their school."""
    pupils, amounts = [p for p, _ in rows], [a for _, a in rows]
    each = np.repeat(np.array(amounts) / pupils, pupils)
    found = coefficient_of_variation(pupils, amounts)
    assert found == pytest.approx(each.std() / each.mean(), abs=1e-9)


@given(st.lists(st.tuples(st.integers(1, 3_000), st.integers(1, 9_000)), min_size=1, max_size=9))
@examples(40)
def test_neither_order_nor_unit_nor_empty_schools_change_it(rows: list[tuple[int, int]]) -> None:
    pupils, amounts = [p for p, _ in rows], [float(a) for _, a in rows]
    found = coefficient_of_variation(pupils, amounts)
    turned = coefficient_of_variation([0, *pupils[::-1]], [7.0, *(a * 100 for a in amounts[::-1])])
    assert turned == pytest.approx(found, abs=1e-9)


def test_equal_shares_have_none_and_nothing_has_no_coefficient() -> None:
    assert coefficient_of_variation([10, 20], [5, 10]) == 0
    assert coefficient_of_variation([], []) is None
    assert coefficient_of_variation([10], [0]) is None
    with pytest.raises(ValueError, match="zip"):
        coefficient_of_variation([1], [])


def test_exactly_the_threshold_is_reached() -> None:
    verdict = judge(school(), PRIMARY)
    assert (verdict.met, verdict.gaps, verdict.passes) == (7, (), True)


def test_what_is_missing_is_told_in_whole_teachers_and_in_square_metres() -> None:
    verdict = judge(school(qualified_teachers=39, teaching_area=4_000.0), PRIMARY)
    assert [(g.indicator, g.short) for g in verdict.gaps] == [
        (Indicator.QUALIFIED_TEACHERS, 3),
        (Indicator.TEACHING_AREA, pytest.approx(500)),
    ]
    assert (verdict.met, verdict.passes) == (5, False)
    assert verdict.gaps[0].ratio == pytest.approx(3.9)


@pytest.mark.parametrize(
    ("amounts", "passes"),
    [
        pytest.param({"multimedia_rooms": 0}, True, id="six of seven are enough"),
        pytest.param({"multimedia_rooms": None}, True, id="what is untold does not matter"),
        pytest.param({"multimedia_rooms": 0, "sports_area": None}, None, id="untold decides"),
        pytest.param({"multimedia_rooms": 0, "sports_area": 1.0}, False, id="two are missed"),
    ],
)
def test_a_gap_is_neither_reached_nor_missed(
    amounts: dict[str, float | None], passes: bool | None
) -> None:
    assert judge(school(1_000, "primary", **amounts), PRIMARY).passes is passes


@given(st.integers(1, 4_000), st.integers(0, 300))
@examples(60)
def test_with_what_is_missing_the_threshold_is_reached(pupils: int, teachers: int) -> None:
    gap = judge(school(pupils, qualified_teachers=teachers), PRIMARY).gaps
    short = next((g.short for g in gap if g.indicator is Indicator.QUALIFIED_TEACHERS), 0)
    assert short is not None
    after = judge(school(pupils, qualified_teachers=teachers + short), PRIMARY)
    assert Indicator.QUALIFIED_TEACHERS not in {g.indicator for g in after.gaps}
    if short:
        before = judge(school(pupils, qualified_teachers=teachers + short - 1), PRIMARY)
        assert Indicator.QUALIFIED_TEACHERS in {g.indicator for g in before.gaps}


@pytest.mark.parametrize(
    ("kind", "pupils", "does"),
    [
        ("primary", 30, True),
        ("primary", 0, False),
        ("teaching_point", 49, False),
        ("teaching_point", 50, True),
        ("special", 400, False),
        ("vocational", 400, False),
    ],
)
def test_who_counts(kind: str, pupils: int, does: bool) -> None:
    assert counts(school(pupils, kind), PRIMARY) is does


def test_a_spread_leaves_out_who_does_not_count_and_says_who_has_not_told() -> None:
    schools = [
        school(1_000, multimedia_rooms=20),
        school(1_000, multimedia_rooms=10),
        school(1_000, multimedia_rooms=None),
        school(40, "teaching_point", multimedia_rooms=40),
    ]
    found = {spread.indicator: spread for spread in spreads(schools, PRIMARY)}
    rooms = found[Indicator.MULTIMEDIA_ROOMS]
    assert (rooms.schools, rooms.untold) == (2, 1)
    assert rooms.mean == pytest.approx(1.5)
    assert rooms.cv == pytest.approx(1 / 3)
    assert (rooms.most, rooms.within) == (0.50, True)
    assert found[Indicator.SPORTS_AREA].cv == 0


def test_a_county_without_schools_has_no_figures() -> None:
    assert {(s.mean, s.cv, s.within) for s in spreads([], PRIMARY)} == {(None, None, None)}
    assert school(0).ratio(Indicator.SPORTS_AREA) is None
    assert not judge(school(multimedia_rooms=None), PRIMARY).gaps[0].told
