"""Where an address belongs, by itself: numbers, streets, names, points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from junheng.registry.engine.addresses import LARGEST, Numbers, number_of, numbers_after, plain
from junheng.registry.engine.where import (
    Answer,
    Area,
    Doubt,
    Finding,
    NamedPlace,
    NumberRange,
    by_address,
    by_name,
    by_point,
    in_street,
    similar,
)
from tests.examples import examples

ROAD, NEW_ROAD, ESTATE = "\u4e91\u9701\u8def", "\u65b0\u4e91\u9701\u8def", "\u6674\u8015\u82d1"
"""An invented road, a longer name that ends like it, an invented estate."""
PLATE, LANE, BUILDING, TOWER = "\u53f7", "\u5f04", "\u680b", "\u53f7\u697c"
TOWN, VILLAGE, EAST = "\u9ea6\u6b4c\u9547", "\u6842\u964c\u6751", "\u4e1c\u6bb5"
ODD = NumberRange("z-odd", ROAD, 1, 199, "odd")
EVEN = NumberRange("z-even", ROAD, 2, 200, "even")
HOMES = NumberRange("z-odd", ESTATE, 1, 12, counted="building")
WHOLE = NumberRange("z-all", NEW_ROAD)

RANGES = st.builds(
    NumberRange,
    zone=st.sampled_from("ab"),
    street=st.sampled_from([ROAD, ESTATE]),
    first=st.integers(1, 12),
    last=st.integers(1, 12),
    parity=st.sampled_from(["all", "odd", "even"]),
    counted=st.sampled_from(["door", "building"]),
)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        pytest.param("120", 120, id="figures"),
        pytest.param("\u4e00\u767e\u4e8c\u5341", 120, id="a hundred and twenty"),
        pytest.param("\u5341\u4e8c", 12, id="ten alone is one ten"),
        pytest.param("\u4e00\u4e8c\u3007", 120, id="sign by sign"),
        pytest.param("\u4e24\u5343\u96f6\u4e94", 2005, id="with a zero between"),
        pytest.param("0", None, id="no plate is zero"),
        pytest.param("100000", None, id="too large"),
        pytest.param("", None, id="nothing"),
        pytest.param("\u7532", None, id="a letter of the old kind"),
    ],
)
def test_numbers_in_figures_and_signs(written: str, number: int | None) -> None:
    assert number_of(written) == number


@pytest.mark.parametrize(
    ("tail", "numbers"),
    [
        pytest.param("", Numbers(), id="nothing follows"),
        pytest.param(f"12{PLATE}", Numbers(12), id="a plate"),
        pytest.param("12", Numbers(12), id="a figure alone"),
        pytest.param(f"12-3{PLATE}", Numbers(12), id="behind a plate"),
        pytest.param(f"12{LANE}5{PLATE}", Numbers(12), id="the lane lies on the street"),
        pytest.param(f"3{BUILDING}2", Numbers(None, 3), id="a building and a door in it"),
        pytest.param(f"3{TOWER}", Numbers(None, 3), id="a tower is no plate"),
        pytest.param(f"18{PLATE}3{BUILDING}4{BUILDING}", Numbers(18, 3), id="both"),
        pytest.param(f"\u5341{PLATE}", Numbers(10), id="written"),
        pytest.param(f"{EAST}12{PLATE}", Numbers(12, at_once=False), id="a longer name"),
        pytest.param(EAST, Numbers(at_once=False), id="no number at all"),
    ],
)
def test_what_follows_a_street(tail: str, numbers: Numbers) -> None:
    assert numbers_after(tail) == numbers


def test_full_width_and_blanks_are_the_same_address() -> None:
    assert plain(f"{ROAD} \uff11\uff12\u2014\uff13 {PLATE}\uff0c") == f"{ROAD}12-3{PLATE}"


def zones(answer: Answer) -> tuple[tuple[str, ...], bool]:
    return answer.zones, answer.certain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"{ROAD}7{PLATE}", (("z-odd",), True), id="odd side"),
        pytest.param(f"{TOWN}{ROAD} \uff18{PLATE}", (("z-even",), True), id="even, full width"),
        pytest.param(f"{ROAD}7{PLATE}{ESTATE}3{BUILDING}", (("z-odd",), True), id="both agree"),
        pytest.param(
            f"{ROAD}8{PLATE}{ESTATE}3{BUILDING}", (("z-even", "z-odd"), False), id="clash"
        ),
        pytest.param(f"{NEW_ROAD}7{PLATE}", (("z-all",), True), id="the longer name"),
        pytest.param(NEW_ROAD, (("z-all",), True), id="a whole street needs no number"),
        pytest.param(ROAD, (("z-odd", "z-even"), False), id="which side?"),
        pytest.param(f"{ROAD}{EAST}7{PLATE}", (("z-odd", "z-even"), False), id="another street?"),
        pytest.param(
            f"\u5927{ROAD}7{PLATE}", (("z-odd", "z-even"), False), id="end of a longer name?"
        ),
        pytest.param(f"{ROAD}777{PLATE}", ((), False), id="beyond the last number"),
        pytest.param(f"{ESTATE}7{PLATE}", (("z-odd",), False), id="a plate is no building"),
        pytest.param("elsewhere", ((), False), id="nothing known"),
    ],
)
def test_streets_and_estates(text: str, expected: tuple[tuple[str, ...], bool]) -> None:
    assert zones(by_address(text, [ODD, EVEN, HOMES, WHOLE])) == expected


def test_a_street_says_why_it_does_not_know() -> None:
    assert in_street([], Numbers(3)) == Answer()
    assert in_street([ODD, EVEN], Numbers()).doubts == (Doubt("number_missing", ROAD),)
    assert in_street([ODD], Numbers(8)).doubts == (Doubt("number_outside", f"{ROAD}8"),)
    assert in_street([ODD], Numbers(7, at_once=False)).doubts == (Doubt("unsure_street", ROAD),)


def test_a_village_is_told_from_its_namesake_by_the_township() -> None:
    here, there = NamedPlace("z1", VILLAGE, TOWN), NamedPlace("z2", VILLAGE, "Elsewhere")
    assert zones(by_name(f"{TOWN}{VILLAGE}3", [here, there])) == (("z1",), True)
    assert zones(by_name(VILLAGE, [here, there])) == (("z1", "z2"), False)
    assert zones(by_name(f"\u65b0{VILLAGE}", [here])) == (("z1",), False)
    assert by_name("", [here]) == Answer()


def test_a_point_belongs_to_the_area_around_it_and_near_a_border_to_both() -> None:
    west = Area("west", box(120.0, 30.0, 120.01, 30.01))
    east = Area("east", box(120.01, 30.0, 120.02, 30.01))
    assert zones(by_point(120.005, 30.005, [west, east])) == (("west",), True)
    both = by_point(120.0101, 30.005, [west, east])
    assert zones(both) == (("west", "east"), False)
    assert both.doubts == (Doubt("near_border", ""),)
    assert by_point(121, 30, [west, east]) == Answer()


def test_a_name_that_is_nearly_known_is_offered() -> None:
    assert similar(f"{ROAD[:2]}\u9053", [ROAD, ESTATE]) == (Doubt("similar", ROAD),)


def test_what_is_unsure_may_only_confirm() -> None:
    sure = Answer((Finding("a", "village", "A"),))
    assert zones(sure + Answer((Finding("a", "range", ODD, sure=False),))) == (("a",), True)
    assert zones(sure + Answer((Finding("b", "range", ODD, sure=False),))) == (("a", "b"), False)


@examples(150)
@given(RANGES, RANGES)
def test_ranges_meet_where_a_number_lies_in_both(one: NumberRange, other: NumberRange) -> None:
    same = (one.street, one.counted) == (other.street, other.counted)
    shared = any(one.covers(n) and other.covers(n) for n in range(1, 14))
    assert one.meets(other) == other.meets(one) == (same and shared)


@examples(100)
@given(st.lists(RANGES, max_size=4), st.integers(1, LARGEST))
def test_what_is_certain_is_in_a_range_of_that_zone(own: list[NumberRange], number: int) -> None:
    answer = by_address(f"{ROAD}{number}{PLATE}", own)
    if answer.certain:
        assert any(r.zone == answer.zones[0] and r.covers(number) for r in own)
