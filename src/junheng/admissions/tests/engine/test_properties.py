"""What holds in every round, whatever the families, the seats and the luck."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from junheng.admissions.engine.assign import run
from junheng.admissions.engine.reference import Unit, claim, units_by_id
from junheng.admissions.engine.types import NONE, How, Key, Mode, Result, Round
from junheng.admissions.tests.engine.strategies import rounds
from tests.examples import examples

some_rounds = examples(80)


def _units(the_round: Round, result: Result) -> list[tuple[Unit, int, list[int]]]:
    """Every unit with the school that seated it by list, and the schools it would rather have."""
    rows = []
    for unit in units_by_id(the_round):
        rank = int(result.list_rank[unit.members[0]])
        at = int(result.school[unit.members[0]]) if rank else NONE
        rows.append((unit, at, list(unit.list[: rank - 1] if rank else unit.list)))
    return rows


@given(rounds())
@some_rounds
def test_no_school_has_more_children_than_seats(the_round: Round) -> None:
    result = run(the_round)
    count = Counter(result.school[result.school != NONE].tolist())
    for s, seats in enumerate(the_round.schools.seats.tolist()):
        assert count[s] <= seats
        assert count[s] == result.placed_by_list[s] + result.diverted_in[s]


@given(rounds())
@some_rounds
def test_every_child_is_accounted_for_once(the_round: Round) -> None:
    result = run(the_round)
    for child, how in enumerate(result.how):
        school, rank = int(result.school[child]), int(result.list_rank[child])
        listed = result.lists.school[result.lists.start[child] : result.lists.start[child + 1]]
        if how in (How.CHOICE, How.ZONE):
            assert listed[rank - 1] == school
            assert (how is How.CHOICE) == (rank <= result.lists.own[child])
        else:
            assert rank == 0
            assert (school == NONE) == (how is How.UNPLACED)
        if school == NONE or how is How.DIVERTED:
            assert (result.distance_m[child] == NONE) == (school == NONE)


@given(rounds())
@some_rounds
def test_groups_stay_whole(the_round: Round) -> None:
    result = run(the_round)
    for unit in units_by_id(the_round):
        together = list(unit.members)
        for column in (result.school, result.list_rank, result.ticket_order):
            assert len(set(column[together].tolist())) == 1
        assert len({result.tickets[child] for child in together}) == 1


@given(rounds(largest_group=1))
@some_rounds
def test_nobody_without_groups_has_a_better_claim_to_a_seat_elsewhere(the_round: Round) -> None:
    result = run(the_round)
    assert result.kept_out == ()
    rows = _units(the_round, result)
    for unit, _, rather in rows:
        for s in rather:
            mine = claim(the_round, unit, s)
            assert all(claim(the_round, other, s) < mine for other, at, _ in rows if at == s)


@given(rounds())
@some_rounds
def test_kept_out_are_exactly_those_with_a_better_claim(the_round: Round) -> None:
    result = run(the_round)
    rows = _units(the_round, result)
    expected = {
        (child, s)
        for unit, _, rather in rows
        for s in rather
        if any(
            claim(the_round, unit, s) < claim(the_round, other, s)
            for other, at, _ in rows
            if at == s
        )
        for child in unit.members
    }
    assert set(result.kept_out) == expected
    assert len(result.kept_out) == len(expected)
    assert [child for child, _ in result.kept_out] == sorted(child for child, _ in expected)


@given(rounds())
@some_rounds
def test_no_seat_is_wasted_that_a_unit_would_rather_have(the_round: Round) -> None:
    result = run(the_round)
    free = the_round.schools.seats - result.placed_by_list
    for unit, _, rather in _units(the_round, result):
        assert all(free[s] < unit.size for s in rather)


@given(rounds())
@some_rounds
def test_the_last_key_is_that_of_the_last_unit_of_a_full_school(the_round: Round) -> None:
    result = run(the_round)
    rows = _units(the_round, result)
    for s, printed in enumerate(result.last_key):
        there = [unit for unit, at, _ in rows if at == s]
        if not there or result.placed_by_list[s] < the_round.schools.seats[s]:
            assert printed == ""
            continue
        last = max(there, key=lambda unit: claim(the_round, unit, s))
        lead = last.members[0]
        value = {
            Key.TIER: str(the_round.applicants.tier[lead]),
            Key.SIBLING: str(int(the_round.applicants.sibling_school[lead] == s)),
            Key.TICKET: str(last.ticket),
        }
        by_lottery = the_round.schools.ids[s] in the_round.rules.by_lottery
        priority = (Key.TICKET,) if by_lottery else the_round.rules.priority
        assert printed == "|".join(value[key] for key in priority)


@given(rounds())
@some_rounds
def test_nobody_is_diverted_beyond_the_limit(the_round: Round) -> None:
    limit = the_round.rules.max_distance_m
    result = run(the_round)
    diverted = np.array([how is How.DIVERTED for how in result.how], dtype=bool)
    assert limit is None or (result.distance_m[diverted] <= limit).all()
    assert the_round.rules.mode is Mode.ZONE or not diverted.any()


@given(rounds(), st.randoms(use_true_random=False))
@some_rounds
def test_the_numbering_of_zones_and_groups_is_nothing(the_round: Round, chance: Random) -> None:
    """The columns are in byte order of the ids; what order the rest came in must not count."""
    zones, applicants = the_round.zones, the_round.applicants
    new_zone = chance.sample(range(len(zones.ids)), len(zones.ids))
    new_group = chance.sample(range(len(applicants.group_ids)), len(applicants.group_ids))
    schools = [zones.school[a:b] for a, b in zip(zones.start, zones.start[1:], strict=False)]
    moved = [schools[new_zone.index(z)] for z in range(len(schools))]
    renumbered = replace(
        the_round,
        zones=replace(
            zones,
            start=np.cumsum([0, *map(len, moved)]),
            school=np.concatenate([np.zeros(0, dtype=np.int64), *moved]),
        ),
        applicants=replace(
            applicants,
            zone=np.array([new_zone[z] if z != NONE else NONE for z in applicants.zone], dtype=int),
            group=np.array(
                [new_group[g] if g != NONE else NONE for g in applicants.group], dtype=int
            ),
        ),
    )
    _same(run(the_round), run(renumbered))


@given(rounds())
@examples(30)
def test_the_same_round_twice_is_the_same_result(the_round: Round) -> None:
    _same(run(the_round), run(the_round))


def test_progress_tells_each_stage_and_ends_with_all_of_it() -> None:
    from junheng.admissions.tests.engine.builders import a_round

    told: list[tuple[str, float]] = []
    run(a_round({"A": 1}), lambda stage, share: told.append((stage, share)))
    assert [stage for stage, _ in told] == ["tickets", "assignment", "diversion", "done"]
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert told[-1][1] == 1


def _same(one: Result, other: Result) -> None:
    for field in fields(Result):
        if field.name != "lists":
            assert np.array_equal(getattr(one, field.name), getattr(other, field.name)), field.name
