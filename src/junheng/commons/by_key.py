"""One row by its key, asked for at every page: the statement is made once, not every time.

    account = ByKey(User, "id")
    account(7)                     the row, or None

Django makes the same statement anew at each call, which takes five times as long as the database
takes to answer it. Only for what thousands of people ask for at once; elsewhere a queryset.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


class ByKey(Generic[Row]):
    """Finds the row whose fields have these values; together they must be unique.

    Args:
        model: Of which rows.
        fields: By which columns it is found, as `id` or `owner_id`.
    """

    def __init__(self, model: type[Row], *fields: str) -> None:
        self.model, self.fields = model, fields

    def __call__(self, *values: Any) -> Row | None:
        """The row, or None where there is none."""
        with connection.cursor() as cursor:
            cursor.execute(self._statement, values)
            found = cursor.fetchone()
        if found is None:
            return None
        row = list(found)
        for place, column, convert in self._converters:
            row[place] = convert(row[place], column, connection)
        return self.model.from_db(connection.alias, self._names, row)

    @cached_property
    def _columns(self) -> list[Any]:
        return list(self.model._meta.concrete_fields)

    @cached_property
    def _names(self) -> list[str]:
        return [field.attname for field in self._columns]

    @cached_property
    def _statement(self) -> str:
        quoted = connection.ops.quote_name
        by_name = {field.attname: field.column for field in self._columns}
        wanted = ", ".join(quoted(field.column) for field in self._columns)
        keys = " AND ".join(f"{quoted(by_name[name])} = %s" for name in self.fields)
        table = quoted(self.model._meta.db_table)
        return f"SELECT {wanted} FROM {table} WHERE {keys}"  # noqa: S608  # our own names

    @cached_property
    def _converters(self) -> list[tuple[int, Any, Any]]:
        return [
            (place, field.cached_col, convert)
            for place, field in enumerate(self._columns)
            for convert in field.get_db_converters(connection)
        ]
