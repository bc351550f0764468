"""The same result, child by child, as two libraries that nobody here wrote.

Without groups the child-optimal stable assignment is unique, so equality is the right test.
"""

from __future__ import annotations

import numpy as np
import pytest

from junheng.admissions.engine.acceptance import accept
from junheng.admissions.engine.types import NONE, Ints, Lists
from junheng.admissions.tests.engine.crowds import crowd
from junheng.admissions.tests.engine.peers import PEERS


def _ours(lists: Lists, keys: Ints, seats: Ints, ticket_order: Ints) -> Ints:
    size = np.ones(len(lists.own), dtype=np.int64)
    place = accept(lists, keys, size=size, seats=seats, ticket_order=ticket_order)
    at = lists.school[lists.start[:-1] + np.maximum(place, 0)]
    return np.where(place == NONE, NONE, at)


@pytest.mark.parametrize("peer", PEERS)
def test_on_300_small_rounds(peer: str) -> None:
    build, solve = PEERS[peer]
    for seed in range(300):
        chance = np.random.default_rng(seed)
        schools = int(chance.integers(1, 8))
        lists, keys, seats, tickets = crowd(
            int(chance.integers(1, 40)),
            schools,
            choices=int(chance.integers(1, schools + 1)),
            seed=seed,
            siblings=0.3,
        )
        seats = np.maximum(1, seats - chance.integers(0, 3, schools))
        theirs = solve(build(lists, keys, seats))
        assert theirs.tolist() == _ours(lists, keys, seats, tickets).tolist(), seed


@pytest.mark.parametrize("peer", PEERS)
def test_on_1000_children_and_20_schools(peer: str) -> None:
    lists, keys, seats, tickets = crowd(1_000, 20, choices=10, seed=1)
    build, solve = PEERS[peer]
    ours = _ours(lists, keys, seats, tickets)
    assert solve(build(lists, keys, seats)).tolist() == ours.tolist()
    assert 0 < (ours == NONE).sum() < 200
