"""How the connections are: what they have, of when, and whether they answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from junheng.accounts.facade import Visitor
from junheng.evidence.models import Connection, Delivery, newest_deliveries


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """A connection with its newest delivery.

    Attributes:
        health: `fine`, `old`, `empty`, or `ended`.
    """

    connection: Connection
    delivery: Delivery | None
    health: str

    @property
    def rows(self) -> int | None:
        """Rows that are here."""
        return self.delivery.rows if self.delivery else None


def connection_rows(user: Visitor, today: date) -> list[ConnectionRow]:
    """Every connection that somebody sees, by register and name."""
    seen = Connection.objects.for_user(user)
    newest = {row.connection_id: row for row in newest_deliveries(seen)}
    return [row_of(connection, newest.get(connection.pk), today) for connection in seen]


def row_of(connection: Connection, delivery: Delivery | None, today: date) -> ConnectionRow:
    """One connection with how it is."""
    return ConnectionRow(connection, delivery, _health(connection, delivery, today))


def _health(connection: Connection, delivery: Delivery | None, today: date) -> str:
    if connection.ended_on is not None:
        return "ended"
    if delivery is None:
        return "empty"
    old = delivery.as_of + timedelta(days=connection.fresh_days) < today
    return "old" if old else "fine"
