"""Writing workbooks: every cell is text unless it is a figure, and no text becomes a formula."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from junheng.commons.tabular import Table, plain
from junheng.kernel.faults import Fault

if TYPE_CHECKING:
    from junheng.commons.sheets import Column

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CELL_CHARACTERS = 32_767
"""What a cell of a workbook can hold."""
SAFE_FIGURE = 10**11
"""Figures from here on are written as text: spreadsheets keep only fifteen digits."""
TEMPLATE_ROWS = 2_000
WIDTHS = range(8, 50)


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula, not even after it was saved as CSV."""
    if text.startswith(FORMULA_STARTS) and len(text) > 1:
        text = f"'{text}"
    return text if len(text) <= CELL_CHARACTERS else f"{text[: CELL_CHARACTERS - 1]}…"


def workbook(
    title: str,
    columns: Sequence[str | Promise],
    rows: Iterable[Sequence[Any]],
    *,
    watermark: str,
    comes_back: bool = False,
) -> bytes:
    """A list as a workbook of one sheet.

    Args:
        title: Stands above the list and names the sheet.
        columns: Headers.
        rows: Cells as they are shown; whole and decimal numbers stay numbers, unless they are
            so long that they must be identifiers.
        watermark: Who took the list and when: stands under the title and on every printed page.
        comes_back: The list is to be changed and imported again: title and watermark then stand
            on a sheet of their own, since an import takes the first row for the header.
    """
    top = 0 if comes_back else 2
    with _book() as (book, output):
        sheet = book.add_worksheet(_sheet_name(title))
        bold = book.add_format({"bold": True, "font_size": 14})
        faint = book.add_format({"italic": True, "font_color": "#666666"})
        head = _head(book)
        sheet.set_header(f"&L{_printed(title)}&R{_printed(watermark)}")
        sheet.set_footer(f"&L{_printed(watermark)}&R&P / &N")
        sheet.repeat_rows(top)
        sheet.freeze_panes(top + 1, 0)
        sheet.set_column(0, max(len(columns) - 1, 0), 16)
        above = book.add_worksheet(_sheet_name(_("About this list"))) if comes_back else sheet
        above.write_string(0, 0, safe(title), bold)
        above.write_string(1, 0, safe(watermark), faint)
        for place, name in enumerate(columns):
            sheet.write_string(top, place, safe(str(name)), head)
        for number, row in enumerate(rows, start=top + 1):
            for place, value in enumerate(row):
                _write(sheet, number, place, value)
    return output.getvalue()


def template_workbook(columns: Sequence[Column]) -> bytes:
    """An empty table to be filled in: all cells are text, so that no identifier loses a zero."""
    with _book() as (book, output):
        text, head = book.add_format({"num_format": "@"}), _head(book)
        needed = book.add_format({"bold": True, "bg_color": "#fff1c9", "border": 1})
        sheet = book.add_worksheet(_sheet_name(_("Table")))
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            title = str(column.title)
            sheet.set_column(place, place, _width(title, column.example), text)
            sheet.write_string(0, place, title, needed if column.required else head)
            if column.choices:
                _offer(sheet, place, list(column.choices))
        _explain(book, columns, head)
    return output.getvalue()


def error_workbook(columns: Sequence[Column], rows: Table, faults: Iterable[Fault]) -> bytes:
    """The table as it came, with a column that says what is wrong in each row.

    It can be mended and sent again as it is: the added column is not read. What is wrong with
    the file as a whole stands on a second sheet.
    """
    by_row: dict[int, list[Fault]] = defaultdict(list)
    for each in faults:
        by_row[each.row or 0].append(each)
    with _book() as (book, output):
        text, head = book.add_format({"num_format": "@"}), _head(book)
        marked = book.add_format({"num_format": "@", "bg_color": "#ffd9d9"})
        reason = book.add_format({"num_format": "@", "font_color": "#a30000"})
        sheet = book.add_worksheet(_sheet_name(_("Table")))
        sheet.freeze_panes(1, 0)
        for place, header in enumerate([*rows.columns, _("What is wrong")]):
            sheet.set_column(place, place, _width(header), text)
            sheet.write_string(0, place, safe(header), head)
        for number, (row, cells) in enumerate(zip(rows.numbers, rows.rows(), strict=True), 1):
            wrong = by_row.pop(row, [])
            spoilt = {each.column for each in wrong}
            for place, (header, cell) in enumerate(zip(rows.columns, cells, strict=True)):
                form = marked if header in spoilt else text
                _put(sheet, number, place, plain(cell), form)
            if wrong:
                sheet.write_string(number, len(rows.columns), _sentences(wrong), reason)
        _whole_file(book, [each for rest in by_row.values() for each in rest], head)
    return output.getvalue()


@contextmanager
def _book() -> Iterator[tuple[Any, io.BytesIO]]:
    output = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(output, options) as book:
        yield book, output


def _head(book: Any) -> Any:
    return book.add_format({"bold": True, "bg_color": "#eef2f7", "border": 1, "num_format": "@"})


def _write(sheet: Any, row: int, place: int, value: Any) -> None:
    if isinstance(value, bool):
        sheet.write_string(row, place, _("yes") if value else _("no"))
    elif isinstance(value, int | float | Decimal) and -SAFE_FIGURE < value < SAFE_FIGURE:
        sheet.write_number(row, place, value)
    elif value is not None and (text := _text(value)):
        sheet.write_string(row, place, safe(text))


def _put(sheet: Any, row: int, place: int, text: str, form: Any) -> None:
    if text:
        sheet.write_string(row, place, safe(text), form)
    else:
        sheet.write_blank(row, place, None, form)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        moment = timezone.localtime(value) if timezone.is_aware(value) else value
        return f"{moment:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _offer(sheet: Any, place: int, choices: list[str]) -> None:
    """A list to choose from, where it is short enough for a workbook."""
    if len(",".join(choices)) <= 255:
        sheet.data_validation(
            *(1, place, TEMPLATE_ROWS, place), {"validate": "list", "source": choices}
        )


def _explain(book: Any, columns: Sequence[Column], head: Any) -> None:
    sheet = book.add_worksheet(_sheet_name(_("What to write")))
    titles = [_("Column"), _("Needed"), _("What to write"), _("Example")]
    sheet.set_column(0, 3, 24)
    for place, title in enumerate(titles):
        sheet.write_string(0, place, title, head)
    for number, column in enumerate(columns, start=1):
        needed = _("yes") if column.required else _("no")
        note = str(column.note) or " / ".join(column.choices)
        for place, text in enumerate([str(column.title), needed, note, column.example]):
            _put(sheet, number, place, text, None)


def _whole_file(book: Any, faults: list[Fault], head: Any) -> None:
    if not faults:
        return
    sheet = book.add_worksheet(_sheet_name(_("The whole file")))
    sheet.set_column(0, 0, 100)
    sheet.write_string(0, 0, _("What is wrong"), head)
    for number, each in enumerate(faults, start=1):
        sheet.write_string(number, 0, safe(_sentences([each])))


def _sentences(faults: Iterable[Fault]) -> str:
    said = (each.said_in(_) for each in faults)
    return safe(
        " ".join(
            f"{each.column}: {each.message} {each.fix}".strip().removeprefix(": ") for each in said
        )
    )


def _sheet_name(title: str) -> str:
    """A workbook allows 31 characters and not all of them."""
    allowed = "".join(" " if character in "[]:*?/\\" else character for character in title)
    return allowed[:31].strip("' ") or "Sheet1"


def _printed(text: str) -> str:
    """In page headers `&` begins a command, and a header holds 255 characters."""
    return text.replace("&", "&&")[:110]


def _width(*texts: str) -> int:
    """Columns of a sheet are measured in digits; a Chinese character takes two."""
    widest = max(sum(2 if ord(each) > 0x2E80 else 1 for each in text) for text in texts)
    return min(max(widest + 4, WIDTHS.start), WIDTHS.stop)
