"""Seat children along shortest chains of moves: the kernel of the diversion.

State of the search, for children 0, 1, … already seated and every school s:

- `price[s]`: 0 while a seat is free. For every seated child, distance + price is least at
  its own school.
- `loss[s, t]`: metres lost if the child of s that loses least by moving to t does so, and
  `mover[s, t]` is that child.
- `out[s]`: the child of s with the longest way, who would be the one to lose its seat
  altogether if that were best; nobody does as long as another seat is in reach.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from junheng.admissions.engine.compiled import compiled
from junheng.admissions.engine.types import NONE, UNPLACED_M, Ints

FAR = 2**31 - 1
"""Stands in a matrix of metres where a child cannot go."""

_NEVER = 2**60
"""More than any chain can cost."""

Metres = NDArray[np.int32]


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
    school, loss = _seat(metres, seats)
    price = _least_prices(metres, school, loss)
    worth = np.full(len(school), UNPLACED_M, dtype=np.int64)
    seated = np.flatnonzero(school != NONE)
    worth[seated] = metres[seated, school[seated]] + price[school[seated]]
    return school, price, worth


def _least_prices(metres: Metres, school: Ints, loss: Ints) -> Ints:
    """The least prices under which nobody would rather be elsewhere.

    A child without a seat lifts a school to `UNPLACED_M` less its distance; a school s
    lifts every school t to its own price less what the move from s to t loses.
    """
    lift = np.zeros(metres.shape[1], dtype=np.int64)
    for child in np.flatnonzero(school == NONE):
        row = metres[child].astype(np.int64)
        np.maximum(lift, np.where(row == FAR, 0, UNPLACED_M - row), out=lift)
    return _settle(lift, loss)


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
def _seat(metres: Metres, seats: Ints) -> tuple[Ints, Ints]:
    """Seat the children row by row; return their schools and the final `loss`."""
    children, schools = metres.shape
    unplaced = _unplaced_cost(metres)
    school = np.full(children, NONE, dtype=np.int64)
    price = np.zeros(schools, dtype=np.int64)
    count = np.zeros(schools, dtype=np.int64)
    first = np.zeros(schools + 1, dtype=np.int64)
    for s in range(schools):
        first[s + 1] = first[s] + min(seats[s], children)
    member = np.empty(first[-1], dtype=np.int64)
    slot = np.empty(children, dtype=np.int64)
    loss = np.full((schools, schools), _NEVER, dtype=np.int64)
    mover = np.full((schools, schools), NONE, dtype=np.int64)
    out = np.full(schools, NONE, dtype=np.int64)
    length = np.empty(schools, dtype=np.int64)
    before = np.empty(schools, dtype=np.int64)
    done = np.empty(schools, dtype=np.bool_)
    for child in range(children):
        end, total = _search(
            child, metres, school, price, count, first, loss, out, unplaced, length, before, done
        )
        for s in range(schools):
            if done[s]:
                price[s] += total - length[s]
        _shift(child, end, metres, school, count, first, member, slot, loss, mover, out, before)
    return school, loss


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
def _search(
    child: int,
    metres: Metres,
    school: Ints,
    price: Ints,
    count: Ints,
    first: Ints,
    loss: Ints,
    out: Ints,
    unplaced: int,
    length: Ints,
    before: Ints,
    done: NDArray[np.bool_],
) -> tuple[int, int]:
    """Find the shortest chain for a newcomer (Dijkstra's method over schools).

    Lengths are metres along the chain plus the price of the school it has reached, so no
    step is negative. A chain ends at a free seat; or with the child `out[s]` of the school
    reached losing its seat; or with the newcomer having none.

    Returns:
        The school where the chain ends, NONE if the newcomer stays without a seat; and the
        chain's metres.
    """
    schools = len(price)
    end, total = NONE, unplaced
    for t in range(schools):
        done[t] = False
        before[t] = NONE
        length[t] = _NEVER if metres[child, t] == FAR else metres[child, t] + price[t]
    while True:
        s = NONE
        for t in range(schools):
            if not done[t] and length[t] < total and (s == NONE or length[t] < length[s]):
                s = t
        if s == NONE:
            return end, total
        if count[s] < first[s + 1] - first[s]:
            return s, length[s]
        done[s] = True
        reached = length[s] - price[s]
        dropping = reached + unplaced - metres[out[s], s]
        if dropping < total:
            end, total = s, dropping
        for t in range(schools):
            if not done[t] and reached + loss[s, t] + price[t] < length[t]:
                length[t] = reached + loss[s, t] + price[t]
                before[t] = s


@compiled
def _shift(
    child: int,
    end: int,
    metres: Metres,
    school: Ints,
    count: Ints,
    first: Ints,
    member: Ints,
    slot: Ints,
    loss: Ints,
    mover: Ints,
    out: Ints,
    before: Ints,
) -> None:
    """Carry out a chain from its end back to the newcomer."""
    if end == NONE:
        return
    s = end
    full = count[s] == first[s + 1] - first[s]
    if full:
        school[out[s]] = NONE
        place = slot[out[s]]
    else:
        place = first[s] + count[s]
        count[s] += 1
    while True:
        came = child if before[s] == NONE else mover[before[s], s]
        vacated = slot[came]
        member[place], slot[came], school[came] = came, place, s
        if full:
            _rescan(s, metres, member[first[s] : first[s + 1]], loss, mover, out)
        else:
            _consider(came, s, metres, loss, mover, out)
        if came == child:
            return
        s, place, full = before[s], vacated, True


@compiled
def _rescan(s: int, metres: Metres, members: Ints, loss: Ints, mover: Ints, out: Ints) -> None:
    """Find anew who of the children of a full school loses least by moving where."""
    loss[s] = _NEVER
    out[s] = NONE
    for child in members:
        _consider(child, s, metres, loss, mover, out)


@compiled
def _consider(child: int, s: int, metres: Metres, loss: Ints, mover: Ints, out: Ints) -> None:
    """Take note of what one child of a school would lose by moving."""
    here = metres[child, s]
    if out[s] == NONE or here > metres[out[s], s]:
        out[s] = child
    for t in range(metres.shape[1]):
        there = metres[child, t]
        if there != FAR and there - here < loss[s, t]:
            loss[s, t] = there - here
            mover[s, t] = child
