"""Asking a register that comes as tables: two queries for a thousand people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from junheng.evidence.models import (
    Connection,
    Delivery,
    Record,
    State,
    key_index,
    name_index,
    number_index,
)
from junheng.evidence.services.answering import Asked, Facts, Reply, conclude, look_at, signed

MOST_NAMESAKES = 60
"""So many rows of one sounding name are looked at; more of them say nothing without a number."""


def ask_tables(connection: Connection, asked: Sequence[Asked]) -> list[Reply]:
    """What the newest delivery says to each question."""
    delivery = connection.deliveries.standing().first()
    if delivery is None:
        note = _("Nothing was delivered yet.")
        return [Reply(State.UNAVAILABLE, note=note, connection=connection)] * len(asked)
    key = connection.key_column
    found = _rows(delivery, asked, key)
    size = max(delivery.rows, 1)
    seen = look_at(asked, found, register_size=size)
    return [
        signed(conclude(one, rows, key=key), connection, delivery.as_of)
        for one, rows in zip(asked, seen, strict=True)
    ]


def _rows(delivery: Delivery, asked: Sequence[Asked], key: str) -> list[list[Facts]]:
    """For each question the rows that may be meant."""
    wanted = [_indexes(one, key) for one in asked]
    numbers, names, keys = (
        {index for indexes in wanted if (index := indexes[place])} for place in range(3)
    )
    meant = Q(number_index__in=numbers) | Q(name_index__in=names) | Q(key_index__in=keys)
    by_index: dict[str, list[Record]] = defaultdict(list)
    for record in Record.objects.filter(meant, delivery=delivery).order_by("row"):
        for index in (record.number_index, record.name_index, record.key_index):
            by_index[index].append(record)
    opened: dict[int, Facts] = {}
    return [_opened(indexes, by_index, opened) for indexes in wanted]


def _indexes(one: Asked, key: str) -> tuple[str, str, str]:
    person, about = one
    return (
        number_index(person.resident_id),
        name_index(person.name),
        key_index(about.get(key, "")) if key else "",
    )


def _opened(
    indexes: tuple[str, str, str], by_index: dict[str, list[Record]], opened: dict[int, Facts]
) -> list[Facts]:
    """The rows of one question, each once and unsealed at most once."""
    number, name, key = (by_index[index] if index else [] for index in indexes)
    chosen = {record.row: record for record in (*number, *key, *name[:MOST_NAMESAKES])}
    for row, record in chosen.items():
        if row not in opened:
            opened[row] = record.facts
    return [opened[row] for row in chosen]
