"""The yearly return as files: a workbook of its figures, and a document for Word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.commons.documents.word import DOCX, Paper
from junheng.commons.exports import as_file
from junheng.commons.furniture import bureau_name
from junheng.commons.workbooks import workbook
from junheng.registry.access import READERS
from junheng.registry.selectors.returns import YearlyReturn, return_on
from junheng.registry.web.days import day_asked
from junheng.registry.web.return_cells import Cell, ReturnTable
from junheng.registry.web.return_tables import fingerprint, tables_of


@require_safe
@staff_required(*READERS)
def statistics_file(request: StaffRequest) -> HttpResponse:
    """Every figure of the return as a line of a workbook."""
    day = day_asked(request)
    columns = (_("Part"), _("Line"), pgettext("return", "Figure"), _("Value"))
    rows = list(return_rows(return_on(request.user, day)))
    title = title_of(day)
    return as_file(workbook(title, columns, rows, watermark=watermark(request)), title)


@require_safe
@staff_required(*READERS)
def statistics_document(request: StaffRequest) -> HttpResponse:
    """The return as a document for Word."""
    day = day_asked(request)
    data = document_of(return_on(request.user, day), mark=watermark(request))
    return as_document(data, title_of(day))


def as_document(data: bytes, title: str) -> HttpResponse:
    """A Word document to be saved by the browser and kept nowhere else."""
    name = f"{title}.docx".replace("/", "-")
    header = content_disposition_header(as_attachment=True, filename=name)
    headers = {"Content-Disposition": header or "attachment", "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=DOCX, headers=headers)


def title_of(day: date) -> str:
    """What the return of a day is called."""
    return _("Yearly return as on %s") % day.isoformat()


def watermark(request: HttpRequest) -> str:
    """Who takes it and when."""
    return f"{request.user} {timezone.localtime():%Y-%m-%d %H:%M}"


def return_rows(found: YearlyReturn) -> Iterator[tuple[str, str, str, Any]]:
    """Every figure of the return: part, line, figure, value."""
    for table in tables_of(found):
        for name, cells in table.lines:
            for header, cell in zip(table.headers, cells, strict=True):
                yield table.title, name, header, cell.value
    yield _("Yearly return"), "", _("Fingerprint of the figures"), fingerprint(found)


def document_of(found: YearlyReturn, *, mark: str) -> bytes:
    """The return as a Word document.

    Args:
        found: The figures.
        mark: Who took it and when.
    """
    paper = Paper(_("Yearly return of education"), made_by=bureau_name(), made_on=found.day)
    paper.line(bureau_name(), centred=True)
    counted = _("Counted on %s") % date_format(found.day, "DATE_FORMAT")
    paper.line(counted, centred=True)
    for table in tables_of(found):
        paper.heading(table.title)
        _part(paper, table)
    paper.line(_("Fingerprint of the figures: %s") % fingerprint(found))
    paper.note(_("Made from the register by %s") % mark)
    return paper.data()


def _part(paper: Paper, table: ReturnTable) -> None:
    if table.lines:
        rows = [[name, *map(_shown, cells)] for name, cells in table.lines]
        paper.table([table.first, *table.headers], rows)
    else:
        paper.line(table.empty)
    if table.note:
        paper.note(table.note)


def _shown(cell: Cell) -> str:
    value = number_format(cell.value, force_grouping=True) if cell.whole else str(cell.value)
    return f"{value}\n{cell.note}" if cell.note else value
