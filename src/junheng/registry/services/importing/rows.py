"""What the three imports share: rows with their numbers, what each did, and how it is undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from junheng.commons.imports import CannotUndo
from junheng.commons.sheets import Column, Table, header_of
from junheng.kernel.faults import Fault, fault

Values = Mapping[str, Any]
Done = dict[str, Any]
"""What a row changed, as plain data: enough to undo it, kept with the batch."""


class ChangedSince(CannotUndo):
    """What was brought in was changed again, so taking it back would lose the later change."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Checked rows of one table, and whose they are.

    Attributes:
        table: Name of the file or sheet, for messages.
        rows: Values by column, with the row as a spreadsheet counts.
        headers: The header under which the table has each column.
        path: Only what lies below it may be touched.
        today: The day on which a row without a date begins to hold.
    """

    table: str
    rows: tuple[tuple[int, Values], ...]
    headers: Mapping[str, str]
    path: str
    today: date

    def __iter__(self) -> Iterator[tuple[int, Values]]:
        return iter(self.rows)

    def fault(self, row: int, column: str, message: str, fix: str = "", **figures: object) -> Fault:
        """Something wrong in a cell."""
        return fault(self.table, row, self.headers[column], message, fix, **figures)

    def said(self, column: str) -> set[Any]:
        """Every value of a column."""
        return {values[column] for _row, values in self.rows if values[column] is not None}


def batch_of(
    columns: Sequence[Column], table: Table, values: Sequence[Values], path: str, today: date
) -> Batch:
    """The batch that `check_rows` made of a table."""
    headers = {c.name: header_of(c, table) or str(c.title) for c in columns}
    rows = tuple(zip(table.numbers, values, strict=True))
    return Batch(table.name, rows, headers, path, today)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a batch does, or did.

    Attributes:
        added, changed, same: How many rows are new, differ, or say what is known.
        done: What each row changed, in order; taken back in reverse.
    """

    added: int
    changed: int
    same: int
    done: tuple[Done, ...]
