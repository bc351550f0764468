"""Whole deliveries, row by row, for comparisons in bulk."""

from __future__ import annotations

from collections.abc import Iterator
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
    """

    as_of: date
    deliveries: tuple[UUID, ...]

    def __iter__(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Each row's reference, and what stands in it, opened only while it is looked at."""
        rows = Record.objects.filter(delivery_id__in=self.deliveries).order_by("delivery", "row")
        for record in rows.iterator(AT_ONCE):
            yield str(record.pk), record.facts


def newest_entries(register: Register, path: str) -> Entries | None:
    """The rows of a register that is for a place; None if nothing was delivered."""
    tables = Connection.objects.active(path).filter(register=register, way=Connection.Way.TABLES)
    found: list[Delivery] = list(newest_deliveries(tables))
    if not found:
        return None
    return Entries(min(one.as_of for one in found), tuple(one.pk for one in found))
