"""What every school on every list answered, and what would have changed the answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from junheng.admissions.engine.orders import units_beside
from junheng.admissions.engine.reasons import Verdict
from junheng.admissions.engine.standing import Standing
from junheng.admissions.engine.types import NONE, Ints, Key, Lists

VERDICTS = tuple(Verdict)
_CODE = {verdict: code for code, verdict in enumerate(VERDICTS)}


@dataclass(frozen=True, slots=True)
class Answers:
    """The schools' answers, beside the places of all units' lists.

    Attributes:
        verdict: Index into `VERDICTS`.
        left: Seats that better claims left to the unit.
        decided_by: The unit that the claim had to come before, or NONE if no claim sufficed.
    """

    verdict: Ints
    left: Ints
    decided_by: Ints


def answers_of(lists: Lists, keys: Ints, place: Ints, size: Ints, standing: Standing) -> Answers:
    """Find every school's answer.

    Args:
        lists: Each unit's list.
        keys: Beside `lists.school`, the unit's key in that school's order.
        place: Where on its list each unit is seated, from 0, or NONE.
        size: Seats each unit needs.
        standing: Who is seated where.
    """
    unit, school = units_beside(lists), lists.school
    rank = np.arange(len(unit)) - lists.start[unit]
    need, seats = size[unit], standing.seats[school]
    left = standing.left(school, keys)
    verdict = np.select(
        [
            rank == place[unit],
            (place[unit] != NONE) & (rank > place[unit]),
            seats == 0,
            left >= need,
            left <= 0,
        ],
        [
            _CODE[v]
            for v in (
                Verdict.SEATED,
                Verdict.NOT_NEEDED,
                Verdict.NO_SEATS,
                Verdict.KEPT_OUT,
                Verdict.OUTRANKED,
            )
        ],
        default=_CODE[Verdict.OWN_GROUP],
    )
    seated = np.append(standing.unit, NONE)
    first = standing.decided_by(school, need)
    some = (first < standing.first[school + 1]) & (need <= seats)
    return Answers(verdict, left, np.where(some, seated[first], NONE))


def changes_of(
    priority: tuple[Key, ...], own: tuple[int, ...], bar: tuple[int, ...]
) -> tuple[tuple[Key, int], ...]:
    """What, each alone, would have put a claim before the one that decided.

    Args:
        priority: What the school orders by.
        own: `Claims.compared` of the claim that was refused.
        bar: `Claims.compared` of the claim it had to come before, smaller than `own`.

    Returns:
        A key and the worst value of it that suffices, in the order of `priority`; the
        ticket's value is that of the deciding claim, and only a smaller one suffices.
    """
    changes = []
    for at, key in enumerate(priority):
        alike = (*own[:at], bar[at], *own[at + 1 :])
        best = bar[at] if alike < bar or key is Key.TICKET else bar[at] - 1
        if (1 if key is Key.TIER else 0) <= best < own[at]:
            changes.append((key, best))
        if own[at] != bar[at]:
            break
    return tuple(changes)
