"""Files to and from the bank by a layout: comma-separated, workbooks, lines of a fixed width."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

import xlsxwriter

from junheng.aid.files.bank import Heading, Layout, Payment, layouts, yuan
from junheng.commons.cells import Cell, Table
from junheng.commons.workbooks import safe
from junheng.kernel.faults import Fault, Refused, fault
from junheng.kernel.faults import gettext_noop as _

LINE = "\r\n"
MADE = datetime(2026, 1, 1)  # noqa: DTZ001 -- the same payments give the same bytes
TEXT = ("account", "holder_id")
"""Numbers whose digits a spreadsheet would lose."""


class DoesNotFit(ValueError):
    """A line says something that has no place in the layout.

    Attributes:
        number: Of the line.
        title: Of the column.
    """

    def __init__(self, number: int, title: str) -> None:
        super().__init__(f"line {number}: {title}")
        self.number, self.title = number, title


def written(payments: Iterable[Payment], by: Layout) -> bytes:
    """The file for the bank: a row for each payment and a totals line, with a header if it has one.

    The same payments give the same bytes.

    Args:
        payments: In the order of their numbers.
        by: The layout.

    Raises:
        DoesNotFit: If something is longer than its column, or breaks the line.
    """
    payments = list(payments)
    rows = [[_cell(one, heading) for heading in by.out] for one in payments]
    total = sum(one.fen for one in payments)
    last = {"number": by.total, "holder": str(len(payments)), "yuan": yuan(total)}
    rows.append([last.get(heading.key, "") for heading in by.out])
    match by.format:
        case "xlsx":
            return _workbook(rows, by)
        case "fixed":
            return b"".join(_line(row, by, number) for number, row in enumerate(rows, start=1))
        case _:
            return _commas(rows, by)


def _cell(payment: Payment, heading: Heading) -> str:
    text = yuan(payment.fen) if heading.key == "yuan" else str(getattr(payment, heading.key))
    if any(character < " " for character in text):
        raise DoesNotFit(payment.number, heading.title)
    return text


def _commas(rows: Sequence[Sequence[str]], by: Layout) -> bytes:
    """Account and identity numbers are led by a tabulator, so that a spreadsheet reads text."""
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator=LINE)
    writer.writerow([heading.title for heading in by.out])
    for row in rows:
        cells = zip(by.out, row, strict=True)
        writer.writerow(
            [f"\t{cell}" if h.key in TEXT and cell else safe(cell) for h, cell in cells]
        )
    return output.getvalue().encode(by.encoding)


def _workbook(rows: Sequence[Sequence[str]], by: Layout) -> bytes:
    """Every cell is text: no digit is lost, and no amount becomes a fraction."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        book.set_properties({"created": MADE})
        text, sheet = book.add_format({"num_format": "@"}), book.add_worksheet()
        for place, heading in enumerate(by.out):
            sheet.set_column(place, place, 20, text)
            sheet.write_string(0, place, heading.title, text)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, safe(cell), text)
    return output.getvalue()


def _line(row: Sequence[str], by: Layout, number: int) -> bytes:
    """Words to the left, amounts to the right; nothing is cut."""
    made = b""
    for heading, cell in zip(by.out, row, strict=True):
        data = cell.encode(by.encoding)
        if len(data) > heading.width:
            raise DoesNotFit(number, heading.title)
        made += data.rjust(heading.width) if heading.key == "yuan" else data.ljust(heading.width)
    return made + LINE.encode()


# ------------------------------------------------------------------------------- what comes back


def fixed_table(data: bytes, name: str) -> Table:
    """The rows of a result file of fixed width, under the titles of its layout.

    Raises:
        Refused: With every line that is not of this width, or not in this encoding.
    """
    by = next(one for one in layouts() if one.format == "fixed")
    width = sum(heading.width for heading in by.result)
    lines = data.rstrip(b"\x1a\r\n").replace(b"\r\n", b"\n").split(b"\n")
    faults, rows = [], []
    for number, line in enumerate(lines, start=1):
        if len(line) != width:
            faults.append(_other_width(name, number, len(line), width))
            continue
        try:
            rows.append(_cut(line, by))
        except UnicodeDecodeError:
            faults.append(_unreadable(name, number, by))
    if faults:
        raise Refused(faults)
    columns: dict[str, Sequence[Cell]] = {
        heading.title: [row[place] for row in rows] for place, heading in enumerate(by.result)
    }
    return Table(name, columns, range(1, len(rows) + 1))


def _cut(line: bytes, by: Layout) -> list[str]:
    """The cells of a line; UnicodeDecodeError where a column ends within a character."""
    cells, at = [], 0
    for heading in by.result:
        cells.append(line[at : at + heading.width].decode(by.encoding).strip())
        at += heading.width
    return cells


def _other_width(name: str, number: int, found: int, width: int) -> Fault:
    return fault(
        name,
        number,
        "",
        _("The line has %(found)s bytes; by the layout it has %(width)s."),
        _("Fetch the file from the bank again, as it is, or ask which layout it has."),
        found=found,
        width=width,
    )


def _unreadable(name: str, number: int, by: Layout) -> Fault:
    return fault(
        name,
        number,
        "",
        _("The line cannot be read as %(encoding)s in columns of this layout."),
        _("Fetch the file from the bank again, as it is, or ask which layout it has."),
        encoding=by.encoding,
    )
