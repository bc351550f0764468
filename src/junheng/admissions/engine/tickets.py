"""Tickets: chance that anybody with the seed can repeat (format page, "What it means", 2)."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from junheng.admissions.engine.compiled import compiled
from junheng.admissions.engine.errors import SeedRefused
from junheng.admissions.engine.types import Ints, Method

_RING_SEED = re.compile(r"([0-9]{1,18}):([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The draw of all units.

    Attributes:
        tickets: Each unit's ticket as printed: 64 hexadecimal digits, or the place in the
            drawing from 1.
        order: Place of each unit's ticket among all, from 0; no two are equal.
    """

    tickets: tuple[str, ...]
    order: Ints


def draw(method: Method, seed: str, year: int, leads: Sequence[str]) -> Drawn:
    """Give every unit its ticket.

    Args:
        method: How the tickets are drawn.
        seed: The round's public seed; for the ring "start:interval".
        year: Calendar year in which the school year starts.
        leads: Lowest `applicant_id` of each unit, ascending by UTF-8 bytes.

    Raises:
        SeedRefused: If there is no seed, or the ring's seed is malformed or starts beyond
            the ring.
    """
    if method is Method.RING:
        place = ring_places(len(leads), *ring_seed(seed, len(leads)))
        return Drawn(tuple(map(str, place.tolist())), place - 1)
    tickets = hmac_tickets(seed, year, leads)
    ascending = np.argsort(np.array(tickets, dtype="S64"), kind="stable")
    order = np.empty(len(leads), dtype=np.int64)
    order[ascending] = np.arange(len(leads))
    return Drawn(tickets, order)


def hmac_tickets(seed: str, year: int, leads: Sequence[str]) -> tuple[str, ...]:
    """HMAC-SHA256 under the seed of "year|applicant_id", in lower-case hexadecimal.

    Raises:
        SeedRefused: If the seed is empty: no seed, no round.
    """
    if not seed:
        raise SeedRefused("there is no seed, so no ticket can be drawn")
    key, prefix = seed.encode(), f"{year}|"
    return tuple(hmac.digest(key, (prefix + lead).encode(), "sha256").hex() for lead in leads)


def ring_seed(seed: str, count: int) -> tuple[int, int]:
    """Read "start:interval".

    Args:
        seed: Two whole numbers of at most 18 digits with a colon between.
        count: Units on the ring.

    Returns:
        Start (1 to `count`) and interval (at least 1).

    Raises:
        SeedRefused: If it is not of that form or out of these bounds.
    """
    form = _RING_SEED.fullmatch(seed)
    if form is None:
        raise SeedRefused(f"the seed of ring-interval is written start:interval, not {seed!r}")
    start, interval = int(form[1]), int(form[2])
    if not 1 <= start <= max(count, 1):
        raise SeedRefused(f"the ring has places 1 to {count}, so it cannot start at {start}")
    if interval < 1:
        raise SeedRefused("the interval on the ring is at least 1")
    return start, interval


def ring_places(count: int, start: int, interval: int) -> Ints:
    """Place in the drawing, from 1, of each position on the ring.

    Args:
        count: Units on the ring, at least 0.
        start: Position drawn first, from 1.
        interval: Then every `interval`-th of those not yet drawn, wrapping.
    """
    return _ring(count, start - 1, interval)


@compiled
def _ring(count: int, start: int, interval: int) -> Ints:
    """Draw by counting in a binary indexed tree: n log n, so a city's ring takes no time."""
    tree = np.zeros(count + 1, dtype=np.int64)
    for node in range(1, count + 1):
        tree[node] = node & -node
    top = 1
    while top * 2 <= count:
        top *= 2
    place = np.empty(count, dtype=np.int64)
    at = start
    for turn in range(count):
        if turn:
            at = (at + interval - 1) % (count - turn)
        place[_take(tree, top, at)] = turn + 1
    return place


@compiled
def _take(tree: Ints, top: int, rank: int) -> int:
    """Take the `rank`-th (from 0) position that is still there out of the tree."""
    node, step, left = 0, top, rank
    while step:
        below = node + step
        if below < len(tree) and tree[below] <= left:
            node = below
            left -= tree[below]
        step //= 2
    taken = node
    node += 1
    while node < len(tree):
        tree[node] -= 1
        node += node & -node
    return taken
