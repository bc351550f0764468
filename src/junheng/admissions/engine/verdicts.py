"""What every school on every list answered, and what would have changed the answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from junheng.admissions.engine.orders import Order, units_beside
from junheng.admissions.engine.reasons import Change, ChangeKind, Verdict
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
    order: Order,
    tickets: tuple[str, ...],
    school_id: str,
    own: tuple[int, ...],
    bar: tuple[int, ...],
) -> tuple[Change, ...]:
    """What, each alone, would have put a claim before the one that decided.

    Args:
        order: How schools put units in order.
        tickets: Each unit's ticket as printed.
        school_id: The school in question.
        own: `Order.values` of the claim that was refused.
        bar: `Order.values` of the claim it had to come before, smaller than `own`.
    """
    changes = []
    for at, key in enumerate(order.priority):
        best = bar[at] if (*own[:at], bar[at], *own[at + 1 :]) < bar else bar[at] - 1
        if own[:at] == bar[:at] and (key is Key.TICKET or _possible(key, best, own[at])):
            changes.append(_change(key, best, school_id, tickets[bar[-1]]))
    return tuple(changes)


def _possible(key: Key, value: int, own: int) -> bool:
    """Whether a key can have this value, and it is better than the child's own."""
    return (1 if key is Key.TIER else 0) <= value < own


def _change(key: Key, value: int, school_id: str, ticket: str) -> Change:
    if key is Key.TIER:
        return Change(ChangeKind.TIER, str(value))
    if key is Key.SIBLING:
        return Change(ChangeKind.SIBLING, school_id)
    return Change(ChangeKind.TICKET, ticket)
