"""Whole deliveries, row by row, for comparisons in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from junheng.evidence.models import Connection, Delivery, Record, Register
from junheng.evidence.models.connections import newest_deliveries

AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Entries:
    """Rows of the newest delivery of each connection of one register.

    Attributes:
        as_of: The oldest of the days on which they were true.
        deliveries: Keys of the deliveries.
        fingerprints: Hashes of what they held, in the same order.
        rows: How many rows they had when they were delivered.
    """

    as_of: date
    deliveries: tuple[UUID, ...]
    fingerprints: tuple[str, ...]
    rows: int

    def __iter__(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Each row's reference, and what stands in it, opened only while it is looked at."""
        rows = Record.objects.filter(delivery_id__in=self.deliveries).order_by("delivery", "row")
        for record in rows.iterator(AT_ONCE):
            yield str(record.pk), record.facts


def newest_entries(register: Register, path: str) -> Entries | None:
    """The rows of a register that is for a place; None if nothing was delivered."""
    tables = Connection.objects.active(path).filter(register=register, way=Connection.Way.TABLES)
    return _entries(list(newest_deliveries(tables)))


def entries_delivered(deliveries: Iterable[UUID]) -> Entries | None:
    """The rows of these very deliveries; None if one was taken back, or its rows are gone."""
    wanted = sorted(set(deliveries), key=str)
    found = list(Delivery.objects.standing().filter(pk__in=wanted).order_by("pk"))
    entries = _entries(found)
    kept = Record.objects.filter(delivery__in=wanted).count()
    return entries if entries and len(found) == len(wanted) and entries.rows == kept else None


def newest_of(connection: int) -> Entries | None:
    """The rows of the newest delivery of one connection; None if there is none."""
    tables = Connection.objects.active().filter(pk=connection, way=Connection.Way.TABLES)
    return _entries(list(newest_deliveries(tables)))


def _entries(found: Sequence[Delivery]) -> Entries | None:
    if not found:
        return None
    return Entries(
        min(one.as_of for one in found),
        tuple(one.pk for one in found),
        tuple(one.sha256 for one in found),
        sum(one.rows for one in found),
    )
