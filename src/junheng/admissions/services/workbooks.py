"""Workbooks that go out: the empty one to fill in, and the one that says what is wrong."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from junheng.admissions.files.layout import LAYOUTS, RULES
from junheng.admissions.files.read import read_inputs
from junheng.admissions.models import RoundUpload
from junheng.admissions.services.loading import faults_of
from junheng.commons import runs
from junheng.commons.tabular import Table, plain
from junheng.kernel.faults import Fault

MOST_FAULTS = 100_000
WIDTH = 18
Book = Any  # XlsxWriter has no types
Line = Sequence[str | int]


def template_workbook() -> bytes:
    """A sheet per table with its header and an example row, the rules, and what belongs where."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        _sheet(book, RULES, ("key", "value"), _RULES)
        for name in ("schools", "zones", "applicants", "choices"):
            _sheet(book, name, tuple(LAYOUTS[name].columns), _EXAMPLES.get(name, ()))
        _sheet(book, _("how to"), (_("sheet"), _("what belongs there")), _notes())
    return output.getvalue()


def fault_workbook(upload: RoundUpload) -> bytes:
    """Every fault on a first sheet, then the rows that have one, each with what is wrong."""
    faults = [fault.said_in(_) for fault in faults_of(upload)][:MOST_FAULTS]
    inputs = read_inputs(runs.thaw(upload.snapshot))
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        heads = (_("file"), _("row"), _("column"), _("what is wrong"), _("what to do"))
        _sheet(book, _("faults"), heads, map(_told, faults))
        for name, table in inputs.tables.items():
            of_table = [f for f in faults if f.file == table.name and f.row is not None]
            if of_table:
                _sheet(book, name, (*table.columns, _("what is wrong")), _faulty(table, of_table))
    return output.getvalue()


def _told(fault: Fault) -> Line:
    return (
        fault.file,
        "" if fault.row is None else fault.row,
        fault.column,
        fault.message,
        fault.fix,
    )


def _faulty(table: Table, faults: Iterable[Fault]) -> list[Line]:
    """The rows with a fault as they were sent, with all that is wrong in a last column."""
    by_row: dict[int, list[str]] = {}
    for fault in faults:
        words = ": ".join(part for part in (fault.column, fault.message) if part)
        by_row.setdefault(fault.row or 0, []).append(f"{words} {fault.fix}".strip())
    return [
        (*map(plain, cells), "\n".join(by_row[number]))
        for number, cells in zip(table.numbers, table.rows(), strict=True)
        if number in by_row
    ]


def _sheet(book: Book, name: str, heads: Sequence[str], rows: Iterable[Line]) -> None:
    """A sheet whose cells are all text, so that no code loses its zeros."""
    sheet = book.add_worksheet(name[:31])
    bold, text = book.add_format({"bold": True, "num_format": "@"}), book.add_format(_TEXT)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(heads) - 1, WIDTH, text)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    for place, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            sheet.write_string(place, column, str(value), text)


_TEXT = {"num_format": "@", "valign": "top"}
_RULES: Sequence[Line] = (
    ("ref", "2026-g1"),
    ("year", "2026"),
    ("level", "primary"),
    ("class_cap", "55"),
    ("priority", "tier, sibling, ticket"),
    ("choices_only", "false"),
    ("bbox", ""),
    ("lottery.method", "hmac-sha256"),
    ("lottery.seed", ""),
    ("diversion.mode", "zone"),
    ("diversion.max_distance_m", "8000"),
)
_EXAMPLES: Mapping[str, Sequence[Line]] = {
    "schools": [("S001", "", "", "116.001000", "36.501000", "4", "45", "0", "0")],
    "zones": [("Z001", "1", "S001", "")],
    "applicants": [("7f3a9c01d2e4b658", "Z001", "116.002000", "36.502000", "1", "", "")],
}


def _notes() -> list[Line]:
    return [
        (
            RULES,
            _("The rules, one a line: a short name for the round, its year and level, the cap."),
        ),
        ("schools", _("One row per school. Seats = classes × class_size − continuing − reserved.")),
        ("zones", _("Which school serves a block or a village; several are ranked 1, 2, 3.")),
        ("applicants", _("One row per child, under a random code. Never an ID number or a name.")),
        ("choices", _("Schools that a family asked for, ranked 1, 2, 3. May stay empty.")),
        ("distances", _("To be added only where the bureau measured distances itself.")),
        ("", _("Replace the example rows. Every cell is text; longitude and latitude in degrees.")),
    ]
