"""One table, cell by cell: every value in its one canonical spelling, every fault with its row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from junheng.admissions.files.identifiers import (
    LONGEST,
    RESIDENT_ID_LENGTH,
    all_identifiers,
    is_identifier,
    is_resident_id,
)
from junheng.admissions.files.layout import IDENTIFIERS, Kind, Layout
from junheng.commons.tabular import Table, missing, texts
from junheng.kernel.faults import Fault, fault
from junheng.kernel.faults import gettext_noop as _

_MICRODEGREE = Decimal("0.000001")
_EXACT = r"-?(?:0|[1-9][0-9]{0,2})\.[0-9]{6}"
_EXACT_ONE, _EXACT_ALL = re.compile(_EXACT), re.compile(rf"(?:(?:{_EXACT})?\n)*")
_MINUS_NOTHING = "-0.000000"
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]*)?(?:[eE]-?[0-9]{1,2})?")
_WHOLE = re.compile(r"[0-9]{1,9}")
_BEYOND = {"lon": 180, "lat": 90}


@dataclass(frozen=True, slots=True)
class Cells:
    """A table in canonical spelling.

    Attributes:
        layout: Which table it is.
        file: File or `workbook.xlsx/sheet`, for messages.
        numbers: Row of each entry as a spreadsheet shows it.
        columns: Canonical text by documented column; "" where a cell had a fault.
        unknown: Headers that the format does not know; shown in the preview, else ignored.
        told: Row and column of every cell that already has a fault.
    """

    layout: Layout
    file: str
    numbers: Sequence[int]
    columns: dict[str, list[str]]
    unknown: tuple[str, ...]
    told: frozenset[tuple[int | None, str]]

    def __len__(self) -> int:
        return len(self.numbers)

    def is_told(self, entry: int, *columns: str) -> bool:
        """True if one of these cells has a fault already, so its value means nothing."""
        return bool(self.told) and any((self.numbers[entry], c) in self.told for c in columns)

    def fault(
        self, entry: int, column: str, message: str, fix: str = "", **figures: object
    ) -> Fault:
        """A fault at the given entry (its index, not its row)."""
        return fault(self.file, self.numbers[entry], column, message, fix, **figures)


def read_cells(table: Table, layout: Layout) -> tuple[Cells, list[Fault]]:
    """Bring every documented cell of a table into its canonical spelling.

    Returns:
        The cells, and every fault: missing columns, formulas, numbers where identifiers are
        due, text that is no number, duplicate keys.
    """
    absent = missing(table, layout.columns)
    faults = [*table.faults, *absent]
    ragged = {f.row for f in table.faults if not f.column}
    columns: dict[str, list[str]] = {}
    for column, kind in layout.columns.items():
        if column not in table.columns:
            columns[column] = [""] * len(table)
            continue
        found, wrong = texts(table, column, identifier=kind in IDENTIFIERS)
        columns[column], more = _READ[kind](table, column, found, ragged | {f.row for f in wrong})
        faults += wrong + more
    unknown = tuple(title for title in table.columns if title not in layout.columns)
    told = frozenset((f.row, f.column) for f in faults)
    cells = Cells(layout, table.name, table.numbers, columns, unknown, told)
    if not absent:
        faults += _duplicates(cells)
    if not len(table) and not layout.may_be_empty:
        faults.append(_no_rows(table.name))
    return cells, sorted(faults, key=lambda f: f.row or 0)


def _no_rows(name: str) -> Fault:
    return fault(
        name,
        None,
        "",
        _("There are no rows under the header."),
        _("Fill the table in; leave an optional table out altogether."),
    )


# ------------------------------------------------------------------------ kinds of cells

Rows = set[int | None]
Read = tuple[list[str], list[Fault]]


def _identifiers(table: Table, column: str, found: list[str], told: Rows, *, blank: bool) -> Read:
    """Identifiers keep their spelling even where they are faulty, so that references still hold."""
    present = [text for text in found if text] if blank else found
    no_resident_ids = RESIDENT_ID_LENGTH not in {*map(len, present)}
    if all_identifiers(present) and (no_resident_ids or not any(map(is_resident_id, present))):
        return found, []
    return found, [
        wrong
        for row, text in zip(table.numbers, found, strict=True)
        if row not in told
        and (wrong := _wrong_identifier(table.name, row, column, text, blank=blank))
    ]


def _wrong_identifier(name: str, row: int, column: str, text: str, *, blank: bool) -> Fault | None:
    if not text:
        return None if blank else _blank(name, row, column)
    if not is_identifier(text):
        return fault(
            name,
            row,
            column,
            _("“%(shown)s” cannot be an identifier."),
            _("Use 1 to %(longest)s printable characters without comma, quote or |."),
            shown=text if len(text) <= LONGEST else text[:20] + "…",
            longest=LONGEST,
        )
    if column == "applicant_id" and is_resident_id(text):
        return fault(
            name,
            row,
            column,
            _("The code of a child must not be its ID number."),
            _("Give every child a random code for the year; no list with ID numbers may be sent."),
        )
    return None


def _blank(name: str, row: int, column: str) -> Fault:
    return fault(name, row, column, _("The cell is blank."), _("Fill it in."))


def _required_ids(table: Table, column: str, found: list[str], told: Rows) -> Read:
    return _identifiers(table, column, found, told, blank=False)


def _optional_ids(table: Table, column: str, found: list[str], told: Rows) -> Read:
    return _identifiers(table, column, found, told, blank=True)


def _free_text(table: Table, column: str, found: list[str], told: Rows) -> Read:
    if not any(_has_control(text) for text in set(found)):
        return found, []
    return found, [
        fault(
            table.name,
            row,
            column,
            _("The cell contains a line break or another invisible control character."),
            _("Write it on one line."),
        )
        for row, text in zip(table.numbers, found, strict=True)
        if row not in told and _has_control(text)
    ]


def _has_control(text: str) -> bool:
    return not text.isprintable() and any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in text)


def _mapped(
    table: Table,
    column: str,
    found: list[str],
    told: Rows,
    spell: Callable[[str], str | None],
    complain: Callable[[str, int, str, str], Fault],
) -> Read:
    """Spell every distinct text once; None means it has no spelling."""
    spelt = {text: spell(text) for text in set(found)}
    if None not in spelt.values():
        return [spelt[text] or "" for text in found], []
    return [spelt[text] or "" for text in found], [
        complain(table.name, row, column, text)
        for row, text in zip(table.numbers, found, strict=True)
        if spelt[text] is None and row not in told
    ]


def _spell_whole(text: str) -> str | None:
    return str(int(text)) if _WHOLE.fullmatch(text) else None


def _spell_positive(text: str) -> str | None:
    return None if (spelt := _spell_whole(text)) == "0" else spelt


def _counts(table: Table, column: str, found: list[str], told: Rows) -> Read:
    return _mapped(table, column, found, told, _spell_whole, _no_count)


def _counts_or_zero(table: Table, column: str, found: list[str], told: Rows) -> Read:
    filled = [text or "0" for text in found]
    return _mapped(table, column, filled, told, _spell_whole, _no_count)


def _positives(table: Table, column: str, found: list[str], told: Rows) -> Read:
    return _mapped(table, column, found, told, _spell_positive, _not_positive)


def _no_count(name: str, row: int, column: str, text: str) -> Fault:
    return _no_number(name, row, column, text, _("Write a whole number of 0 or more in digits."))


def _not_positive(name: str, row: int, column: str, text: str) -> Fault:
    return _no_number(name, row, column, text, _("Write a whole number of 1 or more in digits."))


def _no_number(name: str, row: int, column: str, text: str, fix: str) -> Fault:
    if not text:
        return fault(name, row, column, _("The cell is blank."), fix)
    return fault(name, row, column, _("“%(shown)s” cannot stand here."), fix, shown=text[:40])


def _degrees(table: Table, column: str, found: list[str], told: Rows) -> Read:
    limit = _BEYOND[column]
    if _all_exact(found) and all(abs(float(text or 0)) <= limit for text in found):
        return found, []

    def spell(text: str) -> str | None:
        spelt = spell_degrees(text)
        return None if spelt and abs(float(spelt)) > limit else spelt

    return _mapped(table, column, found, told, spell, _no_degrees)


def _all_exact(found: list[str]) -> bool:
    """True if every text is as it would be written; far quicker than spelling each."""
    together = "\n".join([*found, ""])
    return _MINUS_NOTHING not in together and _EXACT_ALL.fullmatch(together) is not None


def spell_degrees(text: str) -> str | None:
    """Degrees rounded half up (away from zero) to six decimals, all six written; "" stays "".

    >>> spell_degrees("116.1234565"), spell_degrees("116"), spell_degrees("east")
    ('116.123457', '116.000000', None)
    """
    if _EXACT_ONE.fullmatch(text) and text != _MINUS_NOTHING:
        return text
    if not text or not _DEGREES.fullmatch(text):
        return "" if not text else None
    # adding zero turns -0.000000 into 0.000000
    return f"{Decimal(text).quantize(_MICRODEGREE, ROUND_HALF_UP) + 0:f}"


def _no_degrees(name: str, row: int, column: str, text: str) -> Fault:
    return fault(
        name,
        row,
        column,
        _("“%(shown)s” is not a coordinate."),
        _("Write degrees as a decimal number, such as 115.985230 for lon or 36.456120 for lat."),
        shown=text[:40],
    )


_READ: dict[Kind, Callable[[Table, str, list[str], Rows], Read]] = {
    Kind.ID: _required_ids,
    Kind.ID_OR_BLANK: _optional_ids,
    Kind.TEXT: _free_text,
    Kind.DEGREES: _degrees,
    Kind.COUNT: _counts,
    Kind.COUNT_OR_ZERO: _counts_or_zero,
    Kind.POSITIVE: _positives,
}


# ------------------------------------------------------------------------------------ keys


def _duplicates(cells: Cells) -> list[Fault]:
    """A fault for every row whose key stands in an earlier row."""
    names = cells.layout.key_columns
    keys = list(zip(*(cells.columns[name] for name in names), strict=True))
    if len(set(keys)) == len(keys):
        return []
    first: dict[tuple[str, ...], int] = {}
    faults = []
    for entry, key in enumerate(keys):
        earlier = first.setdefault(key, entry)
        if earlier != entry and all(key):
            faults.append(_twice(cells, entry, key, cells.numbers[earlier]))
    return faults


def _twice(cells: Cells, entry: int, key: tuple[str, ...], earlier: int) -> Fault:
    return cells.fault(
        entry,
        ",".join(cells.layout.key_columns),
        _("“%(key)s” stands already in row %(earlier)s."),
        _("Delete one of the two rows, or correct it."),
        key=", ".join(key),
        earlier=earlier,
    )
