"""Open diversion: worked by hand, against a plain oracle, and nobody gains by a lie."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.admissions.engine.assign import run
from junheng.admissions.engine.errors import AnswersAstray, GroupsDiffer, HomesMissing
from junheng.admissions.engine.explain import explain, explain_all
from junheng.admissions.engine.reasons import Offer, Offered, OfferReason, OfferVerdict
from junheng.admissions.engine.reference import units_by_id
from junheng.admissions.engine.types import (
    NONE,
    How,
    Mode,
    Ranking,
    Result,
    Round,
    Silence,
    Unranked,
)
from junheng.admissions.tests.engine.builders import (
    KM,
    a_round,
    by_ring,
    child,
    lists_from,
    seats_of,
)
from junheng.admissions.tests.engine.strategies import rounds
from tests.examples import examples

OPEN: dict[str, Any] = {
    "mode": Mode.OPEN,
    "version": 2,
    "silence": Silence.NEAREST,
    "unranked": Unranked.DECLINE,
}


def on_a_line(answers: dict[str, str] | None, **rules: Any) -> Round:
    """a, b, c, d live at 0, 1, 2 and 3 km and have no list; tickets a < b < c < d.

    A stands at 0 km with a seat, B at 2 km with a seat, C at 5 km with two.
    """
    return a_round(
        {"A": 1, "B": 1, "C": 2},
        *(child(name, at=(km * KM, 0.0)) for km, name in enumerate("abcd")),
        sites={"A": (0.0, 0.0), "B": (2 * KM, 0.0), "C": (5 * KM, 0.0)},
        answers=answers,
        **{**OPEN, **by_ring("abcd"), **rules},
    )


def offered(the_round: Round, result: Result) -> dict[str, str]:
    """Schools offered to each child without a seat by list, in their order."""
    assert result.offers is not None
    units, offers = units_by_id(the_round), result.offers
    names = the_round.schools.ids
    return {
        the_round.applicants.ids[units[unit].members[0]]: "".join(
            names[s] for s in offers.school[offers.start[k] : offers.start[k + 1]]
        )
        for k, unit in enumerate(offers.unit.tolist())
    }


def test_the_first_run_offers_and_gives_nothing() -> None:
    """From b at 1 km, A and B are 1 km off: of equals the lower id comes first."""
    the_round = on_a_line(None)
    result = run(the_round)
    assert offered(the_round, result) == {"a": "ABC", "b": "ABC", "c": "BAC", "d": "BCA"}
    assert set(result.how) == {How.UNPLACED}
    assert result.diverted_in.tolist() == [0, 0, 0]
    assert result.price_m is None


def test_the_limit_bounds_what_is_offered() -> None:
    the_round = on_a_line(None, max_distance_m=2_000)
    assert offered(the_round, run(the_round)) == {"a": "AB", "b": "AB", "c": "BA", "d": "BC"}


def test_by_ticket_each_takes_the_best_that_is_left() -> None:
    """a takes B, its first. b wanted B, then A: A. c wants B, A: both gone, no more ranked.

    d is silent: B and A are gone, so it gets C, where two seats are.
    """
    the_round = on_a_line({"a": "BA", "b": "BA", "c": "BA"})
    result = run(the_round)
    assert seats_of(the_round, result) == {"a": "B", "b": "A", "c": "", "d": "C"}
    assert result.how == (How.OFFERED, How.OFFERED, How.UNPLACED, How.OFFERED)
    assert result.diverted_in.tolist() == [1, 1, 1]
    assert result.list_rank.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param({"silence": Silence.NEAREST}, "AB C", id="silent a comes first all the same"),
        pytest.param({"silence": Silence.LAST}, "CAB ", id="silent a comes after b and c; d ranks"),
        pytest.param({"silence": Silence.DECLINE}, " ABC", id="silence is a no"),
    ],
)
def test_what_silence_means(rules: dict[str, Any], expected: str) -> None:
    """a says nothing; b ranks A B; c ranks B; d ranks B C only in the first and third round.

    nearest: a takes A, b B, c has nothing left, d takes C.
    last: b takes A, c takes B, d ranks only B and has nothing, then a: A and B gone, C.
    decline: b takes A, c takes B, d takes C; a has nothing.
    """
    d = "B" if rules["silence"] is Silence.LAST else "BC"
    the_round = on_a_line({"b": "AB", "c": "B", "d": d}, **rules)
    seats = seats_of(the_round, run(the_round))
    assert "".join(seats[name] or " " for name in "abcd") == expected


def test_what_a_family_left_out_may_follow_what_it_ranked() -> None:
    """a ranks C. b ranks B. c ranks B, which is gone; its nearest left is A. d: C has a seat."""
    answers = {"a": "C", "b": "B", "c": "B", "d": "A"}
    the_round = on_a_line(answers, unranked=Unranked.NEAREST)
    assert seats_of(the_round, run(the_round)) == {"a": "C", "b": "B", "c": "A", "d": "C"}


def test_a_group_is_served_whole_or_not_at_all() -> None:
    """Twins b d want B, then C; only C has two seats. c comes first (ring 1 3 2: a, c, twins).

    a takes A; c (second on the ring of a, bd, c drawn in steps of two) takes C: one seat is left
    there, and the twins stay together without a seat.
    """
    twins: dict[str, Any] = {"group": "twins", "at": (2 * KM, 0.0)}
    the_round = a_round(
        {"A": 1, "B": 1, "C": 2},
        child("a", at=(0.0, 0.0)),
        child("b", **twins),
        child("c", at=(0.0, 0.0)),
        child("d", **twins),
        sites={"A": (0.0, 0.0), "B": (2 * KM, 0.0), "C": (5 * KM, 0.0)},
        answers={"a": "A", "b": "C", "c": "C", "d": "C"},
        **{**OPEN, **by_ring("abc"), "seed": "1:2"},
    )
    result = run(the_round)
    assert seats_of(the_round, result) == {"a": "A", "b": "", "c": "C", "d": ""}
    assert offered(the_round, result) == {"a": "ABC", "b": "C", "c": "ABC"}


def test_a_table_of_offers_stands_in_for_homes_and_says_what_is_near() -> None:
    the_round = a_round(
        {"A": 1, "B": 1, "C": 0},
        child("a"),
        child("b"),
        offers={"a": "CBA", "b": "A"},
        answers={},
        **{**OPEN, **by_ring("ab")},
    )
    result = run(the_round)
    assert offered(the_round, result) == {"a": "BA", "b": "A"}
    assert seats_of(the_round, result) == {"a": "B", "b": "A"}
    assert result.distance_m.tolist() == [NONE, NONE]


def test_without_a_table_homes_must_be_known() -> None:
    with pytest.raises(HomesMissing):
        run(a_round({"A": 1}, child("a"), **OPEN))


def test_who_ranks_what_was_not_offered_is_named() -> None:
    """a sits at A by list and was asked nothing; b was offered B alone."""
    the_round = a_round(
        {"A": 1, "B": 1},
        child("a", "A"),
        child("b", "A"),
        offers={"b": "B"},
        answers={"a": "B", "b": "AB"},
        **{**OPEN, **by_ring("ab")},
    )
    with pytest.raises(AnswersAstray) as refusal:
        run(the_round)
    assert refusal.value.children == (0, 1)
    assert refusal.value.schools == (1, 0)


@pytest.mark.parametrize("column", ["offers", "answers"])
def test_members_of_a_group_are_offered_and_answer_the_same(column: str) -> None:
    tables: dict[str, Any] = {"offers": {"a": "A", "b": "A"}, "answers": {"a": "A", "b": "A"}}
    tables[column]["b"] = ""
    children = [child("a", group="g"), child("b", group="g")]
    with pytest.raises(GroupsDiffer):
        run(a_round({"A": 2}, *children, **tables, **OPEN))


def test_a_family_is_told_what_it_was_offered_and_who_came_before() -> None:
    the_round = on_a_line({"a": "BA", "b": "BA", "c": "BA"})
    told = {e.applicant_id: e for e in explain_all(the_round, run(the_round))}
    assert told["b"].offered == Offered(
        reason=OfferReason.CHOSEN,
        turn=2,
        answered=True,
        offered_count=3,
        taken_count=1,
        schools=(
            Offer("B", 1_000, ranked=True, left=0, verdict=OfferVerdict.TAKEN),
            Offer("A", 1_000, ranked=True, left=1, verdict=OfferVerdict.SEATED),
        ),
    )
    assert told["c"].offered is not None
    assert told["c"].offered.reason is OfferReason.ALL_TAKEN
    assert told["d"].offered is not None
    assert [row.ranked for row in told["d"].offered.schools] == [False] * 2
    assert (told["a"].diverted, told["a"].moved) == (None, None)


@pytest.mark.parametrize(
    ("given", "rules", "reason"),
    [
        pytest.param(None, {}, OfferReason.ASKED, id="first run"),
        pytest.param({}, {"silence": Silence.DECLINE}, OfferReason.DECLINED, id="silent"),
        pytest.param({}, {"max_distance_m": 1}, OfferReason.NOTHING_OFFERED, id="none near"),
    ],
)
def test_why_a_family_has_no_seat(
    given: dict[str, str] | None, rules: dict[str, Any], reason: OfferReason
) -> None:
    the_round = on_a_line(given, **rules)
    told = explain(the_round, run(the_round), 3).offered
    assert told is not None
    assert told.reason is reason
    assert {row.verdict for row in told.schools} <= {OfferVerdict.OPEN}


# --------------------------------------------------------------------------- small rounds


@st.composite
def answered_rounds(draw: st.DrawFn) -> Round:
    """A small round in which some families have answered, some at length, some not at all."""
    silence, unranked = draw(st.sampled_from(Silence)), draw(st.sampled_from(Unranked))
    asked = draw(rounds(mode=Mode.OPEN, version=2, silence=silence, unranked=unranked))
    chance = Random(draw(st.integers(0, 10**9)))
    result = run(asked)
    assert result.offers is not None
    units = units_by_id(asked)
    answers: list[list[int]] = [[] for _ in asked.applicants.ids]
    for k, unit in enumerate(result.offers.unit.tolist()):
        among = result.offers.school[result.offers.start[k] : result.offers.start[k + 1]].tolist()
        ranked = chance.sample(among, chance.randint(0, len(among)))
        for member in units[unit].members:
            answers[member] = ranked
    return replace(asked, answers=ranking(answers))


def ranking(lists: list[list[int]]) -> Ranking:
    made = lists_from(lists)
    return Ranking(made.start, made.school)


def served_by_hand(the_round: Round, result: Result) -> list[int]:
    """The page's rule in plain Python: school of each child without a seat by list."""
    assert result.offers is not None
    assert the_round.answers is not None
    units = units_by_id(the_round)
    by_list = result.by_list().tolist()
    free = the_round.schools.seats - np.bincount(
        [s for s in by_list if s != NONE], minlength=len(the_round.schools.ids)
    )
    waiting = [unit for unit in units if by_list[unit.members[0]] == NONE]
    answer = {unit: the_round.answers.of(unit.members[0]) for unit in waiting}
    late = the_round.rules.silence is Silence.LAST
    place = {unit: k for k, unit in enumerate(result.offers.unit.tolist())}
    school = list(by_list)
    for unit in sorted(waiting, key=lambda u: (late and not answer[u], u.ticket)):
        k = place[units.index(unit)]
        near = result.offers.school[result.offers.start[k] : result.offers.start[k + 1]].tolist()
        wanted = answer[unit] or ([] if the_round.rules.silence is Silence.DECLINE else near)
        if answer[unit] and the_round.rules.unranked is Unranked.NEAREST:
            wanted = [*wanted, *(s for s in near if s not in wanted)]
        for s in wanted:
            if free[s] >= unit.size:
                free[s] -= unit.size
                for member in unit.members:
                    school[member] = s
                break
    return school


@given(answered_rounds())
@examples(150)
def test_the_turns_are_those_of_the_page(the_round: Round) -> None:
    result = run(the_round)
    assert result.school.tolist() == served_by_hand(the_round, result)


@given(answered_rounds())
@examples(100)
def test_seats_given_by_list_are_those_of_the_first_run(the_round: Round) -> None:
    first, second = run(replace(the_round, answers=None)), run(the_round)
    assert first.offers is not None
    assert second.offers is not None
    assert np.array_equal(first.by_list(), second.by_list())
    assert first.tickets == second.tickets
    for name in ("unit", "start", "school", "distance_m"):
        assert np.array_equal(getattr(first.offers, name), getattr(second.offers, name))
    assert (first.school == first.by_list()).all()


@given(answered_rounds())
@examples(100)
def test_offered_seats_are_within_seats_and_groups_stay_whole(the_round: Round) -> None:
    result = run(the_round)
    used = np.bincount(result.school[result.school != NONE], minlength=len(the_round.schools.ids))
    assert (used <= the_round.schools.seats).all()
    assert np.array_equal(used, result.placed_by_list + result.diverted_in)
    for unit in units_by_id(the_round):
        assert len({int(result.school[member]) for member in unit.members}) == 1


@given(answered_rounds(), st.integers(0, 10**6))
@examples(60)
def test_no_other_ranking_serves_a_family_better(the_round: Round, drawn: int) -> None:
    """Whatever a family truly wants, saying it is as good as anything else it could say."""
    result = run(the_round)
    assert result.offers is not None
    assert the_round.answers is not None
    if not len(result.offers.unit):
        return
    k = drawn % len(result.offers.unit)
    members = units_by_id(the_round)[int(result.offers.unit[k])].members
    offered_to = result.offers.school[result.offers.start[k] : result.offers.start[k + 1]].tolist()
    truth = Random(drawn).sample(offered_to, min(3, len(offered_to)))

    def gets(ranked: list[int]) -> int:
        assert the_round.answers is not None
        answers = [the_round.answers.of(c) for c in range(len(the_round.applicants.ids))]
        for member in members:
            answers[member] = ranked
        return int(run(replace(the_round, answers=ranking(answers))).school[members[0]])

    def worth(school: int) -> int:
        return truth.index(school) if school in truth else len(truth)

    honest = worth(gets(truth))
    lies = [list(lie) for n in range(len(truth) + 1) for lie in permutations(truth, n)]
    assert all(honest <= worth(gets(lie)) for lie in lies)
