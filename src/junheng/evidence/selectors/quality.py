"""How good each register is for matching: what its rows lack, and what came of asking it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from junheng.accounts.facade import Visitor
from junheng.evidence.models import Connection, Delivery, Finding, State, newest_deliveries

LOOKED_BACK = timedelta(days=30)
GOOD_NUMBERS = ("number_sound", "number_old")


@dataclass(frozen=True, slots=True)
class Quality:
    """One connection.

    Attributes:
        rows: Of its newest delivery; None for a service.
        numbers: Share of rows whose identity number is sound or of the old form, in percent.
        missing, faulty, repeated, without_birthday: Counts of rows.
        answers: How many questions of the last 30 days ended how, by state.
    """

    connection: Connection
    rows: int | None
    numbers: float | None
    missing: int
    faulty: int
    repeated: int
    without_birthday: int
    answers: Mapping[str, int]

    @property
    def asked(self) -> int:
        """Questions of the last 30 days."""
        return sum(self.answers.values())

    @property
    def certain(self) -> float | None:
        """Share of the answered questions that passed without a person, in percent."""
        answered = self.asked - self.answers.get(State.UNAVAILABLE, 0)
        return 100 * self.answers.get(State.FOUND, 0) / answered if answered else None

    @property
    def doubtful(self) -> int:
        """Questions that went to a person."""
        return self.answers.get(State.PROBABLE, 0) + self.answers.get(State.SEVERAL, 0)

    @property
    def not_found(self) -> int:
        """Questions about people whom the register does not have."""
        return self.answers.get(State.NOT_FOUND, 0)

    @property
    def unanswered(self) -> int:
        """Questions that got no answer."""
        return self.answers.get(State.UNAVAILABLE, 0)


def qualities(user: Visitor, now: datetime) -> list[Quality]:
    """Every connection in use that somebody sees."""
    seen = Connection.objects.for_user(user).active()
    newest = {row.connection_id: row for row in newest_deliveries(seen)}
    answers: dict[int, dict[str, int]] = {}
    recent = Finding.objects.filter(connection__in=seen, at__gte=now - LOOKED_BACK)
    for row in recent.values("connection", "state").annotate(n=Count("pk")).order_by():
        answers.setdefault(row["connection"], {})[row["state"]] = row["n"]
    return [
        _quality(connection, newest.get(connection.pk), answers.get(connection.pk, {}))
        for connection in seen
    ]


def _quality(
    connection: Connection, delivery: Delivery | None, answers: Mapping[str, int]
) -> Quality:
    counts: Mapping[str, int] = delivery.quality if delivery else {}
    rows: int | None = delivery.rows if delivery else None
    good = sum(counts.get(name, 0) for name in GOOD_NUMBERS)
    return Quality(
        connection=connection,
        rows=rows,
        numbers=100 * good / rows if rows else None,
        missing=counts.get("number_missing", 0),
        faulty=counts.get("number_faulty", 0) + counts.get("number_lost_tail", 0),
        repeated=counts.get("number_more_than_once", 0),
        without_birthday=counts.get("without_birthday", 0),
        answers=answers,
    )
