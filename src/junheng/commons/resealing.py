"""Sealing again with the newest key: everything that is sealed, its history as well.

Runs as the owner of the tables, since history cannot be changed by anybody else, and without
leaving events: what a row says does not change. Works in small transactions and takes up only
what is not yet sealed with the newest key, so it may be killed at any time and run again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection, models, transaction
from psycopg import sql

from junheng.commons.sealing import (
    SealBroken,
    SealedTextField,
    index_key,
    newest_version,
    seal,
    unseal,
    version_of,
)

BATCH = 500
Step = Callable[[int], None]
"""Told how many values were sealed again since the last call."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Sealed values that lie in no field of their own, such as in the rows of a library.

    Attributes:
        name: What they are.
        carried: Counts them by the version of their key.
        reseal: Seals them again; returns how many, and how many did not open.
    """

    name: str
    carried: Callable[[], Counter[int]]
    reseal: Callable[[], tuple[int, int]]


_ELSEWHERE: dict[str, Elsewhere] = {}


def register(elsewhere: Elsewhere) -> None:
    """Name sealed values that are in no `SealedTextField`; call it from `AppConfig.ready`."""
    _ELSEWHERE[elsewhere.name] = elsewhere


@dataclass(frozen=True, slots=True)
class Resealed:
    """How it went: sealed again, and left because they do not open."""

    done: int
    broken: int


def sealed_columns() -> Iterator[tuple[type[models.Model], SealedTextField]]:
    """Every sealed field of every table, those of histories among them."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            for field in model._meta.local_concrete_fields:
                if isinstance(field, SealedTextField):
                    yield model, field


def carried() -> Counter[int]:
    """How many sealed values carry each version of the key."""
    counts: Counter[int] = Counter()
    for model, field in sealed_columns():
        query = sql.SQL(
            "SELECT get_byte({field}, 0), count(*) FROM {table} "
            "WHERE {field} IS NOT NULL GROUP BY 1"
        ).format(**_names(model, field))
        counts.update({int(version): int(count) for version, count in _rows(query, [])})
    for elsewhere in _ELSEWHERE.values():
        counts.update(elsewhere.carried())
    return counts


def reseal(step: Step = lambda _count: None) -> Resealed:
    """Seal with the newest key whatever is sealed with an older one.

    Args:
        step: Told after each transaction how many values it sealed.
    """
    done = broken = 0
    for model, field in sealed_columns():
        for resealed in _column(model, field):
            done, broken = done + resealed.done, broken + resealed.broken
            step(resealed.done)
    for elsewhere in _ELSEWHERE.values():
        count, closed = elsewhere.reseal()
        done, broken = done + count, broken + closed
        step(count)
    return Resealed(done, broken)


def _column(model: type[models.Model], field: SealedTextField) -> Iterator[Resealed]:
    """One field of one table, a transaction at a time."""
    names = _names(model, field)
    read = sql.SQL(
        "SELECT {pk}, {bound}, {field} FROM {table} "
        "WHERE get_byte({field}, 0) <> %s AND (%s::text IS NULL OR {pk} > %s) "
        "ORDER BY {pk} LIMIT %s"
    ).format(**names)
    write = sql.SQL("UPDATE {table} SET {field} = %s WHERE {pk} = %s AND {field} = %s").format(
        **names
    )
    last: Any = None
    while rows := _rows(read, [newest_version(), last, last, BATCH]):
        with transaction.atomic(), pgtrigger.ignore():
            broken = sum(not _row(model, field, row, write) for row in rows)
        last = rows[-1][0]
        yield Resealed(len(rows) - broken, broken)


def _row(
    model: type[models.Model], field: SealedTextField, row: tuple[Any, ...], write: sql.Composed
) -> bool:
    """Whether the value opened; a row that changed meanwhile has the newest key already."""
    pk, bound, old = row
    where = field.bound(model(**{field.bound_to: bound}))
    try:
        text = unseal(bytes(old), where)
    except SealBroken:
        return False
    with connection.cursor() as cursor:
        cursor.execute(write, [seal(text, where), pk, old])
    return True


def _names(model: type[models.Model], field: SealedTextField) -> dict[str, sql.Identifier]:
    pk = model._meta.pk
    bound = model._meta.get_field(field.bound_to)
    columns = {"table": model._meta.db_table, "field": field.column, "pk": pk.column}
    columns["bound"] = str(getattr(bound, "column", field.bound_to))
    return {name: sql.Identifier(str(column)) for name, column in columns.items()}


def _rows(query: sql.Composed, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


# --------------------------------------------------------------------------- blind indexes


@dataclass(frozen=True, slots=True)
class Index:
    """A column with a blind index, and how it is made.

    Attributes:
        model: The table; its history is taken along.
        field: The column.
        made_from: Gives the index of a row, by `sealing.blind_index`.
    """

    model: type[models.Model]
    field: str
    made_from: Callable[[Any], str]


_INDEXES: list[Index] = []


def register_index(index: Index) -> None:
    """Name a column with a blind index; call it from `AppConfig.ready`."""
    if index not in _INDEXES:
        _INDEXES.append(index)


def make_indexes_again(key: str) -> int:
    """Make every blind index with this key, all in one transaction; how many those were."""
    done = 0
    with transaction.atomic(), pgtrigger.ignore(), index_key(key):
        for index in _INDEXES:
            done += sum(_index(model, index) for model in _tables_with(index))
        done += sum(elsewhere.remake() for elsewhere in _INDEXES_ELSEWHERE.values())
    return done


def _tables_with(index: Index) -> Iterator[Any]:
    """The table, and its history where that does not leave the column out."""
    yield index.model
    history = getattr(index.model, "pgh_event_model", None)
    if history is not None and index.field in {field.name for field in history._meta.fields}:
        yield history


def _index(model: Any, index: Index) -> int:
    """By raw SQL: a row that only gets another index leaves no event."""
    field = model._meta.get_field(index.field)
    write = sql.SQL("UPDATE {table} SET {field} = %s WHERE {pk} = %s").format(
        table=sql.Identifier(model._meta.db_table),
        field=sql.Identifier(field.column),
        pk=sql.Identifier(model._meta.pk.column),
    )
    done = 0
    indexed = model._base_manager.exclude(**{index.field: ""})
    for row in indexed.order_by("pk").iterator(chunk_size=BATCH):
        with connection.cursor() as cursor:
            cursor.execute(write, [index.made_from(row), row.pk])
        done += 1
    return done


@dataclass(frozen=True, slots=True)
class IndexElsewhere:
    """Tokens of a key of indexes that are no column of their own row, such as search keys.

    Attributes:
        name: What they are.
        remake: Makes all of them again, with the key that holds; returns how many.
    """

    name: str
    remake: Callable[[], int]


_INDEXES_ELSEWHERE: dict[str, IndexElsewhere] = {}


def register_index_elsewhere(elsewhere: IndexElsewhere) -> None:
    """Name tokens that are made again when the key of indexes changes; from `AppConfig.ready`."""
    _INDEXES_ELSEWHERE[elsewhere.name] = elsewhere


def registered_indexes() -> tuple[Index, ...]:
    """Every column that was named."""
    return tuple(_INDEXES)


def strange_indexes(key: str = "", limit: int | None = None) -> tuple[int, int]:
    """How many rows have a blind index that another key made, and how many were looked at.

    Args:
        key: The key that should have made them; the installation's where there is none.
        limit: Look at so many of the first and of the last rows of each table, not at all rows.
    """
    strange = seen = 0
    with index_key(key):
        for index in _INDEXES:
            for row in _some(index.model, limit):
                with suppress(SealBroken):  # told elsewhere
                    strange += index.made_from(row) != getattr(row, index.field)
                    seen += 1
    return strange, seen


def _some(model: Any, limit: int | None) -> Iterator[Any]:
    rows = model._base_manager.order_by("pk")
    if limit is None:
        yield from rows.iterator(chunk_size=BATCH)
    else:
        yield from {row.pk: row for part in (rows, rows.reverse()) for row in part[:limit]}.values()


def is_old(sealed: bytes) -> bool:
    """Whether this is sealed with another key than the newest."""
    return version_of(sealed) != newest_version()
