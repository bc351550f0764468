"""A claim to a seat as it is printed and explained, and what would have put it in front."""

from __future__ import annotations

from collections.abc import Sequence

from junheng.admissions.engine.orders import Order
from junheng.admissions.engine.reasons import Claim
from junheng.admissions.engine.standing import Standing
from junheng.admissions.engine.types import NONE, Key


def claim_of(order: Order, tickets: Sequence[str], unit: int, *, sibling: bool) -> Claim:
    """The claim of one unit at a school.

    Args:
        order: How schools put units in order.
        tickets: Each unit's ticket as printed.
        unit: Whose claim.
        sibling: Whether an older child is a pupil at the school.
    """
    tier, ticket = int(order.tier[unit]), tickets[unit]
    value = {Key.TIER: str(tier), Key.SIBLING: "1" if sibling else "0", Key.TICKET: ticket}
    printed = "|".join(value[key] for key in order.priority)
    return Claim(tier=tier, sibling=sibling, ticket=ticket, printed=printed)


def last_claims(
    order: Order, tickets: Sequence[str], standing: Standing
) -> tuple[Claim | None, ...]:
    """Per school the claim of the last unit seated by list; None while list seats stay free."""
    return tuple(
        None
        if unit == NONE or free > 0
        else claim_of(order, tickets, unit, sibling=bool(order.sibling_school[unit] == s))
        for s, (unit, free) in enumerate(
            zip(standing.last().tolist(), standing.free().tolist(), strict=True)
        )
    )
