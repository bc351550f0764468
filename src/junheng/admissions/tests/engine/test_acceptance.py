"""The assignment by list: golden cases worked by hand, and the reference as judge."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import given

from junheng.admissions.engine import repair
from junheng.admissions.engine.acceptance import accept
from junheng.admissions.engine.assign import run
from junheng.admissions.engine.reference import repaired, seated_by_list, units_by_id
from junheng.admissions.engine.types import NONE, Key, Method, Mode, Round
from junheng.admissions.tests.engine.builders import (
    a_round,
    by_ring,
    child,
    ints,
    lists_from,
    seats_of,
)
from junheng.admissions.tests.engine.interpreted import interpreted
from junheng.admissions.tests.engine.strategies import rounds
from tests.examples import examples

ABC = by_ring("abc")
TICKET = {"priority": (Key.TICKET,)}


def test_a_refused_child_asks_on_and_may_push_out_another() -> None:
    """Tickets a < b < c, one seat each.

    a asks X; b asks X and is refused; c asks Y. b asks Y: b comes before c, so c is out
    and asks X: a comes before c. c has no seat.
    """
    the_round = a_round(
        {"X": 1, "Y": 1}, child("a", "XY"), child("b", "XY"), child("c", "YX"), **ABC
    )
    assert seats_of(the_round, run(the_round)) == {"a": "X", "b": "Y", "c": ""}


def test_the_better_tier_comes_before_the_better_ticket() -> None:
    the_round = a_round({"X": 1}, child("a", "X", tier=2), child("b", "X", tier=1), **by_ring("ab"))
    assert seats_of(the_round, run(the_round)) == {"a": "", "b": "X"}


def test_a_sibling_counts_only_at_its_own_school() -> None:
    """b has a sibling at Y: at X its ticket is the later one, at Y it comes first."""
    the_round = a_round(
        {"X": 1, "Y": 1}, child("a", "XY"), child("b", "XY", sibling="Y"), **by_ring("ab")
    )
    assert seats_of(the_round, run(the_round)) == {"a": "X", "b": "Y"}


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "interpreted"])
def test_a_sibling_pushes_out_who_came_before_it(compiled: bool) -> None:
    """Tickets a < b < c < d. a and b hold X, c holds Y; d is refused at Y and asks X.

    Its sibling is there, so it comes before a and b: b is out and asks Y, where it comes
    before c, who has no other school.
    """
    the_round = a_round(
        {"X": 2, "Y": 1},
        child("a", "X"),
        child("b", "XY"),
        child("c", "Y"),
        child("d", "YX", sibling="X"),
        **by_ring("abcd"),
    )
    with nullcontext() if compiled else interpreted():
        result = run(the_round)
    assert seats_of(the_round, result) == {"a": "X", "b": "Y", "c": "", "d": "X"}


def test_without_the_ticket_among_the_keys_the_identifier_decides() -> None:
    the_round = a_round({"X": 1}, child("a", "X"), child("b", "X"), priority=(), seed="t")
    assert seats_of(the_round, run(the_round)) == {"a": "X", "b": ""}


def test_a_group_that_no_longer_fits_leaves_its_seat_to_a_later_single() -> None:
    """X has 2 seats, in order a, twins bc, d. a takes one, bc do not fit, d does.

    bc would rather be at X than nowhere, but no seat is free: they were kept out there.
    """
    the_round = a_round(
        {"X": 2},
        child("a", "X"),
        child("b", "X", group="twins"),
        child("c", "X", group="twins"),
        child("d", "X"),
        method=Method.RING,
        seed="1:1",
    )
    result = run(the_round)
    assert seats_of(the_round, result) == {"a": "X", "b": "", "c": "", "d": "X"}
    assert result.kept_out == ((1, 0), (2, 0))


def test_a_seat_a_group_gave_up_goes_to_whom_it_kept_out() -> None:
    """X and Y have 2 seats; in order of tickets d1, d2, e, twins fg, h.

    Round 1: the twins take X, h is refused there for good; d1 and d2 take Y, e is refused.
    Round 2: e asks X and takes a seat, the twins no longer fit; h asks Y, which is full.
    One seat at X is free. The twins need two, but h would rather be at X than nowhere.
    """
    the_round = a_round(
        {"X": 2, "Y": 2},
        child("d1", "Y"),
        child("d2", "Y"),
        child("e", "YX"),
        child("f", "X", group="twins"),
        child("g", "X", group="twins"),
        child("h", "XY"),
        method=Method.RING,
        seed="1:1",
    )
    result = run(the_round)
    assert seats_of(the_round, result) == {
        "d1": "Y", "d2": "Y", "e": "X", "f": "", "g": "", "h": "X",
    }  # fmt: skip


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "interpreted"])
def test_a_chain_of_moves_follows_the_smallest_ticket(compiled: bool) -> None:
    """The repair alone, from a state given by hand: schools 0, 1, 2 with a seat each.

    Units 0 (at school 1) and 1 (at school 2) and the pair 2 (nowhere) would rather be at
    school 0, which is free. The pair does not fit; unit 1 has the smallest ticket and moves.
    School 2 is free now, but unit 0 likes it less than where it is.
    """
    lists = lists_from([[0, 1, 2], [0, 2], [0]])
    arguments = {
        "size": ints(1, 1, 2), "seats": ints(1, 1, 1), "ticket_order": ints(2, 0, 1),
    }  # fmt: skip
    if compiled:
        place = repair.repair(lists, ints(1, 1, -1), **arguments)
    else:
        with interpreted():
            place = repair.repair(lists, ints(1, 1, -1), **arguments)
    assert place.tolist() == [1, 0, -1]


def test_a_school_without_seats_and_a_child_without_a_list_are_no_trouble() -> None:
    place = accept(
        lists_from([[], [0, 1]]),
        ints(0, 0),
        size=ints(1, 1),
        seats=ints(0, 1),
        ticket_order=ints(0, 1),
    )
    assert place.tolist() == [-1, 1]


def test_nobody_at_all_is_a_round_too() -> None:
    the_round = a_round({"X": 1}, mode=Mode.ZONE)
    result = run(the_round)
    assert result.school.tolist() == []
    assert result.last_key == ("",)


@given(rounds(mode=Mode.NONE))
@examples(250)
def test_the_compiled_assignment_is_the_reference_s(the_round: Round) -> None:
    assert run(the_round).school.tolist() == seated_by_list(the_round)


@given(rounds(mode=Mode.NONE, largest_group=1))
@examples(100)
def test_so_it_is_without_groups(the_round: Round) -> None:
    result = run(the_round)
    assert result.school.tolist() == seated_by_list(the_round)
    assert result.kept_out == ()


@pytest.mark.parametrize("largest_group", [1, 3])
def test_the_kernels_mean_the_same_when_they_are_not_compiled(largest_group: int) -> None:
    @given(rounds(mode=Mode.NONE, largest_group=largest_group))
    @examples(60, derandomize=True)
    def same(the_round: Round) -> None:
        compiled = run(the_round)
        with interpreted():
            assert np.array_equal(run(the_round).school, compiled.school)

    same()


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "interpreted"])
def test_where_nobody_is_seated_yet_the_repair_lets_each_choose_by_ticket(compiled: bool) -> None:
    @given(rounds(mode=Mode.NONE))
    @examples(60, derandomize=True)
    def same(the_round: Round) -> None:
        units = units_by_id(the_round)
        nowhere = [NONE] * len(units)
        lists = lists_from([unit.list for unit in units])
        order = sorted(range(len(units)), key=lambda u: units[u].ticket)
        with nullcontext() if compiled else interpreted():
            place = repair.repair(
                lists,
                ints(*nowhere),
                size=ints(*(unit.size for unit in units)),
                seats=the_round.schools.seats,
                ticket_order=ints(*(order.index(u) for u in range(len(units)))),
            )
        at = [
            NONE if p == NONE else unit.list[p]
            for unit, p in zip(units, place.tolist(), strict=True)
        ]
        assert at == repaired(the_round, units, nowhere)

    same()
