"""Workbooks (.xlsx), guarded: nothing is unpacked that was not measured first.

A workbook is a zip of XML. Before calamine may parse it, this module reads the zip's
directory, inflates every part while counting, and looks through the sheets' XML for what
calamine does not tell: formulas, error values, and cells so far out that the sheet would
fill the memory.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook

from junheng.commons.tabular import (
    ERROR,
    FORMULA,
    LIMITS,
    Cell,
    Limits,
    Table,
    read_csv,
    table_of,
    too_big,
)
from junheng.kernel.faults import Fault, Refused, fault
from junheng.kernel.faults import gettext_noop as _

_ZIP = b"PK\x03\x04"
PARQUET = b"PAR1"
_OLE = b"\xd0\xcf\x11\xe0"
_LOCAL_HEADER = 30
_CHUNK = 1 << 20
_MAX_PARTS = 2_000

_TAG = rb"<(?:\w+:)?"
_FORMULA_CELL = re.compile(_TAG + rb"c\b([^>]*)>\s*" + _TAG + rb"f[\s/>]")
_ERROR_CELL = re.compile(_TAG + rb"""c\b([^>]*\st=["']e["'][^>]*)>""")
_CELL = re.compile(_TAG + rb"""c\b[^>]*?\sr=["']([A-Z]+)([0-9]+)["'](?:[^>/]|/(?!>))*>""")
_COLUMNS = re.compile(rb"""\sr=["']([A-Z]+)""")
_ROWS = re.compile(rb"""\sr=["'][A-Z]+([0-9]+)""")
_REFERENCE = re.compile(rb"""\sr=["']([A-Z]+)([0-9]+)["']""")


def read_tables(
    data: bytes, name: str, *, wanted: Collection[str] | None = None, limits: Limits = LIMITS
) -> dict[str, Table]:
    """Tables of a CSV or Parquet file (one, under its name without ending) or of a workbook.

    What it is shows in its first bytes, not in its name.

    Args:
        data: The file.
        name: The file's name, for messages.
        wanted: Sheets to read; None means every sheet that is not empty.
        limits: What is refused before it is unpacked.

    Raises:
        Refused: If the file cannot be read at all, with every reason found.
    """
    if data[:4] in (_ZIP, _OLE):
        return read_xlsx(data, name, wanted=wanted, limits=limits)
    if data[:4] == PARQUET:
        from junheng.commons.parquet import read_parquet

        return {name.rsplit(".", 1)[0]: read_parquet(data, name, limits)}
    if name.lower().endswith((".xlsx", ".xlsm", ".xls", ".et")):
        raise Refused([too_big(name, len(data), limits) or _not_a_workbook(name)])
    return {name.rsplit(".", 1)[0]: read_csv(data, name, limits)}


def read_xlsx(
    data: bytes, name: str, *, wanted: Collection[str] | None = None, limits: Limits = LIMITS
) -> dict[str, Table]:
    """Tables of a workbook by sheet; formulas and numbers for identifiers stay visible.

    Raises:
        Refused: If the workbook is too big, locked, damaged, or a zip bomb, or one of the
            sheets is empty or too wide.
    """
    tables, faults = open_xlsx(data, name, wanted=wanted, limits=limits)
    if faults:
        raise Refused(faults)
    return tables


def open_xlsx(
    data: bytes, name: str, *, wanted: Collection[str] | None = None, limits: Limits = LIMITS
) -> tuple[dict[str, Table], list[Fault]]:
    """The same, for those who want the other sheets' faults too: good sheets and bad ones.

    Raises:
        Refused: If the workbook as a whole cannot be read.
    """
    if oversize := too_big(name, len(data), limits):
        raise Refused([oversize])
    parts = _inflate(data, name, limits)
    tables: dict[str, Table] = {}
    faults: list[Fault] = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            paths = _sheet_paths(parts)
            for sheet in book.sheet_names if wanted is None else _asked(book, wanted):
                xml = parts.get(paths.get(sheet, ""), b"")
                if wanted is None and not _CELL.search(xml):
                    continue
                try:
                    tables[sheet] = _table(book, name, sheet, xml, limits)
                except Refused as refused:
                    faults += refused.faults
    except (CalamineError, ElementTree.ParseError, ValueError):
        raise Refused([_not_a_workbook(name)]) from None
    return tables, faults


def _asked(book: CalamineWorkbook, wanted: Collection[str]) -> list[str]:
    return [sheet for sheet in book.sheet_names if sheet in wanted]


def _table(book: CalamineWorkbook, name: str, sheet: str, xml: bytes, limits: Limits) -> Table:
    shown = f"{name}/{sheet}"
    _check_extent(shown, xml, limits)
    records: list[list[Cell]] = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    unusable = _unusable(xml)
    _show(records, unusable)
    return table_of(shown, records, unusable)


def _show(records: list[list[Cell]], unusable: Mapping[tuple[int, int], str]) -> None:
    """Put a sign where calamine sees nothing, so that no row passes for a blank one."""
    for row, column in unusable:
        records.extend([] for _missing in range(row - len(records)))
        record = records[row - 1]
        record.extend("" for _missing in range(column + 1 - len(record)))
        if record[column] == "":
            record[column] = "="


# ------------------------------------------------------------------------- the zip itself


def _inflate(data: bytes, name: str, limits: Limits) -> dict[str, bytes]:
    """Every XML part of the workbook, having counted what all parts really inflate to."""
    if data[:4] == _OLE:
        raise Refused([_locked(name)])
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError):
        raise Refused([_not_a_workbook(name)]) from None
    if sum(info.file_size for info in infos) > limits.inflated_bytes or len(infos) > _MAX_PARTS:
        raise Refused([_bomb(name, limits)])
    if any(info.flag_bits & 0x1 for info in infos):
        raise Refused([_locked(name)])
    left = limits.inflated_bytes
    parts: dict[str, bytes] = {}
    for info in infos:
        part = _inflate_one(data, info, name, left, limits)
        left -= len(part)
        parts[info.filename] = part
    if any(b"<!DOCTYPE" in part[:4096] for part in parts.values()):
        raise Refused([_not_a_workbook(name)])
    return parts


def _inflate_one(data: bytes, info: zipfile.ZipInfo, name: str, left: int, limits: Limits) -> bytes:
    """Inflate one part, stopping as soon as it is larger than the directory claims."""
    header = data[info.header_offset : info.header_offset + _LOCAL_HEADER]
    if len(header) < _LOCAL_HEADER or header[:4] != _ZIP:
        raise Refused([_not_a_workbook(name)])
    skip = sum(struct.unpack("<HH", header[26:30]))
    start = info.header_offset + _LOCAL_HEADER + skip
    packed = memoryview(data)[start : start + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        return bytes(packed)
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise Refused([_not_a_workbook(name)])
    try:
        return _inflate_raw(packed, min(left, info.file_size))
    except OverflowError:
        raise Refused([_bomb(name, limits)]) from None
    except zlib.error:
        raise Refused([_not_a_workbook(name)]) from None


def _inflate_raw(packed: memoryview, at_most: int) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    whole, source = bytearray(), bytes(packed)
    while not inflater.eof:
        chunk = inflater.decompress(source, _CHUNK)
        whole += chunk
        if len(whole) > at_most:
            raise OverflowError("inflates to more than the directory says")
        source = inflater.unconsumed_tail
        if not chunk and not source:
            raise zlib.error("the part ends too early")
    return bytes(whole)


# ------------------------------------------------------------------------ inside a sheet


def _sheet_paths(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Which part holds each sheet, by the sheet's name."""
    targets = {
        node.get("Id", ""): node.get("Target", "")
        for node in _nodes(parts, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    paths = {}
    for node in _nodes(parts, "xl/workbook.xml", "sheet"):
        link = next((value for key, value in node.items() if key.endswith("}id")), "")
        target = targets.get(link, "")
        paths[node.get("name", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    return paths


def _nodes(parts: Mapping[str, bytes], path: str, tag: str) -> Iterator[ElementTree.Element]:
    root = ElementTree.fromstring(parts.get(path, b""))  # noqa: S314 DOCTYPE was refused before
    return (node for node in root.iter() if node.tag.rsplit("}", 1)[-1] == tag)


def _check_extent(shown: str, xml: bytes, limits: Limits) -> None:
    """Refuse a sheet that spans more cells than fit in memory, however few it holds."""
    width, height = _extent(_COLUMNS.findall(xml), _ROWS.findall(xml))
    if width * height > limits.cells:  # perhaps by cells that are only coloured: look closer
        cells = _CELL.findall(xml)
        width, height = _extent((c[0] for c in cells), (c[1] for c in cells))
    if width * height > limits.cells:
        raise Refused(
            [
                fault(
                    shown,
                    None,
                    "",
                    _("The sheet reaches down to row %(height)s and over %(width)s columns."),
                    _("Delete the empty rows and columns after the table, then save it again."),
                    height=height,
                    width=width,
                )
            ]
        )


def _extent(columns: Iterable[bytes], rows: Iterable[bytes]) -> tuple[int, int]:
    width = max(map(column_number, set(columns)), default=-1) + 1
    return width, max(map(int, set(rows)), default=0)


def _unusable(xml: bytes) -> dict[tuple[int, int], str]:
    """Cells with a formula or an error value, by (row from 1, column from 0)."""
    found: dict[tuple[int, int], str] = {}
    # a look for the bare bytes first: in nearly every sheet there are neither
    if b"<f" in xml or b":f" in xml:
        found |= dict.fromkeys(_places(_FORMULA_CELL, xml), FORMULA)
    if b't="e"' in xml or b"t='e'" in xml:
        found |= {place: ERROR for place in _places(_ERROR_CELL, xml) if place not in found}
    return found


def _places(pattern: re.Pattern[bytes], xml: bytes) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(xml):
        if reference := _REFERENCE.search(match[1]):
            yield int(reference[2]), column_number(reference[1])


def column_number(letters: bytes) -> int:
    """Column of a cell reference, from 0: A is 0, Z is 25, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


# ---------------------------------------------------------------------------- what to say


def _bomb(name: str, limits: Limits) -> Fault:
    return fault(
        name,
        None,
        "",
        _("The workbook would unpack to more than %(limit)s MB, or to more than it says."),
        _("Save the table as a new workbook that contains nothing else, or as CSV."),
        limit=limits.inflated_bytes // 2**20,
    )


def _locked(name: str) -> Fault:
    return fault(
        name,
        None,
        "",
        _("The workbook is protected by a password or in the old .xls format."),
        _("Save it as .xlsx without a password."),
    )


def _not_a_workbook(name: str) -> Fault:
    return fault(
        name,
        None,
        "",
        _("The file is not a readable .xlsx workbook."),
        _("Open it in a spreadsheet program and save it as .xlsx, or send CSV."),
    )
