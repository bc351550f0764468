"""Double entry for payments: every fen that leaves one account arrives in another.

Four accounts are enough: what was allocated, what is on its way to the bank, what reached its
account, and what came back and waits to be paid again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Account(StrEnum):
    """Where money is."""

    ALLOCATED = "allocated"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Move:
    """Money that goes from one account to another.

    Attributes:
        out_of: Where it leaves.
        into: Where it arrives.
        fen: How much, in fen; at least 1.
    """

    out_of: Account
    into: Account
    fen: int

    def __post_init__(self) -> None:
        if self.fen < 1 or self.out_of is self.into:
            raise ValueError("money moves between two accounts, at least one fen")


def sent(fen: int, *, again: bool) -> Move:
    """What happens when a line goes to the bank.

    Args:
        fen: The line's amount, in fen.
        again: Whether it is money that came back before.
    """
    return Move(Account.RETURNED if again else Account.ALLOCATED, Account.IN_TRANSIT, fen)


def answered(fen: int, paid: int) -> tuple[Move, ...]:
    """What happens when the bank has answered for a line.

    Args:
        fen: The line's amount, in fen.
        paid: How much of it reached its account, in fen; from 0 to `fen`.

    Returns:
        What was paid and what came back, whichever is not nothing.

    Raises:
        ValueError: If more was paid than sent.
    """
    if not 0 <= paid <= fen:
        raise ValueError("the bank pays no more than it was sent")
    parts = ((Account.PAID, paid), (Account.RETURNED, fen - paid))
    return tuple(Move(Account.IN_TRANSIT, into, part) for into, part in parts if part)


def balances(moves: Iterable[Move]) -> dict[Account, int]:
    """What lies in each account after all moves, in fen; together they are always nothing."""
    found = dict.fromkeys(Account, 0)
    for move in moves:
        found[move.out_of] -= move.fen
        found[move.into] += move.fen
    return found
