"""Made-up crowds: skewed popularity, four tiers, one lottery, seats for all but a few."""

from __future__ import annotations

import numpy as np

from junheng.admissions.engine.orders import Order
from junheng.admissions.engine.types import NONE, Ints, Key, Lists

_BLOCK = 20_000


def crowd(
    children: int,
    schools: int,
    *,
    choices: int,
    seed: int,
    siblings: float = 0.1,
    by_lottery: int = 0,
) -> tuple[Lists, Ints, Ints, Ints]:
    """Lists, keys, seats and ticket order of `children` who rank `choices` schools each.

    `siblings` is the share with an older child at one of the schools on their list; the first
    `by_lottery` schools go by ticket alone.
    """
    chance = np.random.default_rng(seed)
    ranked = np.concatenate(
        [
            _ranked(min(_BLOCK, children - low), schools, choices, chance)
            for low in range(0, children, _BLOCK)
        ]
    )
    lists = Lists(np.arange(children + 1) * choices, ranked.ravel(), np.full(children, choices))
    seats = np.full(schools, -(-children * 21 // (20 * schools)))
    has_sibling = chance.random(children) < siblings
    at = ranked[np.arange(children), chance.integers(0, choices, children)]
    order = Order(
        priority=(Key.TIER, Key.SIBLING, Key.TICKET),
        tier=chance.integers(1, 5, children),
        sibling_school=np.where(has_sibling, at, NONE),
        ticket_order=chance.permutation(children),
        by_lottery=np.arange(schools) < by_lottery,
    )
    return lists, order.list_keys(lists), seats, order.ticket_order


def _ranked(children: int, schools: int, choices: int, chance: np.random.Generator) -> Ints:
    """Choices without repetition, popular schools more often and earlier.

    Some more than needed are drawn with repetition, and the first of each kept; the few
    children who then still have too few rank all schools, at much greater length.
    """
    liking = 3 * np.linspace(1, 0, schools) ** 3
    share = np.cumsum(np.exp(liking) / np.exp(liking).sum())
    many = 2 * choices + 4
    drawn = np.searchsorted(share[:-1], chance.random((children, many)))
    first = np.ones((children, many), dtype=np.bool_)
    for j in range(1, many):
        first[:, j] = (drawn[:, :j] != drawn[:, j : j + 1]).all(axis=1)
    first &= np.cumsum(first, axis=1) <= choices
    short = np.flatnonzero(first.sum(axis=1) < choices)
    first[short] = np.arange(many) < choices
    ranked = drawn[first].reshape(children, choices)
    all_of_them = liking + chance.gumbel(size=(len(short), schools))
    ranked[short] = np.argsort(-all_of_them, axis=1)[:, :choices]
    return ranked
