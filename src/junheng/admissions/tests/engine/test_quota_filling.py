"""Quota seats filled: a county worked by hand, and what must always hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.admissions.engine.quota_filling import (
    Candidate,
    Fate,
    Filling,
    FillingRules,
    Quota,
    Unfilled,
    Why,
    fill,
)
from junheng.admissions.verify.quota import Held, PupilRow, SeatRules, check_filling
from tests.examples import examples

RULES = FillingRules(years=3, lines={"A": 60000, "B": 50000}, unfilled=Unfilled.OPEN)
TO_OTHERS = FillingRules(years=3, lines=RULES.lines, unfilled=Unfilled.OTHERS)
QUOTA: Quota = {("A", "x"): 1, ("A", "y"): 2, ("B", "x"): 1, ("B", "y"): 0}


def pupil(
    number: str, school: str, score: int | None, *choices: str, tie: int = 0, years: int = 3
) -> Candidate:
    return Candidate(number, school, score, tie, years, choices)


COUNTY = [
    pupil("1", "x", 65000, "A", "B"),
    pupil("2", "x", 64000, "A", "B"),
    pupil("3", "x", 63000, "A", "B"),
    pupil("4", "y", 59900, "A", "B"),
    pupil("5", "y", 61000, "A"),
    pupil("6", "x", None, "A"),
    pupil("7", "x", 70000, "A", years=2),
]


def told(filling: Filling) -> dict[str, tuple[Fate, str]]:
    return {one.number: (one.fate, one.senior) for one in filling.pupils}


def checked(
    quota: Quota, pupils: list[Candidate], rules: FillingRules, filling: Filling
) -> tuple[Held, ...]:
    fates = {one.number: one for one in filling.pupils}
    rows = [
        PupilRow(
            row.number,
            row.school,
            row.score,
            row.tie,
            row.years,
            row.choices,
            fates[row.number].fate.value,
            fates[row.number].senior,
        )
        for row in pupils
    ]
    read = SeatRules(rules.years, rules.lines, rules.unfilled is Unfilled.OTHERS)
    return check_filling(quota, [row.number for row in pupils], rows, read, filling.returned)


def test_seats_go_by_score_within_each_school_and_what_is_left_returns() -> None:
    filling = fill(QUOTA, COUNTY, RULES)
    assert told(filling) == {
        "1": (Fate.OWN, "A"),  # the best of x takes its only seat at A
        "2": (Fate.OWN, "B"),  # A is full for x, B has one
        "3": (Fate.NONE, ""),  # both are full for x
        "4": (Fate.NONE, ""),  # below the line of A; y has no seat at B
        "5": (Fate.OWN, "A"),
        "6": (Fate.UNDECIDED, ""),  # no score is no zero
        "7": (Fate.NOT_ENTITLED, ""),  # two years at the school
    }
    why = {one.number: one.reasons for one in filling.pupils}
    assert why["1"] == (Why.SEATED, Why.NOT_REACHED)
    assert why["3"] == (Why.FULL, Why.FULL)
    assert why["4"] == (Why.BELOW_LINE, Why.NO_QUOTA)
    assert why["6"] == ()
    assert filling.returned == {"A": 1, "B": 0}
    assert filling.passed_on == {"A": 0, "B": 0}


def test_seats_that_a_school_cannot_fill_go_to_others_where_the_rule_says_so() -> None:
    filling = fill(QUOTA, COUNTY, TO_OTHERS)
    assert told(filling)["3"] == (Fate.OTHERS, "A")  # the seat that y left
    assert told(filling)["4"] == (Fate.NONE, "")
    assert filling.passed_on == {"A": 1, "B": 0}
    assert filling.returned == {"A": 0, "B": 0}


def test_what_comes_before_a_seat_of_another_school_keeps_its_reason() -> None:
    quota: Quota = {("A", "x"): 1, ("B", "y"): 1}
    pupils = [pupil("1", "x", 65000, "A"), pupil("2", "x", 64000, "A", "B", "C")]
    filling = fill(quota, pupils, TO_OTHERS)
    assert filling.pupils[1].senior == "B"
    assert filling.pupils[1].reasons == (Why.FULL, Why.SEATED, Why.NOT_REACHED)


def test_equal_scores_go_by_the_tie_score_and_then_by_the_examination_number() -> None:
    pair = [pupil("1", "x", 65000, "A", tie=1), pupil("2", "x", 65000, "A", tie=2)]
    assert told(fill(QUOTA, pair, RULES))["2"] == (Fate.OWN, "A")
    even = [pupil("2", "x", 65000, "A"), pupil("1", "x", 65000, "A")]
    assert told(fill(QUOTA, even, RULES))["1"] == (Fate.OWN, "A")


@pytest.mark.parametrize(
    ("quota", "pupils"),
    [
        pytest.param(QUOTA, [COUNTY[0], COUNTY[0]], id="a number twice"),
        pytest.param({("A", "x"): -1}, [], id="fewer seats than none"),
    ],
)
def test_what_cannot_be_is_refused(quota: Quota, pupils: list[Candidate]) -> None:
    with pytest.raises(ValueError, match=r"comes twice|counted from 0"):
        fill(quota, pupils, RULES)


@st.composite
def counties(draw: st.DrawFn) -> tuple[Quota, list[Candidate], FillingRules]:
    seniors, juniors = ("A", "B", "C"), ("x", "y", "z")
    quota = {(senior, school): draw(st.integers(0, 3)) for senior in seniors for school in juniors}
    pupils = [
        Candidate(
            number=f"{place:03}",
            school=draw(st.sampled_from(juniors)),
            score=draw(st.none() | st.integers(0, 6)),
            tie=draw(st.integers(0, 2)),
            years=draw(st.integers(2, 3)),
            choices=tuple(draw(st.permutations(seniors))[: draw(st.integers(0, 3))]),
        )
        for place in range(draw(st.integers(0, 20)))
    ]
    lines = draw(st.dictionaries(st.sampled_from(seniors), st.integers(0, 5)))
    rules = FillingRules(draw(st.integers(0, 3)), lines, draw(st.sampled_from(list(Unfilled))))
    return quota, pupils, rules


@examples(150)
@given(county=counties(), data=st.data())
def test_the_independent_check_agrees_and_the_order_of_rows_is_nothing(
    county: tuple[Quota, list[Candidate], FillingRules], data: st.DataObject
) -> None:
    quota, pupils, rules = county
    filling = fill(quota, pupils, rules)
    assert [held for held in checked(quota, pupils, rules, filling) if not held.holds] == []
    assert fill(quota, data.draw(st.permutations(pupils)), rules) == filling
    seated = sum(one.senior != "" for one in filling.pupils)
    assert seated + sum(filling.returned.values()) == sum(quota.values())


@examples(100)
@given(county=counties(), data=st.data())
def test_no_pupil_gains_by_hiding_what_it_wants_most_at_its_own_school(
    county: tuple[Quota, list[Candidate], FillingRules], data: st.DataObject
) -> None:
    quota, pupils, rules = county
    rules = FillingRules(rules.years, rules.lines, Unfilled.OPEN)
    liars = [row for row in pupils if row.choices]
    if not liars:
        return
    liar = data.draw(st.sampled_from(liars))
    said = tuple(data.draw(st.permutations(liar.choices)))
    false = [
        Candidate(row.number, row.school, row.score, row.tie, row.years, said)
        if row is liar
        else row
        for row in pupils
    ]
    honest = told(fill(quota, pupils, rules))[liar.number][1]
    lying = told(fill(quota, false, rules))[liar.number][1]
    worst = len(liar.choices)
    place = {senior: at for at, senior in enumerate(liar.choices)} | {"": worst}
    assert place[honest] <= place[lying]
