"""Payments with faults of every kind at known places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from junheng.aid.engine.audit import Difference

Key = tuple[str, str, date]
Claim = tuple[str, str, date, int, int | None]
"""subject, policy, day, answer, fen."""

Payment = tuple[str, str, date, int]
Found = tuple[Difference, int | None, int, int]
"""Which difference, what is due, what was paid, in how many payments."""

DAYS = (date(2026, 9, 1), date(2026, 10, 1))
POLICIES = ("boarder", "meal", "books")


@dataclass(frozen=True)
class Planted:
    """Claims and payments of which is known in what they differ."""

    claims: list[Claim]
    paid: list[Payment]
    truth: dict[Key, Found]


def plant(seed: int, people: int = 300, share: float = 0.08) -> Planted:
    """Make claims and payments for invented people.

    Args:
        seed: The same seed gives the same.
        people: How many.
        share: How often something is wrong.
    """
    chance = Random(seed)
    planted = Planted([], [], {})
    keys = [(f"p{n:05}", policy, day) for n in range(people) for policy in POLICIES for day in DAYS]
    for key in keys:
        kind = chance.random()
        fen = chance.choice([25_000, 31_250, 50_000])
        if kind < 0.4:
            _entitled(planted, key, fen, chance, share)
        elif kind < 0.45:
            _undecided(planted, key, fen, paid=chance.random() < 0.5)
        elif chance.random() < share:
            planted.paid.append((*key, fen))
            planted.truth[key] = (Difference.NOT_ENTITLED, None, fen, 1)
        elif chance.random() < share:  # paid for nothing, and taken back
            planted.paid.extend([(*key, fen), (*key, -fen)])
    chance.shuffle(planted.paid)
    return planted


def _entitled(planted: Planted, key: Key, fen: int, chance: Random, share: float) -> None:
    planted.claims.append((*key, 0, fen))
    match int(chance.random() / share):
        case 0:
            planted.truth[key] = (Difference.UNPAID, fen, 0, 0)
        case 1:
            planted.paid.extend([(*key, fen), (*key, fen)])
            planted.truth[key] = (Difference.TWICE, fen, 2 * fen, 2)
        case 2:
            wrong = fen + chance.choice([-1, 1])
            planted.paid.append((*key, wrong))
            planted.truth[key] = (Difference.WRONG_AMOUNT, fen, wrong, 1)
        case 3:  # a part came, the rest did not
            planted.paid.append((*key, fen // 2))
            planted.truth[key] = (Difference.WRONG_AMOUNT, fen, fen // 2, 1)
        case 4:  # in two parts: nothing is wrong
            planted.paid.extend([(*key, fen // 2), (*key, fen - fen // 2)])
        case _:
            planted.paid.append((*key, fen))


def _undecided(planted: Planted, key: Key, fen: int, *, paid: bool) -> None:
    planted.claims.append((*key, -2, None))
    if paid:
        planted.paid.append((*key, fen))
    planted.truth[key] = (Difference.UNDECIDED, None, fen if paid else 0, int(paid))
