"""Whole metres, the same everywhere."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.admissions.engine import distance
from junheng.admissions.engine.distance import EARTH_RADIUS_M, distances_m, great_circle_m
from junheng.admissions.engine.types import NONE
from junheng.admissions.tests.engine.builders import a_round, child
from tests.examples import examples

degrees_east = st.integers(73_000_000, 135_000_000).map(lambda micro: micro / 1e6)
degrees_north = st.integers(18_000_000, 54_000_000).map(lambda micro: micro / 1e6)


def _metres(*degrees: float) -> int:
    return int(great_circle_m(*(np.array([value]) for value in degrees))[0])


@pytest.mark.parametrize(
    ("degrees", "metres"),
    [
        pytest.param((116.0, 36.5, 116.0, 36.5), 0, id="at home"),
        pytest.param((0.0, 0.0, 90.0, 0.0), 10_007_557, id="a quarter of the equator: πR/2"),
        pytest.param((0.0, 0.0, 0.0, 1.0), 111_195, id="a degree of a meridian: πR/180"),
        pytest.param((0.0, 0.0, 180.0, 0.0), 20_015_114, id="the other side: πR"),
        pytest.param((0.0, 60.0, 0.01, 60.0), 556, id="halved at 60 north"),
    ],
)
def test_distances_worked_by_hand(degrees: tuple[float, ...], metres: int) -> None:
    assert _metres(*degrees) == metres


@given(degrees_east, degrees_north, degrees_east, degrees_north)
@examples(60)
def test_it_is_the_formula_of_the_page(
    lon_1: float, lat_1: float, lon_2: float, lat_2: float
) -> None:
    f1, f2, l1, l2 = (math.radians(value) for value in (lat_1, lat_2, lon_1, lon_2))
    h = math.sin((f2 - f1) / 2) ** 2 + math.cos(f1) * math.cos(f2) * math.sin((l2 - l1) / 2) ** 2
    plain = 2 * EARTH_RADIUS_M * math.asin(min(1, math.sqrt(h)))
    if abs(plain % 1 - 0.5) > 1e-6:
        assert _metres(lon_1, lat_1, lon_2, lat_2) == math.floor(plain + 0.5)


def test_what_is_too_close_to_a_half_is_decided_with_forty_digits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a wide margin of doubt every pair goes the long way, and nothing changes."""
    chance = np.random.default_rng(1)
    places = np.round([chance.uniform(116, 117, 200), chance.uniform(36, 37, 200)] * 2, 6)
    places[2:] = np.round(places[2:] + chance.uniform(-0.02, 0.02, (2, 200)), 6)
    quick = great_circle_m(*places)
    monkeypatch.setattr(distance, "_CLOSE_M", 1.0)
    assert great_circle_m(*places).tolist() == quick.tolist()


def test_half_a_metre_goes_up() -> None:
    """On the equator an angle of (k + ½) / R radians is k + ½ metres."""
    pair = [Decimal(0), Decimal(0), Decimal(0), Decimal(0)]
    half = Decimal("2.5") * 180 / (Decimal(str(EARTH_RADIUS_M)) * distance._PI)
    pair[2] = half + Decimal("1e-30")
    assert distance._reaches_half(pair, 2)
    pair[2] = half - Decimal("1e-30")
    assert not distance._reaches_half(pair, 2)


def test_a_place_that_is_not_known_has_no_distance() -> None:
    the_round = a_round(
        {"A": 1, "B": 1}, child("a", at=(116, 36)), child("b"), sites={"A": (116.0, 36.0)}
    )
    everything = distances_m(the_round, np.arange(2), np.arange(2))
    assert everything.tolist() == [[0, NONE], [NONE, NONE]]


def test_the_bureau_s_own_table_decides() -> None:
    the_round = a_round(
        {"A": 1, "B": 1},
        child("a", at=(116, 36)),
        sites={"A": (116.0, 36.0)},
        distances={("a", "A"): 700},
    )
    assert distances_m(the_round, np.arange(1), np.arange(2)).tolist() == [[700, NONE]]
    assert distances_m(the_round, np.arange(0), np.arange(2)).shape == (0, 2)
