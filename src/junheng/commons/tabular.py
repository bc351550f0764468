"""Tables out of the files people send: bytes in, columns out, every fault with its row.

No Django, no file system: pages hand in what was uploaded, the command line what it read.
CSV is here, workbooks are in `spreadsheet.py`, whose `read_tables` takes either; what may be
taken from a column is in `cells.py`.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from junheng.commons.cells import ERROR, FORMULA, Cell, Table, missing, only_text, plain, texts
from junheng.commons.encoding import decode, nothing_in
from junheng.kernel.faults import Fault, Refused, fault
from junheng.kernel.faults import gettext_noop as _

__all__ = [
    "ERROR",
    "FORMULA",
    "LIMITS",
    "Cell",
    "Limits",
    "Table",
    "decode",
    "missing",
    "plain",
    "read_csv",
    "table_of",
    "texts",
    "too_big",
]


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
        raise Refused([nothing_in(name)])
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
