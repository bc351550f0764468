"""Workbooks that go out: the empty one to fill in, and the one that says what is wrong."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
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


class Template(StrEnum):
    """What a workbook to fill in is for; `ANSWERS` is the second run of a round with offers."""

    ZONE = "zone"
    OPEN = "open"
    ANSWERS = "answers"
    GRADE = "grade"


def template_workbook(template: Template = Template.ZONE) -> bytes:
    """A sheet per table with its header and an example row, the rules, and what belongs where."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        text_sheet(book, RULES, ("key", "value"), _RULES + _DIVERSION[template])
        for name in ("schools", "zones", "applicants", "choices", *_MORE[template]):
            examples = {**_EXAMPLES, **_MORE[template]}
            text_sheet(book, name, tuple(LAYOUTS[name].columns), examples.get(name, ()))
        text_sheet(book, _("how to"), (_("sheet"), _("what belongs there")), list(_notes(template)))
    return output.getvalue()


def fault_workbook(upload: RoundUpload) -> bytes:
    """Every fault on a first sheet, then the rows that have one, each with what is wrong."""
    faults = [fault.said_in(_) for fault in faults_of(upload)][:MOST_FAULTS]
    inputs = read_inputs(runs.thaw(upload.snapshot))
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        heads = (_("file"), _("row"), _("column"), _("what is wrong"), _("what to do"))
        text_sheet(book, _("faults"), heads, map(_told, faults))
        for name, table in inputs.tables.items():
            of_table = [f for f in faults if f.file == table.name and f.row is not None]
            if of_table:
                text_sheet(
                    book, name, (*table.columns, _("what is wrong")), _faulty(table, of_table)
                )
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


def text_sheet(book: Book, name: str, heads: Sequence[str], rows: Iterable[Line]) -> None:
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
_CHILD = "7f3a9c01d2e4b658"
_RULES: tuple[Line, ...] = (
    ("ref", "2026-g1"),
    ("year", "2026"),
    ("level", "primary"),
    ("class_cap", "55"),
    ("priority", "tier, sibling, ticket"),
    ("choices_only", "false"),
    ("bbox", ""),
    ("lottery.method", "hmac-sha256"),
    ("lottery.seed", ""),
)
_ASKED: tuple[Line, ...] = (
    ("version", "2"),
    ("diversion.mode", "open"),
    ("diversion.silence", "nearest"),
    ("diversion.unranked", "decline"),
)
_DIVERSION: Mapping[Template, tuple[Line, ...]] = {
    Template.ZONE: (("diversion.mode", "zone"), ("diversion.max_distance_m", "8000")),
    Template.OPEN: (*_ASKED, ("diversion.max_distance_m", "")),
    Template.ANSWERS: (
        *_ASKED,
        ("diversion.max_distance_m", ""),
        ("diversion.first_run", "0" * 64),
    ),
    Template.GRADE: (
        ("version", "2"),
        ("diversion.mode", "grade"),
        ("diversion.max_distance_m", "8000"),
    ),
}
_EXAMPLES: Mapping[str, Sequence[Line]] = {
    "schools": [
        ("S001", "", "", "116.001000", "36.501000", "4", "45", "0", "0"),
        ("S002", "", "", "116.011000", "36.501000", "2", "45", "0", "0"),
    ],
    "zones": [("Z001", "1", "S001", "")],
    "applicants": [(_CHILD, "Z001", "116.002000", "36.502000", "1", "", "")],
}
_OFFERED: Mapping[str, Sequence[Line]] = {"offers": [(_CHILD, "1", "S002")]}
_MORE: Mapping[Template, Mapping[str, Sequence[Line]]] = {
    Template.ZONE: {},
    Template.OPEN: _OFFERED,
    Template.ANSWERS: {**_OFFERED, "offer_choices": [(_CHILD, "1", "S002")]},
    Template.GRADE: {"grade_moves": [("S001", "S002")]},
}


def _notes(template: Template) -> Iterator[Line]:
    yield (
        RULES,
        _("The rules, one a line: a short name for the round, its year and level, the cap."),
    )
    yield "schools", _("One row per school. Seats = classes × class_size − continuing − reserved.")
    yield "zones", _("Which school serves a block or a village; several are ranked 1, 2, 3.")
    yield "applicants", _("One row per child, under a random code. Never an ID number or a name.")
    yield "choices", _("Schools that a family asked for, ranked 1, 2, 3. May stay empty.")
    yield "distances", _("To be added only where the bureau measured distances itself.")
    told = {
        "offers": _(
            "What may be offered to a child, ranked 1, 2, 3. Delete the sheet to offer every "
            "school with free seats, or those within diversion.max_distance_m."
        ),
        "offer_choices": _(
            "How a family ranks what it was offered, 1, 2, 3; a family that did not answer has no "
            "row. Only the header means that nobody answered. Write the 64 characters that the "
            "first run printed as diversion.first_run, and change nothing else."
        ),
        "grade_moves": _(
            "To which hosts the entering grade of a school may move, one host a row. An empty "
            "building is a school with classes and no zone."
        ),
    }
    yield from ((name, told[name]) for name in _MORE[template])
    yield "", _("Replace the example rows. Every cell is text; longitude and latitude in degrees.")
