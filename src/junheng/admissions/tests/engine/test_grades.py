"""Entering grades that move whole: worked by hand, and the best plan by looking at all."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.admissions.engine import moves
from junheng.admissions.engine.assign import run
from junheng.admissions.engine.errors import MovesTooMany, SitesMissing
from junheng.admissions.engine.explain import explain_all
from junheng.admissions.engine.moves import Need, best_moves, clusters
from junheng.admissions.engine.reasons import Moved, Verdict
from junheng.admissions.engine.reference import seated_by_list, units_by_id, whole_list
from junheng.admissions.engine.types import NONE, GradeReason, How, Mode, Ranking, Round
from junheng.admissions.tests.engine.builders import (
    KM,
    a_round,
    by_ring,
    child,
    lists_from,
    seats_of,
)
from junheng.admissions.tests.engine.strategies import SCHOOLS, rounds
from tests.examples import examples

GRADE: dict[str, Any] = {"mode": Mode.GRADE, "version": 2}


def town(moves: dict[str, str], **rules: Any) -> Round:
    """A (2 seats) and B (1 seat) are asked by four and two; H has 5 free seats, K has 3.

    Tickets a1 < a2 < a3 < a4 < b1 < b2. By list A seats a1 and a2, B seats b1; a3, a4 and b2 have
    no seat. On the equator: A at 0 km, B at 1 km, H at 3 km, K at 4 km.
    """
    return a_round(
        {"A": 2, "B": 1, "H": 5, "K": 3},
        *(child(name, "A", at=(0.0, 0.0)) for name in ("a1", "a2", "a3", "a4")),
        *(child(name, "B") for name in ("b1", "b2")),
        sites={"A": (0.0, 0.0), "B": (KM, 0.0), "H": (3 * KM, 0.0), "K": (4 * KM, 0.0)},
        moves=moves,
        **{**GRADE, **by_ring(["a1", "a2", "a3", "a4", "b1", "b2"]), **rules},
    )


def grades(the_round: Round) -> list[tuple[str, str, str, int, int, int]]:
    names = [*the_round.schools.ids, ""]
    return [
        (names[g.school], names[g.host], g.reason.value, g.children, g.without_seat, g.distance_m)
        for g in run(the_round).grades
    ]


def test_the_whole_grade_moves_with_those_who_had_a_seat() -> None:
    """A's grade is four children, two of them without a seat: all go to H, nobody is picked out."""
    the_round = town({"A": "H"})
    result = run(the_round)
    assert grades(the_round) == [("A", "H", "moved", 4, 2, 3_000)]
    assert seats_of(the_round, result) == {
        "a1": "H", "a2": "H", "a3": "H", "a4": "H", "b1": "B", "b2": "",
    }  # fmt: skip
    assert result.how == (*[How.MOVED] * 4, How.CHOICE, How.UNPLACED)
    assert result.list_rank.tolist() == [1, 1, 0, 0, 1, 0]
    assert result.placed_by_list.tolist() == [2, 1, 0, 0]
    assert result.diverted_in.tolist() == [0, 0, 4, 0]
    assert result.moved_out(4).tolist() == [2, 0, 0, 0]
    assert result.distance_m.tolist() == [3_000, 3_000, 3_000, 3_000, NONE, NONE]


def test_two_grades_that_need_the_same_site() -> None:
    """H has 5 seats: A's four or B's two, not both. K has 3: B's two.

    A to H (2 more children seated) and B to K (1 more) is the only plan that seats all three.
    """
    assert grades(town({"A": "H", "B": "HK"})) == [
        ("A", "H", "moved", 4, 2, 3_000),
        ("B", "K", "moved", 2, 1, 3_000),
    ]


def test_where_not_all_can_move_most_children_get_a_seat() -> None:
    """Only H may be used: A's move seats two more children, B's one."""
    the_round = town({"A": "H", "B": "H"})
    assert grades(the_round) == [
        ("A", "H", "moved", 4, 2, 3_000),
        ("B", "", "host-taken", 2, 1, NONE),
    ]
    assert seats_of(the_round, run(the_round))["b1"] == "B"


def test_of_equal_plans_the_nearer_one() -> None:
    """B's two fit at H (2 km) and at K (3 km)."""
    assert grades(town({"B": "HK"})) == [("B", "H", "moved", 2, 1, 2_000)]


@pytest.mark.parametrize(
    ("allowed", "rules", "reason"),
    [
        pytest.param({"A": "K"}, {}, "no-room", id="3 seats for 4 children: never split"),
        pytest.param({"A": "BK"}, {}, "no-room", id="a full school is no host"),
        pytest.param({"A": "H"}, {"max_distance_m": 2_999}, "too-far", id="beyond the limit"),
    ],
)
def test_a_grade_that_cannot_move_stays_and_says_why(
    allowed: dict[str, str], rules: dict[str, Any], reason: str
) -> None:
    the_round = town(allowed, **rules)
    assert grades(the_round) == [("A", "", reason, 4, 2, NONE)]
    seats = seats_of(the_round, run(the_round))
    assert (seats["a1"], seats["a3"]) == ("A", "")


def test_a_school_over_plan_is_no_host_for_another() -> None:
    """B is over plan itself, though the pair without a seat leaves one seat free there."""
    the_round = a_round(
        {"A": 0, "B": 1, "H": 9},
        child("a", "A"),
        child("b", "B", group="pair"),
        child("c", "B", group="pair"),
        sites={"A": (0.0, 0.0), "B": (0.0, 0.0), "H": (0.0, 0.0)},
        moves={"A": "B", "B": "H"},
        **GRADE,
    )
    assert seats_of(the_round, run(the_round)) == {"a": "", "b": "H", "c": "H"}


def test_a_child_without_a_seat_is_due_at_the_first_school_of_its_list_that_may_move() -> None:
    """X may not move. c asked X, then A, which is full: it belongs to A's grade."""
    the_round = a_round(
        {"A": 1, "X": 0, "H": 2},
        child("b", "A"),
        child("c", "XA"),
        sites={"A": (0.0, 0.0), "H": (0.0, 0.0)},
        moves={"A": "H"},
        **{**GRADE, **by_ring("bc")},
    )
    assert seats_of(the_round, run(the_round)) == {"b": "H", "c": "H"}


def test_without_any_move_everybody_stays() -> None:
    the_round = a_round({"A": 0}, child("a", "A"), **GRADE)
    result = run(the_round)
    assert (result.grades, result.how) == ((), (How.UNPLACED,))


def test_a_host_must_stand_somewhere() -> None:
    the_round = a_round({"A": 0, "H": 1}, child("a", "A"), moves={"A": "H"}, **GRADE)
    with pytest.raises(SitesMissing) as refusal:
        run(the_round)
    assert refusal.value.schools == (0, 1)


def test_families_are_told_whose_grade_moved_and_whose_could_not() -> None:
    the_round = town({"A": "H", "B": "H"})
    told = {e.applicant_id: e for e in explain_all(the_round, run(the_round))}
    moved = Moved(GradeReason.MOVED, "A", "H", 4, 2, 3_000)
    assert [told[name].moved for name in ("a1", "a3")] == [moved, moved]
    assert told["a1"].listed[0].verdict is Verdict.SEATED
    assert told["b1"].moved is None
    assert told["b2"].moved == Moved(GradeReason.HOST_TAKEN, "B", None, 2, 1, None)
    alone = town({"A": "H"})
    b2 = list(explain_all(alone, run(alone)))[-1]
    assert b2.moved == Moved(GradeReason.NOT_MOVABLE, None, None, 0, 0, None)


def test_a_search_without_end_is_refused_and_says_among_whom(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(moves, "MOST_STEPS", 3)
    with pytest.raises(MovesTooMany) as refusal:
        run(town({"A": "H", "B": "H"}))
    assert refusal.value.schools == (0, 1)


def test_grades_that_share_no_host_are_searched_apart() -> None:
    """0 and 2 share host 5; 3 joins 1's host 7 to theirs."""
    needs = [Need(1, 1, tuple((host, 1) for host in hosts)) for hosts in ((5,), (7,), (5, 6))]
    assert clusters(needs) == [[1], [0, 2]]
    assert clusters([*needs, Need(1, 1, ((5, 1), (7, 1)))]) == [[0, 1, 2, 3]]


@st.composite
def needs_and_room(draw: st.DrawFn) -> tuple[list[Need], list[int]]:
    hosts, grades = draw(st.integers(1, 4)), draw(st.integers(0, 5))
    chance = Random(draw(st.integers(0, 10**9)))
    needs = []
    for _ in range(grades):
        children = chance.randint(1, 6)
        allowed = sorted(chance.sample(range(hosts), chance.randint(0, min(3, hosts))))
        options = tuple((host, chance.randint(0, 3)) for host in allowed)
        needs.append(Need(children, chance.randint(1, children), options))
    return needs, [chance.randint(0, 9) for _ in range(hosts)]


def best_of_all(needs: list[Need], room: list[int]) -> list[int]:
    """Every plan there is, in the order in which equal ones are told apart."""
    found: list[tuple[tuple[int, int], list[int]]] = []
    for plan in product(*([*(host for host, _ in need.options), NONE] for need in needs)):
        used = [0] * len(room)
        seated = metres = 0
        for need, host in zip(needs, plan, strict=True):
            if host != NONE:
                used[host] += need.children
                seated += need.without_seat
                metres += dict(need.options)[host] * need.children
        if all(u <= r for u, r in zip(used, room, strict=True)):
            found.append(((-seated, metres), list(plan)))
    return min(found, key=lambda plan: plan[0])[1]


@given(needs_and_room())
@examples(300)
def test_no_plan_of_all_is_better(case: tuple[list[Need], list[int]]) -> None:
    needs, room = case
    assert best_moves(needs, room) == best_of_all(needs, room)


@st.composite
def moving_rounds(draw: st.DrawFn) -> Round:
    the_round = draw(rounds(mode=Mode.GRADE, version=2))
    chance = Random(draw(st.integers(0, 10**9)))
    by_lottery = [SCHOOLS.index(school) for school in the_round.rules.by_lottery]
    others = [
        [t for t in range(len(SCHOOLS)) if t != s and not {s, t} & {*by_lottery}]
        for s in range(len(SCHOOLS))
    ]
    lists = lists_from([sorted(chance.sample(o, chance.randint(0, len(o)))) for o in others])
    return replace(the_round, moves=Ranking(lists.start, lists.school))


@given(moving_rounds())
@examples(200)
def test_grades_move_whole_within_seats_and_all_others_stay(the_round: Round) -> None:
    result, by_list = run(the_round), seated_by_list(the_round)
    assert the_round.moves is not None
    over_plan = set()
    grade_of = list(by_list)
    for unit in units_by_id(the_round):
        if by_list[unit.members[0]] == NONE:
            listed = whole_list(the_round, unit.members[0])
            due = next((s for s in listed if the_round.moves.of(s)), NONE)
            over_plan.add(due)
            for member in unit.members:
                grade_of[member] = due
    over_plan.discard(NONE)
    assert [grade.school for grade in result.grades] == sorted(over_plan)
    host = {grade.school: grade.host for grade in result.grades}
    for one, grade in enumerate(grade_of):
        goes = host.get(grade, NONE)
        assert result.school[one] == (by_list[one] if goes == NONE else goes)
        assert (result.how[one] is How.MOVED) == (goes != NONE)
    used = np.bincount(result.school[result.school != NONE], minlength=len(SCHOOLS))
    assert (used <= the_round.schools.seats).all()
    assert not {grade.host for grade in result.grades} & over_plan
    left = result.placed_by_list + result.diverted_in - result.moved_out(len(SCHOOLS))
    assert np.array_equal(used, left)
