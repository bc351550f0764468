"""Tables in and out of the files that offices use: declared columns, checked rows, workbooks.

    COLUMNS = (Column("code", _("Code"), required=True, kind="identifier", unique=True), …)
    table = read_table_file(upload, name="schools.xlsx")["Schools"]
    values, faults = check_rows(COLUMNS, table)

Reading with its guards is in `tabular.py` and `spreadsheet.py`, writing in `workbooks.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

from junheng.commons.spreadsheet import read_tables
from junheng.commons.tabular import LIMITS, Limits, Table, missing, plain, texts, too_big
from junheng.commons.workbooks import error_workbook, template_workbook, workbook
from junheng.kernel.faults import Fault, Refused, fault
from junheng.kernel.faults import gettext_noop as _

Kind = Literal["text", "identifier", "integer", "date", "month", "yes_no", "choice"]
Sheets = dict[str, Table]
Values = list[dict[str, Any]]

ESCAPED = re.compile(r"'(?=[=+\-@\t\r])")
"""How our own workbooks keep text from being taken for a formula."""
_DATE = re.compile(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D?")
_MONTH = re.compile(r"(\d{4})\D*(\d{1,2})\D*")
_INTEGER = re.compile(r"[+-]?\d{1,15}")
TRUE = frozenset({"1", "true", "yes", "y", "\u662f", "\u6709", "\u221a", "\u2713"})
FALSE = frozenset({"0", "false", "no", "n", "\u5426", "\u65e0", "\u00d7"})
"""Yes and no as offices write them, in the two languages."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What a check found: source sentences (msgids) with holes for the figures."""

    message: str
    fix: str = ""
    figures: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is asked for.

    Attributes:
        name: Its key in the values that come out; also taken as a header.
        title: Its header, in the language of whoever reads or writes the file.
        also: Other spellings of the header that files have.
        required: Whether the column must be there and no cell may be blank.
        kind: "text"; "identifier" (text that must never have been a number); "integer";
            "date"; "month" (its first day); "yes_no"; "choice" (one of `choices`).
        check: Looks at a value that is of its kind and not blank; the same value gets the same
            answer, so it is asked once for each.
        sound: Tells of many values at once which need no look by `check`.
        unique: Whether a value may stand in one row only.
        choices: For a choice, the value that each word stands for.
        note: What to write, for the template.
        example: A made-up entry, for the template.
    """

    name: str
    title: str | Promise
    also: tuple[str, ...] = ()
    required: bool = False
    kind: Kind = "text"
    check: Callable[[Any], Wrong | None] | None = None
    sound: Callable[[Sequence[Any]], Sequence[bool]] | None = None
    unique: bool = False
    choices: Mapping[str, Any] = field(default_factory=dict)
    note: str | Promise = ""
    example: str = ""


def read_table_file(
    source: bytes | Path,
    *,
    name: str = "",
    wanted: Collection[str] | None = None,
    limits: Limits = LIMITS,
) -> Sheets:
    """The tables of a CSV file or workbook.

    Args:
        source: The file, or where it lies.
        name: What whoever sent it calls it, for messages.
        wanted: Sheets to read; None for all that are not empty.
        limits: What is refused before it is unpacked.

    Raises:
        Refused: If it cannot be read, with every reason found.
    """
    if isinstance(source, bytes):
        return read_tables(source, name, wanted=wanted, limits=limits)
    name = name or source.name
    if oversize := too_big(name, source.stat().st_size, limits):
        raise Refused([oversize])
    return read_tables(source.read_bytes(), name, wanted=wanted, limits=limits)


def check_rows(columns: Sequence[Column], rows: Table) -> tuple[Values, list[Fault]]:
    """Every row by the names of the columns, and everything that is wrong with them.

    Args:
        columns: What is asked for; other columns of the table are left alone.
        rows: The table.

    Returns:
        One mapping per row, in the order of `rows.numbers`, None for what is blank or wrong;
        and the faults in the order of the rows. Without faults every value is as declared.
    """
    found = {column.name: header_of(column, rows) for column in columns}
    faults = [*rows.faults]
    by_column: dict[str, Sequence[Any]] = {}
    for column in columns:
        header = found[column.name]
        if header is not None:
            by_column[column.name], wrong = _Reader(column, rows, header).read()
            faults += wrong
        else:
            by_column[column.name] = [None] * len(rows)
            faults += missing(rows, [str(column.title)]) if column.required else []
    order = {header: place for place, header in enumerate(rows.columns)}
    faults.sort(key=lambda each: (each.row or 0, order.get(each.column, -1)))
    names = list(by_column)
    values = [dict(zip(names, row, strict=True)) for row in zip(*by_column.values(), strict=True)]
    return values, faults


def header_of(column: Column, rows: Table) -> str | None:
    """The header under which a table has the column: its title in any language, or its name."""
    return next((known for known in _headers(column) if known in rows.columns), None)


def unread(columns: Iterable[Column], rows: Table) -> list[str]:
    """Headers that nobody asked for, to be shown before anything is taken over."""
    known = {header_of(column, rows) for column in columns}
    return [header for header in rows.columns if header not in known]


def _headers(column: Column) -> tuple[str, ...]:
    return (str(column.title), *in_every_language(column.title), column.name, *column.also)


def in_every_language(title: str | Promise) -> tuple[str, ...]:
    """A title or a label as it reads in each language of the house.

    Not to be remembered by the title: a lazy one is the same as any that reads alike now.
    """
    words = []
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            words.append(str(title))
    return tuple(words)


class _Reader:
    """Reads one column of a table: blank cells, then kind, then check, then repetitions."""

    def __init__(self, column: Column, rows: Table, header: str) -> None:
        self.column, self.rows, self.header = column, rows, header
        self.faults: list[Fault] = []
        self.spoilt: set[int] = set()

    def read(self) -> tuple[list[Any], list[Fault]]:
        values: list[Any] = self._dates() if self.column.kind == "date" else self._texts()
        if self.column.kind in PARSERS or self.column.check or self.spoilt or "" in values:
            known = self._known(values)
            pairs = zip(self.rows.numbers, values, strict=True)
            values = [self._told(row, known[value]) for row, value in pairs]
        if self.column.unique:
            self._repetitions(values)
        return values, self.faults

    def _texts(self) -> list[Any]:
        identifier = self.column.kind == "identifier"
        values, self.faults = texts(self.rows, self.header, identifier=identifier)
        self.spoilt = {each.row for each in self.faults if each.row is not None}
        return [ESCAPED.sub("", value, count=1) if value[:1] == "'" else value for value in values]

    def _dates(self) -> list[Any]:
        """Cells that are dates already are taken as they are; the rest is text."""
        cells = self.rows.columns[self.header]
        spoilt = self.rows.unusable.get(self.header, {})
        days = {
            row: cell.date() if isinstance(cell, datetime) else cell
            for row, cell in zip(self.rows.numbers, cells, strict=True)
            if isinstance(cell, date) and row not in spoilt
        }
        values, faults = texts(self.rows, self.header)
        self.faults = [each for each in faults if each.row not in days]
        self.spoilt = {each.row for each in self.faults if each.row is not None}
        return [days.get(row, text) for row, text in zip(self.rows.numbers, values, strict=True)]

    def _known(self, values: list[Any]) -> dict[Any, Any]:
        """What each of the values stands for, or what is wrong with it."""
        known = {value: self._parsed(value) for value in dict.fromkeys(values)}
        if self.column.check is not None:
            for value in self._doubtful(known):
                known[value] = self.column.check(known[value]) or known[value]
        return known

    def _parsed(self, value: Any) -> Any:
        if value == "":
            blank = Wrong(_("The cell is blank."), _("Fill it in."))
            return blank if self.column.required else None
        parse = PARSERS.get(self.column.kind)
        return parse(self.column, value) if parse is not None and isinstance(value, str) else value

    def _doubtful(self, known: Mapping[Any, Any]) -> list[Any]:
        """The values that are to be looked at one by one."""
        there = [
            value
            for value, read in known.items()
            if read is not None and not isinstance(read, Wrong)
        ]
        if self.column.sound is None:
            return there
        fine = self.column.sound([known[value] for value in there])
        return [value for value, each in zip(there, fine, strict=True) if not each]

    def _told(self, row: int, read: Any) -> Any:
        """The value, or None after it was said what is wrong with it."""
        if row in self.spoilt:
            return None
        return self._say(row, read) if isinstance(read, Wrong) else read

    def _say(self, row: int, wrong: Wrong) -> None:
        self.faults.append(
            fault(self.rows.name, row, self.header, wrong.message, wrong.fix, **dict(wrong.figures))
        )

    def _repetitions(self, values: list[Any]) -> None:
        if len(set(values)) == len(values):
            return
        first: dict[Any, int] = {}
        for row, value in zip(self.rows.numbers, values, strict=True):
            if value is None:
                continue
            if (earlier := first.setdefault(value, row)) != row:
                self._say(
                    row,
                    Wrong(
                        _("“%(value)s” stands in row %(earlier)s already."),
                        _("Delete one of the two rows, or correct it."),
                        {"value": value, "earlier": earlier},
                    ),
                )


Parser = Callable[[Column, str], Any]


def _integer(_column: Column, text: str) -> int | Wrong:
    if _INTEGER.fullmatch(text):
        return int(text)
    return Wrong(_("“%(value)s” is not a whole number."), _("Write digits only."), {"value": text})


def _date(_column: Column, text: str) -> date | Wrong:
    parts = _DATE.fullmatch(text)
    try:
        return date(*map(int, parts.groups())) if parts else date.fromisoformat(text)
    except ValueError:
        return Wrong(
            _("“%(value)s” is not a date."),
            _("Write year, month and day, such as %(example)s."),
            {"value": text, "example": "2020-08-31"},
        )


def _month(_column: Column, text: str) -> date | Wrong:
    parts = _MONTH.fullmatch(text)
    if parts and 1 <= int(parts[2]) <= 12 and int(parts[1]):
        return date(int(parts[1]), int(parts[2]), 1)
    return Wrong(
        _("“%(value)s” is not a month."),
        _("Write year and month, such as %(example)s."),
        {"value": text, "example": "202609"},
    )


def _yes_no(_column: Column, text: str) -> bool | Wrong:
    word = text.casefold()
    if word in TRUE or word in FALSE:
        return word in TRUE
    return Wrong(
        _("“%(value)s” is neither yes nor no."), _("Write “yes” or “no”."), {"value": text}
    )


def _choice(column: Column, text: str) -> Any:
    if text in column.choices:
        return column.choices[text]
    return Wrong(
        _("“%(value)s” is not one of the choices."),
        _("Write one of: %(choices)s."),
        {"value": text, "choices": ", ".join(column.choices)},
    )


PARSERS: dict[str, Parser] = {
    "integer": _integer,
    "date": _date,
    "month": _month,
    "yes_no": _yes_no,
    "choice": _choice,
}

__all__ = [
    "Column",
    "Fault",
    "Sheets",
    "Table",
    "Wrong",
    "check_rows",
    "error_workbook",
    "header_of",
    "plain",
    "read_table_file",
    "template_workbook",
    "unread",
    "workbook",
]
