"""Whole lists and units: own choices first, groups as one."""

from __future__ import annotations

import pytest
from hypothesis import given

from junheng.admissions.engine.errors import GroupsDiffer
from junheng.admissions.engine.lists import whole_lists
from junheng.admissions.engine.reference import units_by_id, whole_list
from junheng.admissions.engine.types import Round
from junheng.admissions.engine.units import lists_of, require_alike, units_of
from junheng.admissions.tests.engine.builders import Child, a_round, child
from junheng.admissions.tests.engine.strategies import rounds
from tests.examples import examples

SEATS = dict.fromkeys("ABCD", 1)


def _lists(the_round: Round) -> list[str]:
    lists = whole_lists(
        the_round.applicants, the_round.zones, choices_only=the_round.rules.choices_only
    )
    names = "".join(the_round.schools.ids)
    return [
        "".join(names[s] for s in lists.school[lists.start[i] : lists.start[i + 1]])
        for i in range(len(lists.own))
    ]


def test_own_choices_come_first_and_no_school_twice() -> None:
    children = [child("a", "CA", zone="z"), child("b", zone="z"), child("c", "D"), child("d")]
    assert _lists(a_round(SEATS, *children, zones={"z": "BAD"})) == ["CABD", "BAD", "D", ""]


def test_choices_only_leaves_the_zone_out_even_for_who_chose_nothing() -> None:
    children = [child("a", "CA", zone="z"), child("b", zone="z")]
    the_round = a_round(SEATS, *children, zones={"z": "BAD"}, choices_only=True)
    assert _lists(the_round) == ["CA", ""]


@given(rounds())
@examples(60)
def test_lists_are_those_of_the_reference(the_round: Round) -> None:
    names = "".join(the_round.schools.ids)
    everybody = range(len(the_round.applicants.ids))
    assert _lists(the_round) == [
        "".join(names[s] for s in whole_list(the_round, i)) for i in everybody
    ]


@given(rounds())
@examples(60)
def test_units_are_those_of_the_reference(the_round: Round) -> None:
    units, expected = units_of(the_round.applicants), units_by_id(the_round)
    assert units.lead.tolist() == [unit.members[0] for unit in expected]
    assert units.size.tolist() == [unit.size for unit in expected]
    for index, unit in enumerate(expected):
        assert {int(units.of[member]) for member in unit.members} == {index}
    lists = lists_of(units, whole_lists(
        the_round.applicants, the_round.zones, choices_only=the_round.rules.choices_only
    ))  # fmt: skip
    for index, unit in enumerate(expected):
        listed = lists.school[lists.start[index] : lists.start[index + 1]]
        assert tuple(listed.tolist()) == unit.list


def test_a_group_of_one_is_a_single_child() -> None:
    units = units_of(a_round(SEATS, child("a", group="g"), child("b")).applicants)
    assert units.size.tolist() == [1, 1]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(child("b", "AB", zone="z", group="g", tier=2), id="tier"),
        pytest.param(child("b", "AB", zone="y", group="g"), id="zone"),
        pytest.param(child("b", "AB", zone="z", group="g", sibling="A"), id="sibling school"),
        pytest.param(child("b", "BA", zone="z", group="g"), id="choices"),
        pytest.param(child("b", "A", zone="z", group="g"), id="number of choices"),
    ],
)
def test_a_group_must_be_alike(other: Child) -> None:
    first, alike = child("a", "AB", zone="z", group="g"), child("c", "AB", zone="z", group="g")
    the_round = a_round(SEATS, first, other, alike, zones={"z": "C", "y": "D"})
    with pytest.raises(GroupsDiffer) as refusal:
        require_alike(the_round, units_of(the_round.applicants))
    assert refusal.value.children == (1,)
