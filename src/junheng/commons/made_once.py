"""Statements made once per process and asked with other values: what thousands ask in one morning.

    @made_once
    def own(person: int, number: str) -> QuerySet[Application]:
        return Application.objects.filter(family=person, number=number)[:1]

    own(7, "AP-…")                    a list of rows, as of the queryset

    note = Insertion(SignIn)               note(row): as `row.save(force_insert=True)`
    used = Update(PhoneCode, "used_at")    used(row): as `row.save(update_fields=["used_at"])`

Django makes a statement anew at each call, which takes a page five times as long as the database
takes to answer it. Only for what every family asks on its way; elsewhere querysets as they are.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models
from django.db.models import QuerySet

P = ParamSpec("P")
Row = TypeVar("Row")
Model = TypeVar("Model", bound=models.Model)

MARKS: dict[type, Callable[[int], Any]] = {
    str: lambda n: f"made-once-{n}",
    int: lambda n: 32_000 + n,  # fits the smallest column of numbers
    date: lambda n: date(1900, 1, 1) + timedelta(days=n),
    datetime: lambda n: datetime(1900, 1, 1, tzinfo=UTC) + timedelta(days=n),
    UUID: lambda n: UUID(int=n),
}
"""By type of an argument: values by which it is found again in a statement."""


class NotFoundAgain(TypeError):
    """An argument does not stand in the statement as it was given, or is of an unknown type."""


@dataclass(frozen=True, slots=True)
class Place:
    """What stands at a parameter of a statement.

    Attributes:
        argument: Which argument; None for a value that is always the same.
        begins: Whether the column only begins like it.
        value: What is always the same.
    """

    argument: int | None
    begins: bool = False
    value: Any = None

    def filled(self, given: Sequence[Any]) -> Any:
        """The parameter for these arguments."""
        if self.argument is None:
            return self.value
        if self.begins:
            like = connections[DEFAULT_DB_ALIAS].ops.prep_for_like_query(given[self.argument])
            return f"{like}%"
        return given[self.argument]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, and what made it: that knows how to read its rows."""

    rows: Any
    compiler: Any
    text: str
    places: tuple[Place, ...]


class made_once(Generic[P, Row]):  # noqa: N801  # a decorator
    """A function that makes a queryset of its arguments; the statement is that of the first call.

    An argument must reach the database as it is or as the beginning of a text (`startswith`), so
    nothing is computed of it. Whatever changes is an argument, today as well. With None among the
    arguments the queryset is asked as it stands.
    """

    def __init__(self, make: Callable[P, QuerySet[Any, Row]]) -> None:
        self._make = make
        update_wrapper(self, make)

    def __call__(self, *args: P.args, **_none: P.kwargs) -> list[Row]:
        """The rows, fetched; arguments go by their places."""
        if None in args:
            return list(self._make(*args, **_none))
        made = self._made
        params = tuple(place.filled(args) for place in made.places)
        mine = copy.copy(made.compiler)
        mine.connection = connections[DEFAULT_DB_ALIAS]
        mine.as_sql = lambda: (made.text, params)
        query = copy.copy(made.rows.query)
        query.get_compiler = lambda *_args, **_kwargs: mine
        bare: Any = QuerySet(model=made.rows.model, query=query, using=DEFAULT_DB_ALIAS)
        bare._fields = made.rows._fields
        return list(made.rows._iterable_class(bare))

    @cached_property
    def _made(self) -> Statement:
        """Made for marks in place of arguments, twice: what differs is an argument, or a mistake.

        Raises:
            NotFoundAgain: If something is computed of an argument.
        """
        first, again = self._tried(1), self._tried(100)
        named = {place.argument for place in first.places} - {None}
        same = (first.text, first.places) == (again.text, again.places)
        if not same or len(named) != len(self._types):
            raise NotFoundAgain(f"{self._make.__qualname__} computes something of an argument")
        return first

    def _tried(self, start: int) -> Statement:
        marks: list[Any] = [MARKS[kind](start + at) for at, kind in enumerate(self._types)]
        make: Callable[..., Any] = self._make
        rows = make(*marks)
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        text, params = compiler.as_sql()
        return Statement(rows, compiler, text, tuple(_place(one, marks) for one in params))

    @cached_property
    def _types(self) -> list[Any]:
        told = {name: kind for name, kind in self._make.__annotations__.items() if name != "return"}
        by_name = {kind.__name__: kind for kind in MARKS}
        try:
            return [by_name[str(getattr(kind, "__name__", kind))] for kind in told.values()]
        except KeyError as unknown:
            raise NotFoundAgain(f"{self._make.__qualname__}: {unknown}") from unknown


def _place(param: Any, marks: Sequence[Any]) -> Place:
    for at, mark in enumerate(marks):
        if isinstance(param, type(mark)) and param == mark:
            return Place(at)
        if isinstance(mark, str) and param == f"{mark}%":
            return Place(at, begins=True)
    return Place(None, value=param)


class Insertion(Generic[Model]):
    """Inserts a row with all its columns, as `save(force_insert=True)` does, without signals.

    Args:
        model: Of which table.
        unless_there: Whether a row that is there already is left as it is.
    """

    def __init__(self, model: type[Model], *, unless_there: bool = False) -> None:
        self._model, self._unless_there = model, unless_there

    def __call__(self, row: Model) -> bool:
        """Whether it was inserted; it has the key that the database gave it."""
        connection = connections[DEFAULT_DB_ALIAS]
        values = [_written(field, row, connection, add=True) for field in self._columns]
        with connection.cursor() as cursor:
            cursor.execute(self._statement, values)
            if not cursor.rowcount:
                return False
            if self._is_numbered:
                row.pk = cursor.fetchone()[0]
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        return True

    @cached_property
    def _is_numbered(self) -> bool:
        return isinstance(self._model._meta.pk, models.AutoField)

    @cached_property
    def _columns(self) -> list[Any]:
        fields = self._model._meta.concrete_fields
        return [field for field in fields if not (self._is_numbered and field.primary_key)]

    @cached_property
    def _statement(self) -> str:
        connection = connections[DEFAULT_DB_ALIAS]
        table, key, names = _quoted(connection, self._model, self._columns)
        columns = ", ".join(names)
        values = ", ".join(_holder(field, connection) for field in self._columns)
        conflict = " ON CONFLICT DO NOTHING" if self._unless_there else ""
        returning = f" RETURNING {key}" if self._is_numbered else ""
        return f"INSERT INTO {table} ({columns}) VALUES ({values}){conflict}{returning}"  # noqa: S608  # our own names


class Update(Generic[Model]):
    """Writes some columns of a row, as `save(update_fields=[…])` does, without signals."""

    def __init__(self, model: type[Model], *names: str) -> None:
        self._model, self._names = model, names

    def __call__(self, row: Model) -> None:
        """Write them.

        Raises:
            DatabaseError: If the row is gone, as Django does.
        """
        connection = connections[DEFAULT_DB_ALIAS]
        values = [_written(field, row, connection, add=False) for field in self._columns]
        with connection.cursor() as cursor:
            cursor.execute(self._statement, [*values, row.pk])
            if not cursor.rowcount:
                raise DatabaseError("the row that was to be written is gone")

    @cached_property
    def _columns(self) -> list[Any]:
        return [self._model._meta.get_field(name) for name in self._names]

    @cached_property
    def _statement(self) -> str:
        connection = connections[DEFAULT_DB_ALIAS]
        table, key, names = _quoted(connection, self._model, self._columns)
        holders = (_holder(field, connection) for field in self._columns)
        sets = ", ".join(map("{} = {}".format, names, holders))
        return f"UPDATE {table} SET {sets} WHERE {key} = %s"  # noqa: S608  # our own names


def _quoted(
    connection: Any, model: type[models.Model], fields: Sequence[Any]
) -> tuple[str, str, list[str]]:
    """Names of the table, of its key and of some columns, as they stand in a statement."""
    quoted, meta = connection.ops.quote_name, model._meta
    return quoted(meta.db_table), quoted(meta.pk.column), [quoted(f.column) for f in fields]


def _written(field: Any, row: models.Model, connection: Any, *, add: bool) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add), connection)


def _holder(field: Any, connection: Any) -> str:
    """What stands for a value: arrays say their type."""
    told = getattr(field, "get_placeholder", None)
    return str(told(None, None, connection)) if told else "%s"
