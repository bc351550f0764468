"""A school's order as whole numbers: the smaller key comes first (format page, 3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from junheng.admissions.engine.types import Ints, Key, Lists


def order_keys(
    priority: Sequence[Key], lists: Lists, *, tier: Ints, sibling_school: Ints, ticket_order: Ints
) -> Ints:
    """One key for each place on each unit's list, comparable within a school.

    Args:
        priority: What the school orders by, most important first.
        lists: Lists of the units.
        tier: Tier of each unit, 1 is served first.
        sibling_school: School where an older child of each unit is a pupil, or NONE.
        ticket_order: Place of each unit's ticket among all, from 0, no two equal.

    Returns:
        Keys beside `lists.school`; no two units have the same key at a school. Where
        `priority` does not name the ticket, `applicant_id` decides what it leaves open.
    """
    units = len(tier)
    unit = np.repeat(np.arange(units), np.diff(lists.start))
    _, dense = np.unique(tier, return_inverse=True)
    values = {
        Key.TIER: (int(dense.max(initial=0)) + 1, dense[unit]),
        Key.SIBLING: (2, sibling_school[unit] != lists.school),
        Key.TICKET: (units, ticket_order[unit]),
    }
    key = np.zeros(len(unit), dtype=np.int64)
    for name in priority:
        radix, value = values[name]
        key = key * radix + value
    return key if Key.TICKET in priority else key * units + unit
