"""Schools open by lottery: who took part in each drawing, and with which number.

Format page, version 3, "What it means", 9. All children who named the school and did not get one
that they like better take part, each family once; the smallest tickets win the seats.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from junheng.admissions.engine.orders import Order, units_beside
from junheng.admissions.engine.types import NONE, Ints, Lists


@dataclass(frozen=True, slots=True)
class Drawings:
    """The drawings of all schools open by lottery.

    Attributes:
        units: Per school, how many units took part; NONE where it is not open by lottery.
        number: Beside `lists.school`, the unit's place among them by ticket, from 1; 0 where
            the unit took no part.
    """

    units: Ints
    number: Ints


def drawings_of(lists: Lists, place: Ints, order: Order) -> Drawings:
    """Number those who took part in each drawing.

    Args:
        lists: Each unit's list.
        place: Where on its list each unit is seated, from 0, or NONE.
        order: Which schools are open by lottery, and the units' tickets.
    """
    unit, school = units_beside(lists), lists.school
    rank = np.arange(len(unit)) - lists.start[unit]
    took_part = (place[unit] == NONE) | (rank <= place[unit])
    drawn = np.flatnonzero(order.by_lottery[school] & took_part)
    drawn = drawn[np.lexsort((order.ticket_order[unit[drawn]], school[drawn]))]
    first = np.searchsorted(school[drawn], np.arange(len(order.by_lottery) + 1))
    number = np.zeros(len(unit), dtype=np.int64)
    number[drawn] = np.arange(len(drawn)) - first[school[drawn]] + 1
    return Drawings(np.where(order.by_lottery, np.diff(first), NONE), number)
