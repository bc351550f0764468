"""The workbook for families' answers: the first run's tables as they were, and what is offered.

The second run is refused unless everything but the answers is as it was in the first. So whoever
types answers in is handed all of it, and adds rows to one sheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from junheng.admissions.engine.types import Mode
from junheng.admissions.files.cells import Cells
from junheng.admissions.files.layout import OFFER_CHOICES, RULES, SCHOOLS
from junheng.admissions.files.read import read_inputs
from junheng.admissions.models import RoundRun
from junheng.admissions.selectors.answers import given_answers
from junheng.admissions.services.workbooks import Line, text_sheet
from junheng.commons import runs

OFFERED = "offers.csv"
"""The run's own table of what it offers; the sheet `offers` is the bureau's, if it has one."""


def asks_families(record: RoundRun) -> bool:
    """Whether families answer what this run offers: it is in mode `open` and without answers."""
    rules: Mapping[str, Any] = record.input.rules
    return rules["mode"] == Mode.OPEN and not rules.get("first_run")


def answers_workbook(record: RoundRun) -> bytes:
    """All tables of a first run, its fingerprint among the rules, a sheet for the answers.

    Args:
        record: A done run for which `asks_families` holds.
    """
    inputs = read_inputs(runs.thaw(record.run.snapshot))
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"constant_memory": True}) as book:
        rules = _rules(inputs.as_toml(), first_run=record.run.receipt_sha256)
        answers = tuple(OFFER_CHOICES.columns)
        text_sheet(book, OFFER_CHOICES.name, answers, _given(record))
        text_sheet(book, _("what is offered"), _offered_heads(), _offered(record, inputs.cells))
        text_sheet(book, RULES, ("key", "value"), rules)
        for name, cells in inputs.cells.items():
            text_sheet(book, name, tuple(cells.columns), zip(*cells.columns.values(), strict=True))
        text_sheet(book, _("how to"), (_("sheet"), _("what belongs there")), _notes())
    return output.getvalue()


def _rules(toml: Mapping[str, Mapping[str, Any]], *, first_run: str) -> Iterator[Line]:
    """The rules as they were, one a row, and which run is answered."""
    for section, values in toml.items():
        for key, value in values.items():
            if (section, key) != ("diversion", "first_run"):
                yield f"{section}.{key}", _as_text(value)
    yield "diversion.first_run", first_run


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _given(record: RoundRun) -> Iterator[Line]:
    """What families answered on their pages, or at a counter."""
    for code, schools in given_answers(record).items():
        for rank, school in enumerate(schools, start=1):
            yield code, str(rank), school


def _offered_heads() -> tuple[str, ...]:
    return (
        *("applicant_id", "rank", "school_id"),
        *(_("school"), _("distance in metres"), _("free seats")),
    )


def _offered(record: RoundRun, cells: Mapping[str, Cells]) -> Iterator[Line]:
    """A row for each school that a child is offered, in the order of the offer."""
    schools = cells[SCHOOLS.name].columns
    names = dict(zip(schools["school_id"], schools["name"], strict=True))
    offers = runs.contents(runs.files_of(record.run)[OFFERED]).decode()
    for row in csv.DictReader(io.StringIO(offers)):
        yield (
            *(row["applicant_id"], row["rank"], row["school_id"], names[row["school_id"]]),
            *(row["distance_m"], row["free"]),
        )


def _notes() -> Iterator[Line]:
    yield (
        OFFER_CHOICES.name,
        _(
            "One row for each school that a family ranks: the child's code, 1 for the school it "
            "likes best, then 2, 3. Families that do not answer have no row."
        ),
    )
    yield (
        OFFER_CHOICES.name,
        _("What families answered on their pages stands there already; leave it as it is."),
    )
    yield (
        OFFER_CHOICES.name,
        _("Twins who stay together answer the same. Left without rows: nobody answered."),
    )
    yield _("what is offered"), _("To look at and to copy from; it is not read.")
    yield "", _("Change nothing else: the second run is refused if any other sheet differs.")
