"""Claims to seats: whose was the last that counted, and whose a group's size set aside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from junheng.admissions.engine.types import NONE, Ints, Key, Lists
from junheng.admissions.engine.units import Units

_WEAKEST = np.iinfo(np.int64).max


def last_units(lists: Lists, keys: Ints, place: Ints, *, schools: int) -> Ints:
    """The unit that stands last in each school's order among those seated there by list.

    Args:
        lists: Each unit's list.
        keys: Beside `lists.school`, the unit's key in that school's order.
        place: Where on its list each unit is seated, from 0, or NONE.
        schools: How many schools there are.

    Returns:
        A unit per school, or NONE where nobody is seated by list.
    """
    held = np.flatnonzero(place != NONE)
    entry = lists.start[held] + place[held]
    ascending = np.argsort(keys[entry], kind="stable")
    last = np.full(schools, NONE, dtype=np.int64)
    last[lists.school[entry[ascending]]] = held[ascending]
    return last


def kept_out(
    lists: Lists, keys: Ints, place: Ints, units: Units, *, schools: int
) -> tuple[tuple[int, int], ...]:
    """Pairs of a child and a school it would rather have, where a weaker claim was seated.

    Without groups there are none. Arguments as for `last_units`.

    Returns:
        (child, school), members of a group each, in child then list order.
    """
    if not (units.size > 1).any():
        return ()
    length = np.diff(lists.start)
    unit = np.repeat(np.arange(len(length)), length)
    rank = np.arange(len(unit)) - lists.start[unit]
    weakest = np.full(schools, -1, dtype=np.int64)
    held = np.flatnonzero(place != NONE)
    entry = lists.start[held] + place[held]
    np.maximum.at(weakest, lists.school[entry], keys[entry])
    rather = rank < np.where(place == NONE, length, place)[unit]
    envies = np.flatnonzero(rather & (keys < weakest[lists.school]))
    pairs: dict[int, list[int]] = {}
    for u, s in zip(unit[envies].tolist(), lists.school[envies].tolist(), strict=True):
        pairs.setdefault(u, []).append(s)
    concerned = np.flatnonzero(np.isin(units.of, list(pairs)))
    return tuple((i, s) for i in concerned.tolist() for s in pairs[int(units.of[i])])


def printed_claim(priority: Sequence[Key], *, tier: int, sibling: bool, ticket: str) -> str:
    """The values of `priority` joined by "|": the tier, 1 or 0 for a sibling, the ticket."""
    value = {Key.TIER: str(tier), Key.SIBLING: "1" if sibling else "0", Key.TICKET: ticket}
    return "|".join(value[key] for key in priority)


def printed_claims(
    priority: Sequence[Key], last: Ints, tier: Ints, sibling_school: Ints, tickets: Sequence[str]
) -> tuple[str, ...]:
    """The printed claim of one unit per school at that school; "" where there is none."""
    return tuple(
        ""
        if u == NONE
        else printed_claim(
            priority, tier=int(tier[u]), sibling=bool(sibling_school[u] == s), ticket=tickets[u]
        )
        for s, u in enumerate(last.tolist())
    )
