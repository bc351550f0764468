"""Schools open by lottery in the same round: the ticket alone, only for those who named them."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from junheng.admissions.engine.acceptance import accept
from junheng.admissions.engine.assign import run
from junheng.admissions.engine.claims import BY_LOTTERY
from junheng.admissions.engine.explain import explain, explain_all
from junheng.admissions.engine.reasons import Change, ChangeKind, Drawing, Verdict
from junheng.admissions.engine.reference import seated_by_list, units_by_id
from junheng.admissions.engine.types import NONE, Mode, Result, Round
from junheng.admissions.engine.waiting import claim_of
from junheng.admissions.tests.engine.builders import (
    a_round,
    by_ring,
    child,
    lists_from,
    seats_of,
)
from junheng.admissions.tests.engine.crowds import crowd
from junheng.admissions.tests.engine.peers import PEERS
from junheng.admissions.tests.engine.strategies import SCHOOLS, rounds
from tests.examples import examples

LOTTERY: dict[str, Any] = {"version": 3, "by_lottery": ("P",)}


def test_tier_and_an_older_child_are_nothing_at_a_school_open_by_lottery() -> None:
    the_round = a_round(
        {"P": 1, "A": 1},
        child("an", "P", zone="z", tier=3),
        child("bo", "P", zone="z", tier=1, sibling="P"),
        zones={"z": "A"},
        **LOTTERY,
        **by_ring(["an", "bo"]),
    )
    assert seats_of(the_round, run(the_round)) == {"an": "P", "bo": "A"}


def test_whoever_loses_the_drawing_has_its_whole_claim_at_the_public_school() -> None:
    """cai named P first and lost; at A it stands before an and bo, who named A alone."""
    the_round = a_round(
        {"P": 1, "A": 1},
        child("an", "A", tier=2),
        child("bo", "A", tier=2),
        child("by", "P", tier=2),
        child("cai", "P", zone="z", tier=1),
        zones={"z": "A"},
        **LOTTERY,
        **by_ring(["an", "bo", "by", "cai"]),
    )
    assert seats_of(the_round, run(the_round)) == {"an": "", "bo": "", "by": "P", "cai": "A"}


def test_all_are_taken_where_there_are_no_more_than_seats() -> None:
    the_round = a_round(
        {"P": 3}, child("an", "P", tier=9), child("bo", "P"), child("ci"), **LOTTERY
    )
    result = run(the_round)
    assert seats_of(the_round, result) == {"an": "P", "bo": "P", "ci": ""}
    assert result.drawn is not None
    assert (result.last_key, result.drawn.tolist()) == (("",), [2])


def test_a_child_is_told_how_many_drew_and_its_own_number() -> None:
    """Twins draw once; di has its seat at A, which it likes better, and takes no part."""
    the_round = a_round(
        {"A": 1, "P": 2},
        child("an", "P"),
        child("bo", "P", group="g"),
        child("ci", "P", group="g"),
        child("di", "AP"),
        child("ed", "P", tier=2),
        **LOTTERY,
        **by_ring(["an", "bo", "ci", "di", "ed"]),
    )
    result = run(the_round)
    assert seats_of(the_round, result) == {"an": "P", "bo": "", "ci": "", "di": "A", "ed": "P"}
    told = {one.applicant_id: one.listed[-1] for one in explain_all(the_round, result)}
    assert told["an"].drawing == Drawing(3, 1)
    assert told["bo"].drawing == told["ci"].drawing == Drawing(3, 2)
    assert told["bo"].verdict is Verdict.OWN_GROUP
    assert told["di"].drawing == Drawing(3, None)
    assert told["di"].own.printed == "3"
    assert told["ed"].drawing == Drawing(3, 3)
    assert explain(the_round, result, 3).listed[0].drawing is None


def test_only_a_smaller_ticket_would_have_changed_a_drawing() -> None:
    the_round = a_round(
        {"P": 1},
        child("an", "P", tier=1),
        child("bo", "P", tier=4),
        **LOTTERY,
        **by_ring(["an", "bo"]),
    )
    listed = explain(the_round, run(the_round), 1).listed[0]
    assert (listed.verdict, listed.changes) == (
        Verdict.OUTRANKED,
        (Change(ChangeKind.TICKET, "1"),),
    )


def test_no_diversion_sends_anybody_to_a_school_open_by_lottery() -> None:
    """P is next door and half empty; it has no price, for nothing there could be saved."""
    the_round = a_round(
        {"A": 1, "P": 5},
        child("an", "A", at=(116.0, 36.0)),
        child("bo", "A", at=(116.0, 36.0)),
        child("ci", "A", group="g", at=(116.0, 36.0)),
        child("di", "A", group="g", at=(116.0, 36.0)),
        child("ed", "P"),
        sites={"A": (116.0, 36.0), "P": (116.0, 36.0)},
        mode=Mode.ZONE,
        **LOTTERY,
    )
    result = run(the_round)
    seats = seats_of(the_round, result)
    assert [who for who, school in seats.items() if school == "P"] == ["ed"]
    assert result.price_m is not None
    assert result.price_m[1] == NONE
    for one in explain_all(the_round, result):
        assert one.missed == ()
        if one.diverted:
            assert [near.school_id for near in one.diverted.nearer] == ["A"]


def test_nobody_is_asked_for_the_place_of_a_school_open_by_lottery() -> None:
    the_round = a_round(
        {"A": 0, "B": 1, "P": 5},
        child("an", "A", at=(116.0, 36.0)),
        sites={"A": (116.0, 36.0), "B": (116.0, 36.0)},
        mode=Mode.ZONE,
        **LOTTERY,
    )
    assert seats_of(the_round, run(the_round)) == {"an": "B"}


# --------------------------------------------------------------------------- in every round


def took_part(the_round: Round, result: Result, school: int) -> list[tuple[object, int, bool]]:
    """(ticket, a member, seated there) of each unit that named it and has nothing better."""
    by_list, rows = result.by_list(), []
    for unit in units_by_id(the_round):
        lead = unit.members[0]
        better = unit.list[: unit.list.index(school)] if school in unit.list else unit.list
        if school in unit.list and int(by_list[lead]) not in better:
            rows.append((unit.ticket, lead, bool(by_list[lead] == school)))
    return sorted(rows, key=lambda row: row[0])  # type: ignore[arg-type, return-value]


def lotteries(the_round: Round) -> list[int]:
    return [the_round.schools.ids.index(name) for name in the_round.rules.by_lottery]


@given(rounds(largest_group=1, most_lotteries=5))
@examples(150)
def test_the_seated_are_exactly_the_smallest_tickets_of_those_who_took_part(
    the_round: Round,
) -> None:
    result = run(the_round)
    for s in lotteries(the_round):
        rows = took_part(the_round, result, s)
        seats = int(the_round.schools.seats[s])
        assert [seated for _, _, seated in rows] == [k < seats for k in range(len(rows))]


@given(rounds(most_lotteries=5))
@examples(150)
def test_numbers_are_places_among_those_who_took_part(the_round: Round) -> None:
    result = run(the_round)
    told = list(explain_all(the_round, result))
    assert result.drawn is not None
    for s, name in enumerate(the_round.schools.ids):
        if s not in lotteries(the_round):
            assert result.drawn[s] == NONE
            assert not [
                row for e in told for row in e.listed if row.school_id == name and row.drawing
            ]
            continue
        rows = took_part(the_round, result, s)
        assert result.drawn[s] == len(rows)
        for number, (_, lead, _) in enumerate(rows, start=1):
            drawing = next(row.drawing for row in told[lead].listed if row.school_id == name)
            assert drawing == Drawing(len(rows), number)


@given(rounds(most_lotteries=4, mode=Mode.ZONE))
@examples(100)
def test_nobody_sits_there_who_did_not_name_it(the_round: Round) -> None:
    result, applicants = run(the_round), the_round.applicants
    for s in lotteries(the_round):
        for one in np.flatnonzero(result.school == s).tolist():
            own = applicants.choice[applicants.choice_start[one] : applicants.choice_start[one + 1]]
            assert s in own
            assert result.list_rank[one] > 0


@given(rounds(largest_group=1, most_lotteries=3, choices_only=False), st.integers(0, 10**6))
@examples(150)
def test_naming_a_lottery_school_first_costs_nobody_its_public_seat(
    the_round: Round, drawn: int
) -> None:
    """Either the child wins there, or it has exactly what it would have had without."""
    chance, children = Random(drawn), len(the_round.applicants.ids)
    if not the_round.rules.by_lottery or not children:
        return
    one, s = chance.randrange(children), chance.choice(lotteries(the_round))
    applicants = the_round.applicants
    wishes = [
        applicants.choice[a:b].tolist()
        for a, b in zip(applicants.choice_start, applicants.choice_start[1:], strict=False)
    ]
    without = [s_ for s_ in wishes[one] if s_ != s]

    def school_with(own: list[int]) -> int:
        made = lists_from([own if n == one else wishes[n] for n in range(children)])
        changed = replace(applicants, choice_start=made.start, choice=made.school)
        return int(run(replace(the_round, applicants=changed)).by_list()[one])

    assert school_with([s, *without]) in (s, school_with(without))


@given(rounds(most_lotteries=0, mode=Mode.NONE))
@examples(60)
def test_where_every_school_draws_lots_tiers_and_siblings_are_nothing(the_round: Round) -> None:
    rules = replace(the_round.rules, by_lottery=tuple(SCHOOLS), choices_only=True)
    applicants = the_round.applicants
    nobody = np.full(len(applicants.ids), NONE)
    alike = replace(applicants, tier=nobody + 2, sibling_school=nobody)
    as_it_is = run(replace(the_round, rules=rules))
    assert np.array_equal(
        as_it_is.school, run(replace(the_round, rules=rules, applicants=alike)).school
    )
    assert as_it_is.school.tolist() == seated_by_list(replace(the_round, rules=rules))


# ----------------------------------------------------------------- as others would decide it


def test_two_libraries_seat_the_same_children() -> None:
    """Each school's own order goes into them: by lottery at some, tier and sibling at others."""
    for seed in range(100):
        lists, keys, seats, tickets = crowd(
            30, 6, choices=4, seed=seed, siblings=0.3, by_lottery=seed % 4
        )
        seats = np.maximum(1, seats - seed % 3)
        size = np.ones(len(lists.own), dtype=np.int64)
        place = accept(lists, keys, size=size, seats=seats, ticket_order=tickets)
        at = lists.school[lists.start[:-1] + np.maximum(place, 0)]
        ours = np.where(place == NONE, NONE, at).tolist()
        for build, solve in PEERS.values():
            assert solve(build(lists, keys, seats)).tolist() == ours, seed


# ---------------------------------------------------------------------------- waiting lists


def test_a_waiting_list_by_lottery_is_in_ticket_order() -> None:
    early = claim_of(BY_LOTTERY, tier=4, sibling=False, ticket_order=1, child="x")
    late = claim_of(BY_LOTTERY, tier=1, sibling=True, ticket_order=2, child="a")
    assert early < late
