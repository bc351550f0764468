"""Waiting lists: in the school's order, nobody passed over, and no better way for any child."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.admissions.engine.acceptance import accept
from junheng.admissions.engine.types import NONE, Key, Lists
from junheng.admissions.engine.waiting import Call, Claim, Waiting, call_up, claim_of, rather
from tests.examples import examples

SCHOOLS = ("A", "B", "C")
Calls = Sequence[Call]


@st.composite
def towns(draw: st.DrawFn, children: int = 5) -> tuple[dict[str, int], list[Waiting]]:
    """Free seats, and children with lists and claims in which no two are equal."""
    free = {school: draw(st.integers(0, 2)) for school in SCHOOLS}
    codes = [f"c{n}" for n in range(draw(st.integers(0, children)))]
    orders = {school: draw(st.permutations(codes)) for school in SCHOOLS}
    waiting = []
    for code in codes:
        schools = draw(st.lists(st.sampled_from(SCHOOLS), unique=True))
        claims = tuple((orders[school].index(code),) for school in schools)
        waiting.append(Waiting(code, tuple(schools), claims))
    return free, waiting


def place_of(child: Waiting, calls: Calls) -> int:
    """How far down its list a child is called; behind its end if it is not."""
    mine = {call.child: call.school for call in calls}
    return child.schools.index(mine[child.child]) if child.child in mine else len(child.schools)


def passed_over(free: Mapping[str, int], waiting: Sequence[Waiting], calls: Calls) -> bool:
    """Whether a child would rather have a seat that is free, or given to a later claim."""
    for child in waiting:
        for place in range(place_of(child, calls)):
            school, claim = child.schools[place], child.claims[place]
            there = [w for w in waiting if Call(school, w.child) in calls]
            later = any(w.claims[w.schools.index(school)] > claim for w in there)
            if later or len(there) < free[school]:
                return True
    return False


def every_way(free: Mapping[str, int], waiting: Sequence[Waiting]) -> Iterator[tuple[Call, ...]]:
    """All ways to call children to schools of their lists within the free seats."""
    for chosen in product(*[(None, *one.schools) for one in waiting]):
        pairs = zip(waiting, chosen, strict=True)
        calls = tuple(sorted(Call(s, one.child) for one, s in pairs if s is not None))
        if all(sum(c.school == s for c in calls) <= n for s, n in free.items()):
            yield calls


@given(towns())
@examples(150)
def test_seats_suffice_and_everybody_is_called_once_to_a_school_of_its_list(
    town: tuple[dict[str, int], list[Waiting]],
) -> None:
    free, waiting = town
    calls = call_up(free, waiting)
    lists = {one.child: one.schools for one in waiting}
    assert len({call.child for call in calls}) == len(calls)
    assert all(call.school in lists[call.child] for call in calls)
    assert all(sum(c.school == s for c in calls) <= n for s, n in free.items())
    assert not passed_over(free, waiting, calls)


@given(towns(children=4))
@examples(60)
def test_of_all_fair_ways_it_is_the_best_for_every_child(
    town: tuple[dict[str, int], list[Waiting]],
) -> None:
    free, waiting = town
    calls = call_up(free, waiting)
    fair = [way for way in every_way(free, waiting) if not passed_over(free, waiting, way)]
    assert calls in fair
    for child in waiting:
        assert place_of(child, calls) == min(place_of(child, way) for way in fair)


@given(towns(), st.randoms(use_true_random=False))
@examples(60)
def test_the_order_of_rows_is_nothing(
    town: tuple[dict[str, int], list[Waiting]], chance: object
) -> None:
    free, waiting = town
    mixed = list(waiting)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis hands out a random.Random
    assert call_up(free, waiting) == call_up(free, mixed)


def test_a_free_seat_goes_to_the_first_claim_by_hand() -> None:
    first, second = (
        Waiting("c9", ("A",), (claim(1, ticket_order=3, child="c9"),)),
        Waiting("c1", ("A",), (claim(1, ticket_order=4, child="c1"),)),
    )
    assert call_up({"A": 1}, [second, first]) == (Call("A", "c9"),)
    assert call_up({}, [second, first]) == ()


def claim(tier: int, *, sibling: bool = False, ticket_order: int, child: str) -> Claim:
    keys = (Key.TIER, Key.SIBLING, Key.TICKET)
    return claim_of(keys, tier=tier, sibling=sibling, ticket_order=ticket_order, child=child)


def test_claims_compare_by_tier_then_sibling_then_ticket() -> None:
    ordered = [
        claim(1, sibling=True, ticket_order=9, child="a"),
        claim(1, ticket_order=1, child="b"),
        claim(2, sibling=True, ticket_order=0, child="c"),
    ]
    assert sorted(ordered) == ordered


def test_who_waits_twice_is_refused() -> None:
    one = Waiting("c1", (), ())
    with pytest.raises(ValueError, match="twice"):
        call_up({}, [one, one])


def test_what_a_child_would_rather_have_comes_before_what_it_holds() -> None:
    assert rather(("A", "B", "C"), "B") == ("A",)
    assert rather(("A", "B"), None) == ("A", "B")
    assert rather(("A", "B"), "Z") == ("A", "B")


# ------------------------------------------------------------------------------- groups


@st.composite
def towns_with_groups(draw: st.DrawFn) -> tuple[dict[str, int], list[Waiting]]:
    """Free seats, single children, and groups of two or three that wait as one."""
    free, waiting = draw(towns(children=6))
    tickets = draw(st.permutations(range(len(waiting))))
    grouped = []
    for one, ticket in zip(waiting, tickets, strict=True):
        others = tuple(f"{one.child}-{n}" for n in range(draw(st.integers(0, 2))))
        grouped.append(Waiting(one.child, one.schools, one.claims, others, ticket))
    return {school: seats * 2 for school, seats in free.items()}, grouped


def as_in_the_round(free: Mapping[str, int], waiting: Sequence[Waiting]) -> tuple[Call, ...]:
    """The calls, by the code that seats a whole round."""
    units = sorted(waiting, key=lambda one: one.child)
    entries = [(n, place) for n, one in enumerate(units) for place in range(len(one.schools))]
    start = np.cumsum([0, *(len(one.schools) for one in units)])
    school = np.array([SCHOOLS.index(units[n].schools[p]) for n, p in entries], dtype=np.int64)
    keys = np.array([units[n].claims[p][0] for n, p in entries], dtype=np.int64)
    place = accept(
        Lists(start, school, np.zeros(len(units), dtype=np.int64)),
        keys,
        size=np.array([one.size for one in units], dtype=np.int64),
        seats=np.array([free[s] for s in SCHOOLS], dtype=np.int64),
        ticket_order=np.array([one.ticket for one in units], dtype=np.int64),
    ).tolist()
    seated = [(one, at) for one, at in zip(units, place, strict=True) if at != NONE]
    return tuple(sorted(Call(one.schools[at], m) for one, at in seated for m in one.members))


@given(towns_with_groups())
@examples(150)
def test_calls_are_those_that_the_round_itself_would_make_and_no_group_is_parted(
    town: tuple[dict[str, int], list[Waiting]],
) -> None:
    free, waiting = town
    calls = call_up(free, waiting)
    assert calls == as_in_the_round(free, waiting)
    schools = {call.child: call.school for call in calls}
    for one in waiting:
        assert len({schools.get(member) for member in one.members}) == 1
    assert all(sum(c.school == s for c in calls) <= n for s, n in free.items())


def single(child: str, *schools: str, tier: int = 1, ticket: int) -> Waiting:
    claims = tuple(claim(tier, ticket_order=ticket, child=child) for _ in schools)
    return Waiting(child, schools, claims, ticket=ticket)


def twins(*schools: str, tier: int = 1, ticket: int) -> Waiting:
    one = single("t1", *schools, tier=tier, ticket=ticket)
    return Waiting("t1", schools, one.claims, ("t2",), ticket)


def test_twins_are_called_up_together_or_not_at_all_by_hand() -> None:
    # c1 comes first and takes one seat. Where two are free, the one that is left is too few for
    # the twins, so c9, who comes after them, has it; where three are free, they have both.
    town = [single("c1", "A", ticket=0), twins("A", ticket=1), single("c9", "A", ticket=2)]
    assert call_up({"A": 2}, town) == (Call("A", "c1"), Call("A", "c9"))
    assert call_up({"A": 3}, town) == (Call("A", "c1"), Call("A", "t1"), Call("A", "t2"))


def test_what_twins_leave_free_goes_to_the_smallest_ticket_by_hand() -> None:
    # First the twins have both seats of A, so c8 and c9 ask in vain, and c0 has B. Then c1, whom B
    # did not take, comes to A before the twins: they no longer fit, and the seat that they leave
    # goes to c8, whose ticket is smaller than that of c9.
    town = [
        single("c0", "B", ticket=0),
        single("c1", "B", "A", ticket=1),
        twins("A", tier=2, ticket=2),
        single("c9", "A", tier=3, ticket=4),
        single("c8", "A", tier=3, ticket=3),
    ]
    calls = call_up({"A": 2, "B": 1}, town)
    assert calls == (Call("A", "c1"), Call("A", "c8"), Call("B", "c0"))


def test_a_child_moves_on_to_what_twins_could_not_keep_by_hand() -> None:
    """The twins take A whole and x goes to B; then y comes before them, and leaves one seat."""
    twins = Waiting("t1", ("A",), ((1,),), ("t2",), 0)
    x = Waiting("x", ("A", "B"), ((2,), (0,)), (), 1)
    y = Waiting("y", ("C", "A"), ((0,), (0,)), (), 2)
    assert call_up({"A": 2, "B": 1}, [twins, x, y]) == (Call("A", "x"), Call("A", "y"))


def test_a_group_of_which_one_waits_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        call_up({}, [twins(ticket=1), single("t2", ticket=2)])
