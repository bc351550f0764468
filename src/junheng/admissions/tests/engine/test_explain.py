"""Explanations: every verdict by hand, and every promised change kept when tried."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from junheng.admissions.engine import ways
from junheng.admissions.engine.assign import run
from junheng.admissions.engine.explain import explain, explain_all
from junheng.admissions.engine.reasons import (
    Change,
    ChangeKind,
    Claim,
    DiversionReason,
    Explanation,
    FullBy,
    Listed,
    Missed,
    Nearer,
    Verdict,
)
from junheng.admissions.engine.reference import Claim as Compared
from junheng.admissions.engine.reference import claim, units_by_id
from junheng.admissions.engine.seating import seating_of
from junheng.admissions.engine.types import NONE, UNPLACED_M, How, Key, Method, Mode, Round
from junheng.admissions.tests.engine.builders import KM, a_round, by_ring, child
from junheng.admissions.tests.engine.strategies import rounds
from junheng.admissions.tests.engine.towns import town_round
from tests.examples import examples

ZONE: dict[str, Any] = {"mode": Mode.ZONE}
RING: dict[str, Any] = {"method": Method.RING, "seed": "1:1"}


def explained(the_round: Round) -> dict[str, Explanation]:
    everybody = explain_all(the_round, run(the_round))
    return {explanation.applicant_id: explanation for explanation in everybody}


def answers(explanation: Explanation) -> dict[str, Verdict]:
    return {listed.school_id: listed.verdict for listed in explanation.listed}


def changes(explanation: Explanation, school: str) -> set[tuple[ChangeKind, str]]:
    (listed,) = (one for one in explanation.listed if one.school_id == school)
    return {(change.kind, change.value) for change in listed.changes}


def test_a_seated_child_a_refused_one_and_a_school_never_asked() -> None:
    """X: a before b. b is refused at X and seated at Y, its zone's school; Z is not asked."""
    the_round = a_round(
        {"X": 1, "Y": 2, "Z": 1},
        child("a", "X"),
        child("b", "X", zone="z"),
        zones={"z": "YZ"},
        **by_ring("ab"),
    )
    told = explained(the_round)
    assert answers(told["a"]) == {"X": Verdict.SEATED}
    assert answers(told["b"]) == {
        "X": Verdict.OUTRANKED, "Y": Verdict.SEATED, "Z": Verdict.NOT_NEEDED,
    }  # fmt: skip
    assert told["b"].listed[0] == Listed(
        school_id="X",
        rank=1,
        source=How.CHOICE,
        seats=1,
        free=0,
        own=Claim(tier=1, sibling=False, ticket="2", printed="1|0|2"),
        last=Claim(tier=1, sibling=False, ticket="1", printed="1|0|1"),
        verdict=Verdict.OUTRANKED,
        changes=(Change(ChangeKind.SIBLING, "X"), Change(ChangeKind.TICKET, "1")),
    )
    assert told["b"].listed[1].source is How.ZONE
    assert told["b"].listed[1].last is None
    assert (told["b"].how, told["b"].school_id, told["b"].list_rank) == (How.ZONE, "Y", 2)
    assert (told["b"].missed, told["b"].diverted) == ((), None)


@pytest.mark.parametrize(
    ("winner", "loser", "expected"),
    [
        pytest.param(
            {"tier": 2}, {"tier": 4}, {("tier", "1")}, id="equal tier leaves the later ticket"
        ),
        pytest.param(
            {"tier": 2},
            {"tier": 4, "sibling": "X"},
            {("tier", "2")},
            id="sibling decides in tier 2",
        ),
        pytest.param(
            {"tier": 2, "sibling": "X"},
            {"tier": 2},
            {("tier", "1")},
            id="with the sibling alone the ticket would still be later",
        ),
        pytest.param(
            {"tier": 2},
            {"tier": 2},
            {("tier", "1"), ("sibling", "X"), ("ticket", "1")},
            id="equal but for the ticket",
        ),
        pytest.param(
            {"tier": 1, "sibling": "X"},
            {"tier": 1, "sibling": "X"},
            {("ticket", "1")},
            id="nothing better than tier 1 and a sibling",
        ),
        pytest.param({"tier": 1, "sibling": "X"}, {"tier": 2}, set(), id="nothing alone suffices"),
    ],
)
def test_what_would_have_changed_it(
    winner: dict[str, Any], loser: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    the_round = a_round({"X": 1}, child("a", "X", **winner), child("b", "X", **loser), **RING)
    assert changes(explained(the_round)["b"], "X") == expected


def test_where_the_ticket_is_no_key_no_ticket_would_have_helped() -> None:
    the_round = a_round({"X": 1}, child("a", "X"), child("b", "X"), priority=(Key.TIER,), **RING)
    assert changes(explained(the_round)["b"], "X") == set()


def test_a_school_without_seats_in_this_round_says_so() -> None:
    told = explained(a_round({"X": 0}, child("a", "X")))
    assert answers(told["a"]) == {"X": Verdict.NO_SEATS}
    assert told["a"].how is How.UNPLACED


def test_twins_for_whom_one_seat_was_left() -> None:
    """X has 2 seats, in order a, twins bc, d. One seat was left behind a.

    Before a the twins would have fitted; so would one child alone. d got the seat: the
    twins' own size kept them out, and both are named.
    """
    the_round = a_round(
        {"X": 2},
        child("a", "X"),
        child("b", "X", group="twins"),
        child("c", "X", group="twins"),
        child("d", "X"),
        priority=(Key.TICKET,),
        **RING,
    )
    told = explained(the_round)
    assert answers(told["b"]) == answers(told["c"]) == {"X": Verdict.OWN_GROUP}
    assert changes(told["b"], "X") == {("ticket", "1"), ("group-size", "1")}
    assert told["b"].seats_needed == 2
    assert told["b"].listed[0].own.ticket == told["c"].listed[0].own.ticket == "2"


def test_triplets_at_a_school_of_two_seats_could_only_have_been_fewer() -> None:
    children = [child(name, "X", group="three") for name in "abc"]
    the_round = a_round({"X": 2}, *children, priority=(Key.TICKET,), **RING)
    assert changes(explained(the_round)["a"], "X") == {("group-size", "2")}


def test_kept_out_by_a_move_that_the_ticket_decided() -> None:
    """In order of tickets: al, am, bk, cv, twins dd, ew; X has 2 seats, Y and Z one.

    Round 1: am (sibling) gets Z, al is refused; bk gets Y; at X the twins (tier 2) take both
    seats, cv (tier 4) and ew (tier 3) are refused for good. Round 2: al asks Y and comes
    before bk. Round 3: bk (tier 1) asks X and takes a seat; the twins no longer fit, and a
    seat stays free. At the end cv and ew would rather be there: the smaller ticket, cv, moves.
    But ew's tier is better: the twins' size kept it out.
    """
    the_round = a_round(
        {"X": 2, "Y": 1, "Z": 1},
        child("al", "ZY"),
        child("am", "Z", sibling="Z"),
        child("bk", "YX"),
        child("cv", "X", tier=4),
        child("dd-1", "X", tier=2, group="twins"),
        child("dd-2", "X", tier=2, group="twins"),
        child("ew", "X", tier=3),
        **RING,
    )
    told = explained(the_round)
    assert told["cv"].school_id == "X"
    assert answers(told["ew"]) == {"X": Verdict.KEPT_OUT}
    assert told["ew"].listed[0].changes == ()
    assert answers(told["dd-1"]) == {"X": Verdict.OWN_GROUP}
    assert run(the_round).kept_out == ((4, 0), (5, 0), (6, 0))


def test_a_diverted_child_learns_why_not_nearer_and_what_its_list_left_out() -> None:
    """On a line: D at -10 km with two seats, d at 0, N at 1, F at 2, e at 2.5 km.

    N's seat went by list to z, who has the last ticket. d → D and e → F come to 10 + 0.5 km,
    d → F and e → D to 2 + 12.5 km: d goes to D. A seat more at N would save 9 km, at F 8 km.
    d listed neither: at N its ticket comes before that of z, and F had a seat.
    """
    the_round = a_round(
        {"D": 2, "F": 1, "N": 1},
        child("d", at=(0.0, 0.0)),
        child("e", at=(2.5 * KM, 0.0)),
        child("z", "N"),
        sites={"D": (-10 * KM, 0.0), "F": (2 * KM, 0.0), "N": (1 * KM, 0.0)},
        **ZONE,
        **RING,
    )
    told = explained(the_round)["d"]
    assert (told.how, told.school_id, told.distance_m) == (How.DIVERTED, "D", 10_000)
    assert told.diverted is not None
    assert told.diverted.reason is DiversionReason.LEAST_TOTAL
    assert (told.diverted.distance_m, told.diverted.price_m) == (10_000, 0)
    assert told.diverted.nearer == (
        Nearer("N", 1_000, 9_000, FullBy.LIST),
        Nearer("F", 2_000, 8_000, FullBy.DIVERSION),
    )
    assert told.diverted.nearer_count == 2
    last = Claim(tier=1, sibling=False, ticket="3", printed="1|0|3")
    assert told.missed == (Missed("N", 1_000, 0, last), Missed("F", 2_000, 1, None))


def test_at_most_five_nearer_schools_are_shown_and_all_are_counted() -> None:
    full = {f"F{n}": 0 for n in range(7)}
    the_round = a_round(
        {**full, "Z": 1},
        child("a", at=(0.0, 0.0)),
        sites={**{name: (n * KM, 0.0) for n, name in enumerate(full)}, "Z": (9 * KM, 0.0)},
        **ZONE,
    )
    told = explained(the_round)["a"].diverted
    assert told is not None
    assert [near.school_id for near in told.nearer] == ["F0", "F1", "F2", "F3", "F4"]
    assert told.nearer_count == 7


def test_twins_learn_which_nearer_schools_had_too_few_seats() -> None:
    """A has 1 seat, B 2 that earlier twins take, C 2."""
    homes: dict[str, Any] = {"at": (0.0, 0.0)}
    the_round = a_round(
        {"A": 1, "B": 2, "C": 2, "D": 0},
        *(child(name, group="first", **homes) for name in "ab"),
        *(child(name, group="second", **homes) for name in "cd"),
        sites={"A": (KM, 0.0), "B": (2 * KM, 0.0), "C": (3 * KM, 0.0), "D": (0.0, 0.0)},
        **ZONE,
        **RING,
    )
    told = explained(the_round)["c"]
    assert told.diverted is not None
    assert told.diverted.reason is DiversionReason.NEAREST_WITH_ROOM
    assert [(near.school_id, near.full_by) for near in told.diverted.nearer] == [
        ("D", FullBy.LIST), ("A", FullBy.GROUP_SIZE), ("B", FullBy.DIVERSION),
    ]  # fmt: skip
    assert [missed.school_id for missed in told.missed] == ["B"]


@pytest.mark.parametrize(
    ("seats", "group", "limit", "reason"),
    [
        pytest.param(0, False, None, DiversionReason.NO_FREE_SEATS, id="no seat anywhere"),
        pytest.param(1, False, 500, DiversionReason.TOO_FAR, id="a seat beyond the limit"),
        pytest.param(1, True, None, DiversionReason.NO_ROOM_TOGETHER, id="a seat for one of two"),
    ],
)
def test_why_a_child_has_no_seat(
    seats: int, group: bool, limit: int | None, reason: DiversionReason
) -> None:
    the_round = a_round(
        {"A": seats},
        *(child(name, group="g" if group else "", at=(0.0, 0.0)) for name in "ab"[: 1 + group]),
        sites={"A": (KM, 0.0)},
        max_distance_m=limit,
        **ZONE,
    )
    told = explained(the_round)["a"]
    assert told.how is How.UNPLACED
    assert told.diverted is not None
    assert told.diverted.reason is reason
    assert (told.diverted.distance_m, told.diverted.price_m) == (None, None)
    assert told.diverted.nearer_count == (0 if limit else 1)


def test_one_child_too_many_learns_that_all_seats_within_reach_are_taken() -> None:
    the_round = a_round(
        {"A": 1},
        child("a", at=(0.0, 0.0)),
        child("b", at=(2 * KM, 0.0)),
        sites={"A": (0.0, 0.0)},
        **ZONE,
    )
    told = explained(the_round)["b"].diverted
    assert told is not None
    assert told.reason is DiversionReason.ALL_TAKEN
    assert told.nearer == (Nearer("A", 2_000, UNPLACED_M - 2_000, FullBy.DIVERSION),)


def test_without_diversion_a_child_still_learns_what_its_list_left_out() -> None:
    told = explained(a_round({"A": 0, "B": 1, "C": 1}, child("a", "A"), child("b", "C"), **RING))
    assert told["a"].diverted is None
    claim_of_b = Claim(tier=1, sibling=False, ticket="2", printed="1|0|2")
    assert told["a"].missed == (Missed("B", None, 1, None), Missed("C", None, 0, claim_of_b))


def test_there_is_no_child_before_the_first_or_behind_the_last() -> None:
    the_round = a_round({"A": 1}, child("a", "A"))
    for nobody in (-1, 1):
        with pytest.raises(IndexError):
            explain(the_round, run(the_round), nobody)


@given(rounds())
@examples(40)
def test_one_explanation_is_the_same_as_among_all(the_round: Round) -> None:
    result = run(the_round)
    for child_index, explanation in enumerate(explain_all(the_round, result)):
        assert explain(the_round, result, child_index) == explanation


@given(rounds())
@examples(100)
def test_verdicts_agree_with_the_result(the_round: Round) -> None:
    result = run(the_round)
    kept_out = set(result.kept_out)
    ids = list(the_round.schools.ids)
    for index, told in enumerate(explain_all(the_round, result)):
        assert len(told.listed) == result.lists.start[index + 1] - result.lists.start[index]
        for listed in told.listed:
            pair = (index, ids.index(listed.school_id))
            assert (listed.verdict is Verdict.SEATED) == (listed.rank == told.list_rank)
            assert (listed.verdict is Verdict.NOT_NEEDED) == (0 < told.list_rank < listed.rank)
            if listed.verdict is Verdict.KEPT_OUT:
                assert pair in kept_out
            if pair in kept_out:
                assert listed.verdict in (Verdict.KEPT_OUT, Verdict.OWN_GROUP)
            printed = result.last_key[pair[1]]
            assert (listed.last.printed if listed.last else "") == printed


def _with(values: Compared, priority: tuple[Key, ...], change: Change) -> Compared:
    """A claim after one change, as the reference would compare it."""
    better = {
        ChangeKind.TIER: (Key.TIER, int(change.value) if change.value.isdigit() else 0),
        ChangeKind.SIBLING: (Key.SIBLING, False),
    }
    key, value = better[change.kind]
    at = priority.index(key)
    return (*values[:at], value, *values[at + 1 :])


@given(rounds(largest_group=1))
@examples(100)
def test_every_promised_change_would_have_put_the_claim_in_front(the_round: Round) -> None:
    """And every tier, sibling or ticket that is not promised would not."""
    result = run(the_round)
    units = units_by_id(the_round)
    for index, told in enumerate(explain_all(the_round, result)):
        for listed in told.listed:
            if listed.verdict is not Verdict.OUTRANKED:
                assert listed.changes == ()
                continue
            s = the_round.schools.ids.index(listed.school_id)
            by_lottery = listed.school_id in the_round.rules.by_lottery
            priority = (Key.TICKET,) if by_lottery else the_round.rules.priority
            last = max(
                claim(the_round, unit, s)
                for unit in units
                if result.list_rank[unit.members[0]] and result.school[unit.members[0]] == s
            )
            own = claim(the_round, units[index], s)
            promised = {change.kind: change for change in listed.changes}
            for kind, key in ((ChangeKind.TIER, Key.TIER), (ChangeKind.SIBLING, Key.SIBLING)):
                if key not in priority:
                    assert kind not in promised
                    continue
                best = Change(kind, "1" if kind is ChangeKind.TIER else "")
                best_helps = _with(own, priority, best) < last and _with(own, priority, best) != own
                assert (kind in promised) == best_helps
                if kind in promised:
                    assert _with(own, priority, promised[kind]) < last
            if ChangeKind.TIER in promised:
                worse = replace(
                    promised[ChangeKind.TIER], value=str(int(promised[ChangeKind.TIER].value) + 1)
                )
                assert not _with(own, priority, worse) < last
            if Key.TICKET in priority:
                at = priority.index(Key.TICKET)
                assert (ChangeKind.TICKET in promised) == (own[:at] == last[:at])


@given(rounds())
@examples(60)
def test_schools_the_list_left_out_would_have_had_a_seat(the_round: Round) -> None:
    result = run(the_round)
    units = {child: unit for unit in units_by_id(the_round) for child in unit.members}
    for index, told in enumerate(explain_all(the_round, result)):
        unit = units[index]
        for missed in told.missed:
            s = the_round.schools.ids.index(missed.school_id)
            assert s not in unit.list
            assert result.list_rank[index] == 0
            before = {
                other.members: other.size
                for other in units.values()
                if result.list_rank[other.members[0]]
                and result.school[other.members[0]] == s
                and claim(the_round, other, s) < claim(the_round, unit, s)
            }
            assert sum(before.values()) + unit.size <= the_round.schools.seats[s]
            if result.school[index] != NONE:
                assert missed.distance_m is not None
                assert told.distance_m is not None
                assert missed.distance_m < told.distance_m


def test_in_blocks_of_two_the_ways_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    the_round = town_round(7, 3, share=0.8, seed=3)
    result = run(the_round)
    seating = seating_of(the_round, result)
    at_once = list(ways.ways_of(the_round, result, seating, np.arange(7)))
    monkeypatch.setattr(ways, "_BLOCK", 2)
    assert list(ways.ways_of(the_round, result, seating, np.arange(7))) == at_once
    no_diversion = replace(the_round, rules=replace(the_round.rules, mode=Mode.NONE))
    ways_without = ways.ways_of(no_diversion, run(no_diversion), seating, np.arange(7))
    assert [diverted for diverted, _ in ways_without] == [None] * 7
