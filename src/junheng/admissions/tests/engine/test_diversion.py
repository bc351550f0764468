"""Diversion: by hand, against an independent solver, and proved by its prices."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from junheng.admissions.engine.assign import run
from junheng.admissions.engine.chains import FAR, seat_all
from junheng.admissions.engine.diversion import plan_singles, reach_m
from junheng.admissions.engine.errors import (
    DistancesMissing,
    DistancesTooLong,
    HomesMissing,
    SitesMissing,
)
from junheng.admissions.engine.orders import open_by_lottery
from junheng.admissions.engine.types import NONE, UNPLACED_M, How, Ints, Method, Mode, Round
from junheng.admissions.tests.engine.builders import KM, a_round, by_ring, child, ints, seats_of
from junheng.admissions.tests.engine.interpreted import interpreted
from junheng.admissions.tests.engine.strategies import rounds
from junheng.admissions.tests.engine.towns import town_round
from tests.examples import examples

ZONE: dict[str, Any] = {"mode": Mode.ZONE}


def on_a_line(seats: dict[str, tuple[int, float]], homes: dict[str, float], **rules: Any) -> Round:
    """Schools and homes at these kilometres along the equator; nobody has a list."""
    return a_round(
        {school: count for school, (count, _) in seats.items()},
        *(child(name, at=(km * KM, 0.0)) for name, km in homes.items()),
        sites={school: (km * KM, 0.0) for school, (_, km) in seats.items()},
        **{**ZONE, **rules},
    )


def test_the_total_counts_not_the_nearest() -> None:
    """A at 0 km and B at 10 km, a seat each; a lives at 1 km, b at 4 km.

    a → A, b → B: 1 + 6 = 7 km. a → B, b → A: 9 + 4 = 13 km. B stays full, like A, and both
    prices: could another seat save anything? A second seat at A: b saves 6 - 4 = 2 km.
    A second seat at B: nothing. So A costs 2,000 m and B nothing.
    """
    the_round = on_a_line({"A": (1, 0), "B": (1, 10)}, {"a": 1, "b": 4})
    result = run(the_round)
    assert seats_of(the_round, result) == {"a": "A", "b": "B"}
    assert result.price_m is not None
    assert result.price_m.tolist() == [2_000, 0]
    assert result.distance_m.tolist() == [1_000, 6_000]
    assert result.diverted_in.tolist() == [1, 1]


def test_a_chain_moves_a_child_so_that_another_is_seated_at_all() -> None:
    """Limit 5 km. b reaches only A, which is a's nearest too; a must go to B."""
    the_round = on_a_line({"A": (1, 0), "B": (1, 4)}, {"a": 1, "b": -4}, max_distance_m=5_000)
    assert seats_of(the_round, run(the_round)) == {"a": "B", "b": "A"}


def test_a_school_full_by_list_has_the_price_of_the_seat_it_lacks() -> None:
    """A (at 0 km) is full by a; b (at 1 km) goes to B at 5 km. A seat more at A saves 3 km.

    B has a second seat free, so its price is 0.
    """
    the_round = a_round(
        {"A": 1, "B": 2},
        child("a", "A"),
        child("b", "A", at=(1 * KM, 0.0)),
        sites={"A": (0.0, 0.0), "B": (5 * KM, 0.0)},
        **ZONE,
        **by_ring("ab"),
    )
    result = run(the_round)
    assert result.price_m is not None
    assert result.price_m.tolist() == [3_000, 0]
    assert result.how == (How.CHOICE, How.DIVERTED)


def test_a_child_without_a_seat_lifts_the_price_to_that_of_a_seat() -> None:
    """One seat, two children at 1 and 2 km: the nearer one gets it.

    A second seat would save 10,000 km less the 2 km that b would have to go.
    """
    the_round = on_a_line({"A": (1, 0)}, {"a": 1, "b": 2})
    result = run(the_round)
    assert seats_of(the_round, result) == {"a": "A", "b": ""}
    assert result.price_m is not None
    assert result.price_m.tolist() == [UNPLACED_M - 2_000]


def test_groups_go_first_each_to_the_nearest_school_with_room_for_all() -> None:
    """A (1 km away) has one seat, B and C (both 3 km) two: the lower id of two equals, B.

    Then single c, who lives on A's doorstep, takes A.
    """
    the_round = a_round(
        {"A": 1, "B": 2, "C": 2},
        child("a", group="twins", at=(0.0, 0.0)),
        child("b", group="twins", at=(0.0, 0.0)),
        child("c", at=(1 * KM, 0.0)),
        sites={"A": (1 * KM, 0.0), "B": (-3 * KM, 0.0), "C": (3 * KM, 0.0)},
        **ZONE,
    )
    assert seats_of(the_round, run(the_round)) == {"a": "B", "b": "B", "c": "A"}


def test_the_group_with_the_smaller_ticket_chooses_first() -> None:
    twins: dict[str, Any] = {"at": (0.0, 0.0)}
    the_round = a_round(
        {"A": 3, "B": 2},
        child("a", group="second", **twins),
        child("b", group="first", **twins),
        child("c", group="first", **twins),
        child("d", group="second", **twins),
        sites={"A": (1 * KM, 0.0), "B": (2 * KM, 0.0)},
        method=Method.RING,
        seed="2:1",
        **ZONE,
    )
    assert seats_of(the_round, run(the_round)) == {"a": "B", "b": "A", "c": "A", "d": "B"}


def test_a_group_is_as_far_as_the_member_who_lives_farthest() -> None:
    """a lives at 0, b at 4 km. A at 1 km is 3 km from b; B at 2 km is 2 km from both."""
    the_round = a_round(
        {"A": 2, "B": 2},
        child("a", group="pair", at=(0.0, 0.0)),
        child("b", group="pair", at=(4 * KM, 0.0)),
        sites={"A": (1 * KM, 0.0), "B": (2 * KM, 0.0)},
        max_distance_m=2_500,
        **ZONE,
    )
    assert seats_of(the_round, run(the_round)) == {"a": "B", "b": "B"}


def test_a_group_that_fits_nowhere_stays_together_without_a_seat() -> None:
    the_round = a_round(
        {"A": 1, "B": 1},
        child("a", group="pair", at=(0.0, 0.0)),
        child("b", group="pair", at=(0.0, 0.0)),
        sites={"A": (0.0, 0.0), "B": (0.0, 0.0)},
        **ZONE,
    )
    assert run(the_round).how == (How.UNPLACED, How.UNPLACED)


def test_without_diversion_there_are_no_prices() -> None:
    result = run(on_a_line({"A": (1, 0)}, {"a": 1}, mode=Mode.NONE))
    assert result.price_m is None
    assert result.how == (How.UNPLACED,)


def test_who_has_to_be_diverted_must_have_a_home_and_all_are_named() -> None:
    the_round = a_round(
        {"A": 2},
        child("a"),
        child("b", at=(0.0, 0.0)),
        child("c"),
        sites={"A": (0.0, 0.0)},
        **ZONE,
    )
    with pytest.raises(HomesMissing) as refusal:
        run(the_round)
    assert refusal.value.children == (0, 2)


def test_without_a_free_seat_no_home_is_asked_for() -> None:
    assert run(a_round({"A": 0}, child("a"), **ZONE)).how == (How.UNPLACED,)


def test_a_school_with_seats_must_stand_somewhere() -> None:
    the_round = a_round({"A": 0, "B": 1}, child("a", at=(0.0, 0.0)), **ZONE)
    with pytest.raises(SitesMissing) as refusal:
        run(the_round)
    assert refusal.value.schools == (1,)


def test_a_table_of_distances_stands_in_for_homes() -> None:
    the_round = a_round({"A": 1, "B": 1}, child("a"), **ZONE)
    table = {(0, 0): 900, (0, 1): 800}
    result = run(replace(the_round, distances=table))
    assert result.school.tolist() == [1]
    assert result.distance_m.tolist() == [800]


def test_a_table_must_hold_every_pair_of_the_diversion() -> None:
    the_round = a_round(
        {"A": 1, "B": 0, "C": 1}, child("a"), child("b"), distances={("a", "A"): 5}, **ZONE
    )
    with pytest.raises(DistancesMissing) as refusal:
        run(the_round)
    assert refusal.value.children == (0, 1, 1)
    assert refusal.value.schools == (2, 0, 2)


def test_a_table_must_hold_the_way_of_a_child_with_a_home_to_its_own_school() -> None:
    children = [child("a", "A", at=(0.0, 0.0)), child("b", "A")]
    the_round = a_round({"A": 2, "B": 1}, *children, distances={("a", "B"): 5})
    with pytest.raises(DistancesMissing) as refusal:
        run(the_round)
    assert (refusal.value.children, refusal.value.schools) == ((0,), (0,))


@pytest.mark.parametrize(
    "metres",
    [
        pytest.param(UNPLACED_M + 1, id="longer than no seat weighs"),
        pytest.param(FAR, id="longer than the matrix holds"),
    ],
)
def test_absurd_distances_are_refused_not_rounded(metres: int) -> None:
    the_round = a_round({"A": 1}, child("a"), distances={("a", "A"): metres}, **ZONE)
    with pytest.raises(DistancesTooLong) as refusal:
        run(the_round)
    assert refusal.value.children == (0,)


def test_a_chain_longer_than_no_seat_weighs_is_followed_and_then_refused() -> None:
    """Each of 5 moves loses 3,000 km: seating the last child costs 15,000 km in all.

    As many as possible are seated all the same; but no price under 10,000 km can prove it.
    """
    metres = np.full((6, 6), FAR, dtype=np.int32)
    for i in range(6):
        metres[i, i] = 0
        metres[i, min(i + 1, 5)] = 3_000_000 if i < 5 else 0
    newcomer = np.full((1, 6), FAR, dtype=np.int32)
    newcomer[0, 0] = 0
    school, _, worth = seat_all(np.vstack((metres[:5], newcomer)), np.ones(6, dtype=np.int64))
    assert sorted(school.tolist()) == [0, 1, 2, 3, 4, 5]
    assert worth.max() > UNPLACED_M


def optimum(metres: Ints, seats: Ints) -> tuple[int, int]:
    """Most children and fewest metres, by scipy on seats one by one."""
    columns = np.repeat(np.arange(len(seats)), seats)
    penalty = 10**9
    cost = np.where(metres == NONE, 2 * penalty, metres)[:, columns].astype(float)
    cost = np.hstack((cost, np.full((len(metres), len(metres)), float(penalty))))
    rows, chosen = linear_sum_assignment(cost)
    best = cost[rows, chosen]
    seated = best < penalty
    return int(seated.sum()), int(best[seated].sum())


def check_plan(metres: Ints, seats: Ints, school: Ints, price: Ints) -> None:
    """The page's proof, word for word, and that the plan is the solver's optimum."""
    placed = np.flatnonzero(school != NONE)
    used = np.bincount(school[placed], minlength=len(seats))
    assert (used <= seats).all()
    assert (price >= 0).all()
    assert (price[used < seats] == 0).all()
    cost = np.where(metres == NONE, np.iinfo(np.int64).max, metres + price)
    assert (cost[placed, school[placed]] == cost[placed].min(axis=1)).all()
    assert (cost[school == NONE] >= UNPLACED_M).all()
    total = int(metres[placed, school[placed]].sum())
    assert (len(placed), total) == optimum(metres, seats)


@st.composite
def crowded_lines(draw: st.DrawFn) -> tuple[Ints, Ints]:
    """Metres and seats of a few children and schools; some ways are too long."""
    children, schools = draw(st.integers(0, 12)), draw(st.integers(1, 6))
    way = st.one_of(st.just(NONE), st.integers(0, 9), st.integers(0, 5_000))
    metres = draw(
        st.lists(
            st.lists(way, min_size=schools, max_size=schools),
            min_size=children,
            max_size=children,
        )
    )
    seats = draw(st.lists(st.integers(0, 4), min_size=schools, max_size=schools))
    return np.array(metres, dtype=np.int64).reshape(children, schools), ints(*seats)


def by_table(metres: Ints, seats: Ints) -> Round:
    names = [f"{n:02}" for n in range(len(metres))]
    return a_round(
        {chr(65 + s): int(count) for s, count in enumerate(seats)},
        *map(child, names),
        distances={
            (name, chr(65 + s)): int(metres[row, s]) if metres[row, s] != NONE else 10**6
            for row, name in enumerate(names)
            for s in range(len(seats))
        },
        max_distance_m=100_000,
        **ZONE,
    )


@given(crowded_lines())
@examples(150)
def test_no_solver_finds_a_better_plan_and_the_prices_prove_it(
    case: tuple[Ints, Ints],
) -> None:
    metres, seats = case
    school, price = plan_singles(by_table(metres, seats), np.arange(len(metres)), seats)
    check_plan(metres, seats, school, price)


@given(crowded_lines())
@examples(50)
def test_a_price_is_what_one_seat_more_would_save(case: tuple[Ints, Ints]) -> None:
    metres, seats = case
    the_round, everybody = by_table(metres, seats), np.arange(len(metres))

    def weight(with_seats: Ints) -> int:
        seated, total = optimum(metres, with_seats)
        return total + (len(metres) - seated) * UNPLACED_M

    _, price = plan_singles(the_round, everybody, seats)
    for s in range(len(seats)):
        more = seats.copy()
        more[s] += 1
        assert price[s] == weight(seats) - weight(more)


@given(crowded_lines())
@examples(30)
def test_the_kernel_means_the_same_when_it_is_not_compiled(case: tuple[Ints, Ints]) -> None:
    metres, seats = case
    the_round, everybody = by_table(metres, seats), np.arange(len(metres))
    compiled = plan_singles(the_round, everybody, seats)
    with interpreted():
        plain = plan_singles(the_round, everybody, seats)
    assert [column.tolist() for column in plain] == [column.tolist() for column in compiled]


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "interpreted"])
def test_a_newcomer_sends_one_on_and_another_home(compiled: bool) -> None:
    """A and B, a seat each. a reaches only A (3 m); b goes 1 or 4 m, c 2 or 3 m.

    a → A, then b → B (7 m). c takes B, b goes on to A, and a, whose way is the longest, has no
    seat: 1 + 3 = 4 m, less than any two others. A seat more at A would be a's: 10,000 km - 3 m.
    At B it would let b go there and a return to A: b loses 3 m, a goes 3 m: 10,000 km - 6 m.
    """
    school, price = _by_kernel([[3, FAR], [1, 4], [2, 3]], [1, 1], compiled=compiled)
    assert school == [NONE, 0, 1]
    assert price == [UNPLACED_M - 3, UNPLACED_M - 6]


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "interpreted"])
def test_who_loses_least_is_found_anew_when_the_first_has_moved_on(compiled: bool) -> None:
    """All live at A, which has two seats; to B it is 5, 6, 7 and 8 m for a, b, c and d.

    a and b fill A. For c, a moves on (5 m); for d, b does (6 m): 11 m in all. A third seat at A
    would save b's 6 m; B has two seats, both taken, and a third would save nothing.
    """
    school, price = _by_kernel([[0, 5], [0, 6], [0, 7], [0, 8]], [2, 2], compiled=compiled)
    assert school == [1, 1, 0, 0]
    assert price == [6, 0]


def _by_kernel(
    metres: list[list[int]], seats: list[int], *, compiled: bool
) -> tuple[list[int], list[int]]:
    with nullcontext() if compiled else interpreted():
        school, price, _ = seat_all(np.array(metres, dtype=np.int32), ints(*seats))
    return school.tolist(), price.tolist()


@pytest.mark.parametrize("seed", range(4))
def test_the_kernel_finds_the_solver_s_plan_without_being_compiled(seed: int) -> None:
    """30 children, 5 schools, seats for 24; a fifth of the ways too long. Always the same."""
    chance = np.random.default_rng(seed)
    metres = chance.integers(0, 2_000, (30, 5))
    metres[chance.random((30, 5)) < 0.2] = NONE
    seats = ints(3, 4, 5, 6, 6)
    with interpreted():
        school, price = plan_singles(by_table(metres, seats), np.arange(30), seats)
    check_plan(metres, seats, school, price)


@pytest.mark.parametrize("share", [1.03, 0.9])
def test_a_county_of_600_children_and_20_schools(share: float) -> None:
    the_round = town_round(600, 20, share=share, seed=7)
    everybody, schools = np.arange(600), np.arange(20)
    seats = the_round.schools.seats
    school, price = plan_singles(the_round, everybody, seats)
    check_plan(reach_m(the_round, everybody, schools), seats, school, price)


@given(rounds(mode=Mode.ZONE))
@examples(80)
def test_after_the_groups_the_singles_of_any_round_have_the_best_plan(the_round: Round) -> None:
    result = run(the_round)
    assert result.price_m is not None
    members = np.bincount(
        the_round.applicants.group[the_round.applicants.group != NONE],
        minlength=len(the_round.applicants.group_ids),
    )
    single = np.array(
        [group == NONE or members[group] == 1 for group in the_round.applicants.group], dtype=bool
    )
    by_list = result.list_rank > 0
    taken = np.bincount(
        result.school[(result.school != NONE) & (by_list | ~single)],
        minlength=len(the_round.schools.ids),
    )
    free = the_round.schools.seats - taken
    waiting = np.flatnonzero(single & ~by_list)
    into = np.flatnonzero(~open_by_lottery(the_round.schools, the_round.rules.by_lottery))
    metres = reach_m(the_round, waiting, into)
    metres[:, free[into] == 0] = NONE
    place = np.append(np.searchsorted(into, result.school[waiting]), NONE)
    school = np.where(result.school[waiting] == NONE, NONE, place[:-1])
    assert np.isin(result.school[waiting], [NONE, *into]).all()
    check_plan(metres, free[into], school, result.price_m[into])
