"""Claims to seats one at a time: as printed, and as compared."""

from __future__ import annotations

from collections.abc import Sequence

from junheng.admissions.engine.orders import Order
from junheng.admissions.engine.reasons import Claim
from junheng.admissions.engine.standing import Standing
from junheng.admissions.engine.types import NONE, Key

BY_LOTTERY = (Key.TICKET,)
"""What a school open by lottery orders by."""


def priority_at(
    school: str, *, priority: Sequence[Key], by_lottery: Sequence[str]
) -> tuple[Key, ...]:
    """What a school orders by.

    Args:
        school: Its id.
        priority: What the round's schools order by.
        by_lottery: Those at which the ticket alone decides.
    """
    return BY_LOTTERY if school in by_lottery else tuple(priority)


class Claims:
    """Every unit's claim at every school.

    Keeps plain lists beside the columns: one value of an array at a time is slow, and a
    round has hundreds of thousands of claims to explain.
    """

    def __init__(self, order: Order, tickets: Sequence[str]) -> None:
        """Take the columns apart.

        Args:
            order: How schools put units in order.
            tickets: Each unit's ticket as printed.
        """
        self._priority = tuple(order.priority)
        self._tier: list[int] = order.tier.tolist()
        self._sibling_school: list[int] = order.sibling_school.tolist()
        self._ticket_order: list[int] = order.ticket_order.tolist()
        self._by_lottery: list[bool] = order.by_lottery.tolist()
        self._tickets = tickets

    def by_lottery(self, school: int) -> bool:
        """Whether the ticket alone decides at the school."""
        return self._by_lottery[school]

    def priority(self, school: int) -> tuple[Key, ...]:
        """What the school orders by."""
        return BY_LOTTERY if self._by_lottery[school] else self._priority

    def sibling(self, unit: int, school: int) -> bool:
        """Whether an older child of the unit is a pupil at the school."""
        return self._sibling_school[unit] == school

    def printed(self, unit: int, school: int) -> Claim:
        """The claim as it is shown: the values the school orders by, joined by "|"."""
        tier, ticket, sibling = self._tier[unit], self._tickets[unit], self.sibling(unit, school)
        value = {Key.TIER: str(tier), Key.SIBLING: "01"[sibling], Key.TICKET: ticket}
        return Claim(tier, sibling, ticket, "|".join([value[k] for k in self.priority(school)]))

    def compared(self, unit: int, school: int) -> tuple[int, ...]:
        """The claim as schools compare it: by its priority, then `applicant_id`; smaller first."""
        value = {
            Key.TIER: self._tier[unit],
            Key.SIBLING: int(not self.sibling(unit, school)),
            Key.TICKET: self._ticket_order[unit],
        }
        return (*[value[key] for key in self.priority(school)], unit)

    def ticket(self, unit: int) -> str:
        """The unit's ticket as printed."""
        return self._tickets[unit]

    def last(self, standing: Standing) -> tuple[Claim | None, ...]:
        """Per school the claim of the last unit seated by list; None while seats stay free."""
        last, free = standing.last().tolist(), standing.free().tolist()
        return tuple(
            None if unit == NONE or free[s] > 0 else self.printed(unit, s)
            for s, unit in enumerate(last)
        )
