"""How the connections are: what they have, of when, and whether they answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils import timezone

from junheng.accounts.facade import Visitor
from junheng.evidence.models import (
    Connection,
    Delivery,
    ServiceHour,
    ServiceState,
    newest_deliveries,
)

LOOKED_BACK = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Traffic:
    """How a service was asked in the last 24 hours."""

    asked: int = 0
    failed: int = 0
    milliseconds: int = 0

    @property
    def error_rate(self) -> float | None:
        """Share of the requests that failed, in percent; None when there was none."""
        return 100 * self.failed / self.asked if self.asked else None

    @property
    def mean(self) -> float | None:
        """Milliseconds per request."""
        return self.milliseconds / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """A connection with its newest delivery, or with the state of its service.

    Attributes:
        health: `fine`, `old`, `empty`, `failing`, `paused` or `ended`.
    """

    connection: Connection
    delivery: Delivery | None
    state: ServiceState | None
    traffic: Traffic
    health: str

    @property
    def rows(self) -> int | None:
        """Rows that are here."""
        return self.delivery.rows if self.delivery else None


def connection_rows(user: Visitor, now: datetime) -> list[ConnectionRow]:
    """Every connection that somebody sees, by register and name."""
    return rows_of(Connection.objects.for_user(user), now)


def rows_of(connections: QuerySet[Connection], now: datetime) -> list[ConnectionRow]:
    """These connections with how they are, in four queries."""
    newest = {row.connection_id: row for row in newest_deliveries(connections)}
    states = {row.pk: row for row in ServiceState.objects.filter(connection__in=connections)}
    traffic = _traffic(connections, now)
    return [
        _row(row, newest.get(row.pk), states.get(row.pk), traffic.get(row.pk, Traffic()), now)
        for row in connections
    ]


def _row(
    connection: Connection,
    delivery: Delivery | None,
    state: ServiceState | None,
    traffic: Traffic,
    now: datetime,
) -> ConnectionRow:
    if connection.ended_on is not None:
        health = "ended"
    elif connection.way == Connection.Way.SERVICE:
        health = _of_service(state, now)
    else:
        health = _of_tables(connection, delivery, now)
    return ConnectionRow(connection, delivery, state, traffic, health)


def _of_service(state: ServiceState | None, now: datetime) -> str:
    if state is None or not state.failures:
        return "fine"
    return "paused" if state.paused_until and state.paused_until > now else "failing"


def _of_tables(connection: Connection, delivery: Delivery | None, now: datetime) -> str:
    if delivery is None:
        return "empty"
    today = timezone.localdate(now)
    return "old" if delivery.as_of + timedelta(connection.fresh_days) < today else "fine"


def _traffic(connections: Iterable[Connection], now: datetime) -> Mapping[int, Traffic]:
    since = (now - LOOKED_BACK).replace(minute=0, second=0, microsecond=0)
    rows: Any = ServiceHour.objects.filter(connection__in=connections, hour__gte=since)
    sums = rows.values("connection").annotate(
        a=Sum("asked"), f=Sum("failed"), m=Sum("milliseconds")
    )
    return {row["connection"]: Traffic(row["a"], row["f"], row["m"]) for row in sums.order_by()}
