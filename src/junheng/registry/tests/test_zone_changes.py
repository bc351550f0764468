"""The comparison of two divisions into zones, by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.registry.engine.zone_changes import ZoneState, compare

NORTH, SOUTH, WEST = ("s1", "North"), ("s2", "South"), ("s3", "West")
MILL, BRIDGE = ("v1", "Mill"), ("v2", "Bridge")
ZONE = ZoneState("zone-1", "primary", "Riverside", (NORTH, SOUTH), (MILL,))

CODES = st.lists(st.sampled_from("abcd"), unique=True).map(
    lambda codes: tuple((code, code.upper()) for code in codes)
)
ZONES = st.builds(
    ZoneState,
    code=st.sampled_from(["z1", "z2", "z3"]),
    level=st.sampled_from(["primary", "lower_secondary"]),
    name=st.sampled_from(["East", "West"]),
    schools=CODES,
    places=CODES,
)
DIVISIONS = st.lists(ZONES, unique_by=lambda zone: (zone.code, zone.level))


def test_the_same_division_differs_in_nothing() -> None:
    assert compare([ZONE], [ZONE]) == ()


def test_a_new_zone_adds_its_schools_and_places() -> None:
    (change,) = compare([], [ZONE])
    assert (change.kinds, change.name, change.earlier_name) == (("new",), "Riverside", "")
    assert (change.schools_added, change.places_added) == (("North", "South"), ("Mill",))
    assert change.schools_taken == change.places_taken == ()


def test_a_zone_that_is_gone_takes_its_schools_and_places_along() -> None:
    (change,) = compare([ZONE], [])
    assert (change.kinds, change.name, change.earlier_name) == (("gone",), "Riverside", "")
    assert (change.schools_taken, change.places_taken) == (("North", "South"), ("Mill",))
    assert change.schools_added == change.places_added == ()


def test_a_renamed_zone_says_what_it_was_called() -> None:
    (change,) = compare([ZONE], [replace(ZONE, name="Lakeside")])
    assert (change.kinds, change.name) == (("renamed",), "Lakeside")
    assert change.earlier_name == "Riverside"


def test_schools_come_and_go() -> None:
    (change,) = compare([ZONE], [replace(ZONE, schools=(NORTH, WEST))])
    assert (change.kinds, change.earlier_name) == (("schools",), "")
    assert (change.schools_added, change.schools_taken) == (("West",), ("South",))


def test_another_order_of_the_schools_is_a_change() -> None:
    (change,) = compare([ZONE], [replace(ZONE, schools=(SOUTH, NORTH))])
    assert change.kinds == ("order",)


def test_villages_change_hands() -> None:
    (change,) = compare([ZONE], [replace(ZONE, places=(BRIDGE,))])
    assert change.kinds == ("places",)
    assert (change.places_added, change.places_taken) == (("Bridge",), ("Mill",))


def test_a_school_that_only_got_another_name_changes_no_zone() -> None:
    assert compare([ZONE], [replace(ZONE, schools=(("s1", "Northern"), SOUTH))]) == ()


def test_a_code_used_for_the_other_level_is_another_zone() -> None:
    changes = compare([ZONE], [replace(ZONE, level="lower_secondary")])
    assert [(c.level, c.kinds) for c in changes] == [
        ("lower_secondary", ("new",)),
        ("primary", ("gone",)),
    ]


def test_a_division_has_a_zone_once() -> None:
    with pytest.raises(ValueError, match="zone-1"):
        compare([ZONE, replace(ZONE, name="Again")], [])


@given(DIVISIONS, DIVISIONS)
def test_going_back_undoes_what_going_there_did(
    one: list[ZoneState], other: list[ZoneState]
) -> None:
    opposite = {"new": ("gone",), "gone": ("new",)}
    there, back = compare(one, other), compare(other, one)
    assert [opposite.get(c.kinds[0], c.kinds) for c in there] == [c.kinds for c in back]
    assert [c.schools_added for c in there] == [c.schools_taken for c in back]
    assert [c.places_taken for c in there] == [c.places_added for c in back]


@given(DIVISIONS)
def test_no_division_differs_from_itself(zones: list[ZoneState]) -> None:
    assert compare(zones, list(reversed(zones))) == ()
