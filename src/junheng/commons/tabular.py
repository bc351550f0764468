"""Tables out of the files people send: bytes in, columns out, every fault with its row.

No Django, no file system: pages hand in what was uploaded, the command line what it read.
CSV is here, workbooks are in `spreadsheet.py`, whose `read_tables` takes either.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeGuard

from junheng.kernel.faults import Fault, Refused, fault
from junheng.kernel.faults import gettext_noop as _

Cell = str | int | float | bool | date | datetime | time | timedelta

FIRST_ROW = 2
"""The first row under the header, as a spreadsheet counts."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused before anything is unpacked or parsed.

    Attributes:
        file_bytes: Size of the file as sent.
        inflated_bytes: Size of a workbook's parts once unpacked, all together.
        cells: Height times width of one sheet.
    """

    file_bytes: int = 50 * 2**20
    inflated_bytes: int = 512 * 2**20
    cells: int = 20_000_000


LIMITS = Limits()


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


def too_big(name: str, size: int, limits: Limits = LIMITS) -> Fault | None:
    """A fault when a file of `size` bytes should not even be read."""
    if size <= limits.file_bytes:
        return None
    return fault(
        name,
        None,
        "",
        _("The file has %(size)s MB; at most %(limit)s MB are read."),
        _("Remove what does not belong to the table, or send it in parts."),
        size=-(-size // 2**20),
        limit=limits.file_bytes // 2**20,
    )


# ------------------------------------------------------------------------------- encoding

# GB18030 turns nearly any bytes into some character, so decoding proves little. Text that
# really is GB18030 is mostly of the 6,763 everyday characters of GB 2312; Latin-1, Big5 or
# Shift-JIS read that way are mostly not.
_RARE_SHARE = 3
_RARE_ENOUGH = 4
_SAMPLE = 200_000

# A few Chinese characters in GB18030 may by chance be valid UTF-8 (for about one in seven
# it is so), and then look like a few Cyrillic, Arabic or accented letters.
_CHANCE_MEETING = 4


def decode(data: bytes, name: str) -> str:
    """Text of a file in UTF-8 (with or without byte-order mark) or GB18030.

    Raises:
        Refused: If the file is empty or its encoding is neither.
    """
    if not data.strip(b"\xef\xbb\xbf \t\r\n,"):
        raise Refused([_empty(name)])
    if b"\0" in data or data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refused([_unknown_encoding(name, None)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decode_gb18030(data, name)
    return text if data.startswith(codecs.BOM_UTF8) else _by_chance_utf8(data, text) or text


def _by_chance_utf8(data: bytes, text: str) -> str | None:
    """The text as GB18030, where its few two-byte characters make more sense that way."""
    odd = set(re.findall(r"[^\x00-\x7f]", text)) if len(data) != len(text) else set()
    if not odd or len(odd) > _CHANCE_MEETING or max(odd) > "\u07ff":
        return None
    if re.search(r"[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]", text):
        return None  # an accented letter in a word
    try:
        chinese = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return chinese if all(map(_everyday, set(chinese))) else None


def _decode_gb18030(data: bytes, name: str) -> str:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise Refused([_unknown_encoding(name, row)]) from None
    if not _reads_like_chinese(text):
        raise Refused([_unknown_encoding(name, None)])
    return text


def _reads_like_chinese(text: str) -> bool:
    beyond_ascii = Counter(re.findall(r"[^\x00-\x7f]", text[:_SAMPLE]))
    rare = {char for char in beyond_ascii if not _everyday(char)}
    if any(not char.isprintable() and not char.isspace() for char in rare):
        return False
    count = sum(beyond_ascii[char] for char in rare)
    if count * _RARE_SHARE <= beyond_ascii.total():
        return True
    amid_latin = re.findall(
        r"(?:(?<=[A-Za-z])[^\x00-\x7f]|[^\x00-\x7f](?=[A-Za-z]))", text[:_SAMPLE]
    )
    return count < _RARE_ENOUGH and not rare.intersection(amid_latin)


def _everyday(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _empty(name: str) -> Fault:
    return fault(
        name,
        None,
        "",
        _("The file is empty."),
        _("It needs a header row with the names of the columns and a row for each entry."),
    )


def _unknown_encoding(name: str, row: int | None) -> Fault:
    return fault(
        name,
        row,
        "",
        _("The text is neither UTF-8 nor GB18030."),
        _("Save the file as “CSV UTF-8”, or send the workbook itself."),
    )


# ------------------------------------------------------------------------------------ csv


def read_csv(data: bytes, name: str, limits: Limits = LIMITS) -> Table:
    """Read a table with a header row and commas.

    Raises:
        Refused: If the file is too big, empty, in an unknown encoding, or not a table.
    """
    if oversize := too_big(name, len(data), limits):
        raise Refused([oversize])
    return table_of(name, _records(decode(data, name), name))


def _records(text: str, name: str) -> list[list[str]]:
    records: list[list[str]] = []
    try:
        records.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise Refused([_broken_quotes(name, _first_broken(text))]) from None
    return records


def _first_broken(text: str) -> int:
    """The row in which a quoted cell is never closed or goes on after its closing quote."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    row = 1
    try:
        for row, _record in enumerate(reader, start=2):  # noqa: B007 the row after the last good one
            pass
    except csv.Error:
        return row
    raise AssertionError("called for a text without a broken quote")


def _broken_quotes(name: str, row: int) -> Fault:
    return fault(
        name,
        row,
        "",
        _("A quotation mark is not closed, or text follows a closing one."),
        _('Write " inside a cell twice and put the whole cell in quotes.'),
    )


def table_of(
    name: str,
    records: Sequence[Sequence[Cell]],
    unusable: Mapping[tuple[int, int], str] | None = None,
) -> Table:
    """Make a table of records, the first that is not blank being the header.

    Args:
        name: For messages.
        records: All rows from row 1 on, blank ones too.
        unusable: What spoils a cell, by (row from 1, column from 0); given for sheets,
            where a note beside the table is no fault; in CSV it is one comma too many.

    Raises:
        Refused: If no row holds anything.
    """
    top = next((i for i, record in enumerate(records) if _holds(record)), None)
    if top is None:
        raise Refused([_empty(name)])
    header = [str(cell).strip() for cell in records[top]]
    while header and not header[-1]:
        header.pop()
    body = records[top + 1 :]
    numbers: Sequence[int] = range(top + 2, top + 2 + len(body))
    faults = _header_faults(name, top + 1, header)
    if unusable is None:
        faults += _ragged(name, len(header), numbers, body)
    else:
        body = [record[: len(header)] for record in body]
    columns, numbers = _without_blank_rows(_columns(header, body), numbers)
    faults += _damaged(name, columns, numbers)
    return Table(name, columns, numbers, tuple(faults), _by_header(header, unusable or {}))


def _holds(record: Sequence[Cell]) -> bool:
    return any(cell != "" and not (isinstance(cell, str) and cell.isspace()) for cell in record)


def _columns(header: list[str], records: Sequence[Sequence[Cell]]) -> dict[str, Sequence[Cell]]:
    width = len(header)
    if {*map(len, records)} - {width}:
        blank = [""] * width
        records = [[*record, *blank][:width] for record in records]
    turned = zip(*records, strict=True) if records else ((),) * width
    columns: dict[str, Sequence[Cell]] = {}
    for title, cells in zip(header, turned, strict=True):
        if title and title not in columns:
            columns[title] = _stripped(cells)
    return columns


def _without_blank_rows(
    columns: dict[str, Sequence[Cell]], numbers: Sequence[int]
) -> tuple[dict[str, Sequence[Cell]], Sequence[int]]:
    first = next(iter(columns.values()), ())
    if "" not in first:
        return columns, numbers
    rows = enumerate(zip(*columns.values(), strict=True))
    kept = [entry for entry, row in rows if any(cell != "" for cell in row)]
    return (
        {title: [cells[entry] for entry in kept] for title, cells in columns.items()},
        [numbers[entry] for entry in kept],
    )


def _stripped(cells: Sequence[Cell]) -> list[Cell]:
    if only_text(cells):
        return list(map(str.strip, cells))
    return [cell.strip() if isinstance(cell, str) else cell for cell in cells]


def only_text(cells: Sequence[Cell]) -> TypeGuard[Sequence[str]]:
    """True if no cell holds a number, date or truth value."""
    return {*map(type, cells)} <= {str}


def _by_header(
    header: list[str], unusable: Mapping[tuple[int, int], str]
) -> dict[str, dict[int, str]]:
    found: dict[str, dict[int, str]] = {}
    for (row, column), what in unusable.items():
        if column < len(header):
            found.setdefault(header[column], {})[row] = what
    return found


def _header_faults(name: str, row: int, header: list[str]) -> list[Fault]:
    counts = Counter(title for title in header if title)
    return [
        fault(
            name,
            row,
            title,
            _("The header names this column %(times)s times."),
            _("Keep one of them and delete or rename the others."),
            times=times,
        )
        for title, times in counts.items()
        if times > 1
    ]


def _ragged(
    name: str, width: int, numbers: Sequence[int], records: Sequence[Sequence[Cell]]
) -> Iterator[Fault]:
    if not {*map(len, records)} - {width}:
        return
    for row, record in zip(numbers, records, strict=True):
        if _is_ragged(record, width):
            yield fault(
                name,
                row,
                "",
                _("The row has %(found)s cells where the header has %(wanted)s."),
                _("Add or delete commas; put a cell that contains a comma in quotes."),
                found=len(record),
                wanted=width,
            )


def _is_ragged(record: Sequence[Cell], width: int) -> bool:
    """True unless the row fits, is blank, or has only blanks beyond the header."""
    if len(record) < width:
        return _holds(record)
    return len(record) > width and _holds(record[width:])


def _damaged(
    name: str, columns: Mapping[str, Sequence[Cell]], numbers: Sequence[int]
) -> Iterator[Fault]:
    for title, cells in columns.items():
        if only_text(cells) and "\ufffd" not in "".join(cells):
            continue
        for row, cell in zip(numbers, cells, strict=True):
            if isinstance(cell, str) and "\ufffd" in cell:
                yield fault(
                    name,
                    row,
                    title,
                    _("The text was damaged when the file was saved: it contains “%(mark)s”."),
                    _("Type it again, or export the file again from where it came from."),
                    mark="\ufffd",
                )


# ------------------------------------------------------------------- what a column holds

FORMULA = "formula"
ERROR = "error"
_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+")


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
