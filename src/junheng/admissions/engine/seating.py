"""A finished round, seen again by units: what every explanation starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from junheng.admissions.engine.claims import Claims
from junheng.admissions.engine.lotteries import Drawings, drawings_of
from junheng.admissions.engine.orders import Order, order_of
from junheng.admissions.engine.reasons import Claim
from junheng.admissions.engine.standing import Standing, standing_of
from junheng.admissions.engine.types import NONE, Ints, Lists, Result, Round
from junheng.admissions.engine.units import Units, lists_of, units_of


@dataclass(frozen=True, slots=True)
class Seating:
    """Units, their lists and where they ended, and who is seated by list at each school.

    Attributes:
        keys: Beside `lists.school`, the unit's key in that school's order.
        place: Where on its list each unit is seated, from 0, or NONE.
        last: Per school the claim of the last unit seated by list; None while seats stay free.
        drawings: Who took part in the drawings of schools open by lottery.
    """

    units: Units
    lists: Lists
    order: Order
    keys: Ints
    place: Ints
    claims: Claims
    standing: Standing
    last: tuple[Claim | None, ...]
    drawings: Drawings

    def free_for_others(self) -> Ints:
        """Seats each school has free for those who did not name it."""
        return np.where(self.order.by_lottery, 0, self.standing.free())


def seating_of(the_round: Round, result: Result) -> Seating:
    """Recover from a result by which claims its seats were given."""
    units = units_of(the_round.applicants)
    lists = lists_of(units, result.lists)
    order = order_of(the_round, units, result.ticket_order[units.lead])
    keys = order.list_keys(lists)
    rank = result.list_rank[units.lead]
    place = np.where(rank > 0, rank - 1, NONE)
    claims = Claims(order, [result.tickets[lead] for lead in units.lead.tolist()])
    standing = standing_of(lists, keys, place, size=units.size, seats=the_round.schools.seats)
    last, drawings = claims.last(standing), drawings_of(lists, place, order)
    return Seating(units, lists, order, keys, place, claims, standing, last, drawings)
