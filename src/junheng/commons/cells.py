"""A table as it was sent, by column, and what may be taken from it as text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeGuard

from junheng.kernel.faults import Fault, fault
from junheng.kernel.faults import gettext_noop as _

Cell = str | int | float | bool | date | datetime | time | timedelta

FORMULA = "formula"
ERROR = "error"
_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+")


@dataclass(frozen=True, slots=True)
class Table:
    """One table as it was sent, by column.

    Attributes:
        name: File, or `workbook.xlsx/sheet`, for messages.
        columns: Cells by header; text is stripped of surrounding white space. Workbooks
            also hold numbers, dates and truth values, as typed.
        numbers: Row of each entry as a spreadsheet shows it; blank rows are left out.
        faults: Ragged rows, repeated headers, damaged text.
        unusable: By header, rows whose cell holds a formula or an error value.
    """

    name: str
    columns: dict[str, Sequence[Cell]]
    numbers: Sequence[int]
    faults: tuple[Fault, ...] = ()
    unusable: Mapping[str, Mapping[int, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Row by row, cells in the order of `columns`."""
        return zip(*self.columns.values(), strict=True)


def missing(table: Table, required: Collection[str]) -> list[Fault]:
    """A fault for every required column that the header does not name."""
    by_fold = {title.casefold(): title for title in table.columns}
    return [
        _missing(table, title, by_fold.get(title.casefold()))
        for title in required
        if title not in table.columns
    ]


def _missing(table: Table, title: str, near: str | None) -> Fault:
    if near is not None:
        return fault(
            table.name,
            1,
            title,
            _("The column is missing."),
            _("Write it exactly so; the header has “%(near)s”."),
            near=near,
        )
    if len(table.columns) == 1 and (clue := re.search(r"[;\t]", next(iter(table.columns)))):
        return fault(
            table.name,
            1,
            title,
            _("The column is missing."),
            _("Separate the columns by commas, not by “%(separator)s”."),
            separator="Tab" if clue[0] == "\t" else clue[0],
        )
    return fault(
        table.name,
        1,
        title,
        _("The column is missing."),
        _("Add it to the header row, even if every cell under it stays blank."),
    )


def texts(table: Table, column: str, *, identifier: bool = False) -> tuple[list[str], list[Fault]]:
    """A column as text, and what cannot be taken as text.

    Args:
        table: Where to look; must have the column.
        column: Its header.
        identifier: True where a number may have lost digits or leading zeros on its way:
            a cell stored as a number is then a fault and never repaired.

    Returns:
        One text per row ("" where a formula or an error stands), and the faults.
    """
    cells = table.columns[column]
    spoilt = table.unusable.get(column, {})
    if not spoilt and only_text(cells):
        return list(cells), (_shortened(table, column, cells) if identifier else [])
    if not spoilt and not identifier and {*map(type, cells)} <= {str, int, float}:
        shown = {cell: plain(cell) for cell in set(cells)}
        return list(map(shown.__getitem__, cells)), []
    values: list[str] = []
    faults: list[Fault] = []
    for row, cell in zip(table.numbers, cells, strict=True):
        wrong = _wrong_kind(table.name, row, column, cell, spoilt.get(row), identifier=identifier)
        values.append("" if row in spoilt else plain(cell))
        faults += [wrong] if wrong else []
    return values, faults


def plain(cell: Cell) -> str:
    """A cell as text: whole numbers without a point, true and false in lower case."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell)


def _shortened(table: Table, column: str, values: Sequence[str]) -> list[Fault]:
    if "E+" not in "".join(values):
        return []
    return [
        _lost_digits(table.name, row, column, value)
        for row, value in zip(table.numbers, values, strict=True)
        if "E+" in value and _SHORTENED.fullmatch(value)
    ]


def _lost_digits(name: str, row: int, column: str, shown: str) -> Fault:
    return fault(
        name,
        row,
        column,
        _("An identifier is stored as a number (%(shown)s); digits may be lost."),
        _("Format the column as text and enter the identifiers again from their source."),
        shown=shown,
    )


def _wrong_kind(
    name: str, row: int, column: str, cell: Cell, spoilt: str | None, *, identifier: bool
) -> Fault | None:
    if spoilt == FORMULA:
        return fault(
            name,
            row,
            column,
            _("The cell holds a formula."),
            _("Copy the column and paste it as values only."),
        )
    if spoilt == ERROR:
        return fault(
            name, row, column, _("The cell holds an error value."), _("Enter the value itself.")
        )
    if isinstance(cell, date | time | timedelta):
        return fault(
            name,
            row,
            column,
            _("The cell holds a date or time (%(shown)s)."),
            _("Format the column as text and enter the value again."),
            shown=cell,
        )
    shown = plain(cell)
    if identifier and (not isinstance(cell, str) or _SHORTENED.fullmatch(shown)):
        return _lost_digits(name, row, column, shown)
    return None


def only_text(cells: Sequence[Cell]) -> TypeGuard[Sequence[str]]:
    """True if no cell holds a number, date or truth value."""
    return {*map(type, cells)} <= {str}
