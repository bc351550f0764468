"""Seat children along shortest chains of moves: the kernel of the diversion.

Children are seated one after another; after each, the plan for those so far is the best
there is. A chain runs over schools: from one school to another only the child that loses
least by the move is of interest. Memory: 4 bytes for each pair of child and school, 24 for
each pair of schools.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from junheng.admissions.engine.compiled import compiled
from junheng.admissions.engine.types import NONE, UNPLACED_M, Bools, Ints

FAR = 2**31 - 1
"""Stands in a matrix of metres where a child cannot go."""

_NEVER = 2**60
"""More than any chain can cost."""

Metres = NDArray[np.int32]


class _State(NamedTuple):
    """What the search knows about the children seated so far, and its own notes.

    Attributes:
        school: School of each child, or NONE.
        price: 0 while a seat is free; for every seated child distance + price is least at
            its own school.
        first: The children of school s stand in `member[first[s]:first[s] + held[s]]`;
            `first[s + 1]` is the end of its room.
        slot: Where in `member` each seated child stands.
        loss: Metres lost if the child of s that loses least by moving to t does so.
        mover: That child. When it leaves, this becomes NONE and `loss`, now only a lower
            bound, stays: most bounds are never looked at again, the others are counted anew.
        out: The child of s with the longest way, who would be the one to lose its seat
            altogether; nobody does as long as another seat is in reach.
        length: Metres of the shortest chain found to each school, plus its price.
        before: The school before it on that chain, NONE if the newcomer goes there itself.
        done: Whether no shorter chain to it can be found.
    """

    school: Ints
    price: Ints
    held: Ints
    first: Ints
    member: Ints
    slot: Ints
    loss: Ints
    mover: Ints
    out: Ints
    length: Ints
    before: Ints
    done: Bools


def seat_all(metres: Metres, seats: Ints) -> tuple[Ints, Ints, Ints]:
    """Seat as many children as possible in as few metres as possible.

    Args:
        metres: Shape (children, schools); FAR where a child cannot go. The order of the
            rows tells equally short plans apart.
        seats: Seats of each school, at least 1.

    Returns:
        School of each child, or NONE; the least price of each school that proves the plan;
        and what each child comes to: distance + price of its school, or `UNPLACED_M`.
    """
    state = _empty(len(metres), np.minimum(seats, len(metres)))
    _seat(metres, state)
    school, price = state.school, least_prices(metres, state.school)
    worth = np.full(len(school), UNPLACED_M, dtype=np.int64)
    seated = np.flatnonzero(school != NONE)
    worth[seated] = metres[seated, school[seated]] + price[school[seated]]
    return school, price, worth


def least_prices(metres: Metres, school: Ints) -> Ints:
    """The least prices under which nobody would rather be elsewhere.

    A child without a seat lifts a school to `UNPLACED_M` less its distance; a school s
    lifts every school t to its own price less what the move from s to t loses.

    Args:
        metres: As for `seat_all`.
        school: A best plan: school of each child, or NONE.
    """
    lift = np.zeros(metres.shape[1], dtype=np.int64)
    for child in np.flatnonzero(school == NONE):
        row = metres[child].astype(np.int64)
        np.maximum(lift, np.where(row == FAR, 0, UNPLACED_M - row), out=lift)
    return _settle(lift, _losses(metres, school))


def _empty(children: int, room: Ints) -> _State:
    """Nobody seated, and room for as many children at each school."""
    schools = len(room)
    first = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(room)))

    def filled(value: int, *shape: int) -> Ints:
        return np.full(shape, value, dtype=np.int64)

    return _State(
        school=filled(NONE, children),
        price=filled(0, schools),
        held=filled(0, schools),
        first=first,
        member=filled(NONE, int(first[-1])),
        slot=filled(NONE, children),
        loss=filled(_NEVER, schools, schools),
        mover=filled(NONE, schools, schools),
        out=filled(NONE, schools),
        length=filled(0, schools),
        before=filled(NONE, schools),
        done=np.zeros(schools, dtype=np.bool_),
    )


@compiled
def _losses(metres: Metres, school: Ints) -> Ints:
    """Least metres lost by a child of one school moving to another, `_NEVER` if none can."""
    schools = metres.shape[1]
    loss = np.full((schools, schools), _NEVER, dtype=np.int64)
    for child in np.flatnonzero(school != NONE):
        s = school[child]
        for t in range(schools):
            if metres[child, t] != FAR:
                loss[s, t] = min(loss[s, t], metres[child, t] - metres[child, s])
    return loss


@compiled
def _settle(price: Ints, loss: Ints) -> Ints:
    """Lift prices until no move would pay; no gain goes round in circles, so this ends."""
    schools = len(price)
    moving = True
    while moving:
        moving = False
        for s in range(schools):
            for t in range(schools):
                if price[s] - loss[s, t] > price[t]:
                    price[t] = price[s] - loss[s, t]
                    moving = True
    return price


@compiled
def _seat(metres: Metres, state: _State) -> None:
    """Seat the children row by row."""
    unplaced = _unplaced_cost(metres)
    for child in range(len(metres)):
        end, total = _search(child, metres, state, unplaced)
        for s in np.flatnonzero(state.done):
            state.price[s] += total - state.length[s]
        if end != NONE:
            _shift(child, end, metres, state)


@compiled
def _unplaced_cost(metres: Metres) -> int:
    """More than any chain of moves can cost, so that no seat within reach stays empty."""
    longest = np.int64(0)
    for row in metres:
        for metre in row:
            if metre != FAR and metre > longest:
                longest = metre
    return int((metres.shape[1] + 2) * (longest + 1))


@compiled
def _search(child: int, metres: Metres, state: _State, unplaced: int) -> tuple[int, int]:
    """Find the shortest chain for a newcomer (Dijkstra's method over schools).

    Lengths count metres along the chain plus the price of the school it has reached, so no
    step is negative. A chain ends at a free seat; or with the child `out[s]` of the school
    reached losing its seat; or with the newcomer having none.

    Returns:
        The school where the chain ends, NONE if the newcomer stays without a seat; and the
        chain's metres.
    """
    end, total = NONE, unplaced
    for t in range(len(state.price)):
        state.before[t], state.done[t], state.length[t] = NONE, False, _NEVER
        if metres[child, t] != FAR and metres[child, t] + state.price[t] < total:
            state.length[t] = metres[child, t] + state.price[t]
            if _has_room(t, state):
                end, total = t, state.length[t]
    while True:
        s = _shortest(state, total)
        if s == NONE:
            return end, total
        state.done[s] = True
        reached = state.length[s] - state.price[s]
        dropping = reached + unplaced - metres[state.out[s], s]
        if dropping < total:
            end, total = s, dropping
        end, total = _reach_on(s, reached, end, total, metres, state)


@compiled
def _has_room(s: int, state: _State) -> bool:
    return bool(state.first[s] + state.held[s] < state.first[s + 1])


@compiled
def _shortest(state: _State, limit: int) -> int:
    """The school with the shortest chain not yet followed, NONE if none is below the limit."""
    nearest = NONE
    for t in range(len(state.length)):
        if state.length[t] < limit and not state.done[t]:
            nearest, limit = t, state.length[t]
    return nearest


@compiled
def _reach_on(
    s: int, reached: int, end: int, total: int, metres: Metres, state: _State
) -> tuple[int, int]:
    """Prolong a chain that has reached a full school by one more move.

    What would not be shorter than the best whole chain so far is not looked at.

    Returns:
        `end` and `total`, or the school with a free seat that is now reached with less.
    """
    loss, price, length = state.loss, state.price, state.length
    for t in range(len(price)):
        limit = min(length[t], total)
        if reached + loss[s, t] + price[t] < limit and not state.done[t]:
            if state.mover[s, t] == NONE:
                _recount(s, t, metres, state)
            if reached + loss[s, t] + price[t] < limit:
                length[t] = reached + loss[s, t] + price[t]
                state.before[t] = s
                if _has_room(t, state):
                    end, total = t, length[t]
    return end, total


@compiled
def _recount(s: int, t: int, metres: Metres, state: _State) -> None:
    """Find who of a full school loses least by moving to another."""
    least = _NEVER
    for child in state.member[state.first[s] : state.first[s + 1]]:
        there = metres[child, t]
        if there != FAR and there - metres[child, s] < least:
            least = there - metres[child, s]
            state.mover[s, t] = child
    state.loss[s, t] = least


@compiled
def _shift(child: int, end: int, metres: Metres, state: _State) -> None:
    """Carry out a chain from its end back to the newcomer."""
    s, gone, place = end, NONE, state.first[end] + state.held[end]
    if place < state.first[s + 1]:
        state.held[s] += 1
    else:
        gone = state.out[s]
        place, state.school[gone] = state.slot[gone], NONE
    while True:
        previous = state.before[s]
        came = child if previous == NONE else state.mover[previous, s]
        vacated = state.slot[came]
        state.member[place], state.slot[came], state.school[came] = came, place, s
        if gone != NONE:
            _forget(gone, s, metres, state)
        _consider(came, s, metres, state)
        if previous == NONE:
            return
        s, gone, place = previous, came, vacated


@compiled
def _forget(gone: int, s: int, metres: Metres, state: _State) -> None:
    """Take back what was noted about a child that left a full school."""
    for t in range(len(state.price)):
        if state.mover[s, t] == gone:
            state.mover[s, t] = NONE
    if state.out[s] == gone:
        members = state.member[state.first[s] : state.first[s + 1]]
        state.out[s] = members[0]
        for child in members:
            if metres[child, s] > metres[state.out[s], s]:
                state.out[s] = child


@compiled
def _consider(child: int, s: int, metres: Metres, state: _State) -> None:
    """Take note of what a child that came to a school would lose by moving on."""
    here = metres[child, s]
    if state.out[s] == NONE or here > metres[state.out[s], s]:
        state.out[s] = child
    for t in range(len(state.price)):
        there = metres[child, t]
        if there != FAR and there - here < state.loss[s, t]:
            state.loss[s, t], state.mover[s, t] = there - here, child
