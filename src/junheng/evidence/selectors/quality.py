"""How good each register is for matching: what its rows lack, and what came of asking it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from junheng.accounts.facade import Visitor
from junheng.evidence.models import Connection, Delivery, Finding, Silence, State, newest_deliveries

LOOKED_BACK = timedelta(days=30)
GOOD_NUMBERS = ("number_sound", "number_old")
ANSWERED = "answered"
"""Of a question by number: that it was answered. Else it is the `Silence`, or "" for unknown."""
Counts = Callable[[Collection[int], datetime], Iterable[tuple[int, str, int]]]
_elsewhere: list[Counts] = []


def count_also(counts: Counts) -> None:
    """Count what another room asked by number itself; call it from `AppConfig.ready`.

    Args:
        counts: Of connections, by their keys, and since a moment: key, outcome, how many.
    """
    _elsewhere.append(counts)


@dataclass(frozen=True, slots=True)
class Quality:
    """One connection.

    Attributes:
        rows: Of its newest delivery; None for a service.
        numbers: Share of rows whose identity number is sound or of the old form, in percent.
        missing, faulty, repeated, without_birthday: Counts of rows.
        answers: How many look-ups of the last 30 days ended how, by state.
        by_number: The same of questions by number, by outcome.
    """

    connection: Connection
    rows: int | None
    numbers: float | None
    missing: int
    faulty: int
    repeated: int
    without_birthday: int
    answers: Mapping[str, int]
    by_number: Mapping[str, int]

    @property
    def asked(self) -> int:
        """Questions of the last 30 days."""
        return sum(self.answers.values()) + self.asked_by_number

    @property
    def asked_by_number(self) -> int:
        """Those that asked by number what somebody has."""
        return sum(self.by_number.values())

    @property
    def certain(self) -> float | None:
        """Share of the answered look-ups that passed without a person, in percent."""
        answered = sum(self.answers.values()) - self.answers.get(State.UNAVAILABLE, 0)
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
        silent = self.asked_by_number - self.by_number.get(ANSWERED, 0)
        return self.answers.get(State.UNAVAILABLE, 0) + silent

    @property
    def silences(self) -> list[tuple[str, int]]:
        """Why questions by number got no answer, in words, the most frequent first."""
        told = sorted(self.by_number.items(), key=lambda one: (-one[1], one[0]))
        return [(str(Silence(why).label), n) for why, n in told if why and why != ANSWERED]


def qualities(user: Visitor, now: datetime) -> list[Quality]:
    """Every connection in use that somebody sees."""
    seen = Connection.objects.for_user(user).active()
    newest = {row.connection_id: row for row in newest_deliveries(seen)}
    answers: dict[int, dict[str, int]] = {}
    recent = Finding.objects.filter(connection__in=seen, at__gte=now - LOOKED_BACK)
    for row in recent.values("connection", "state").annotate(n=Count("pk")).order_by():
        answers.setdefault(row["connection"], {})[row["state"]] = row["n"]
    by_number: dict[int, dict[str, int]] = {}
    for counts in _elsewhere:
        for key, outcome, n in counts([one.pk for one in seen], now - LOOKED_BACK):
            by_number.setdefault(key, {})[outcome] = n
    return [
        _quality(one, newest.get(one.pk), answers.get(one.pk, {}), by_number.get(one.pk, {}))
        for one in seen
    ]


def _quality(
    connection: Connection,
    delivery: Delivery | None,
    answers: Mapping[str, int],
    by_number: Mapping[str, int],
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
        by_number=by_number,
    )
