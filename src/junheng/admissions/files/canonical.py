"""The one spelling of every table, and its SHA-256.

The same round as UTF-8, GB18030 or `.xlsx`, with its rows in any order, is the same bytes
here. Source: the format page, "Canonical form".
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence

from junheng.admissions.files.cells import Cells
from junheng.admissions.files.layout import Kind
from junheng.admissions.files.read import Inputs


def canonical_tables(inputs: Inputs) -> dict[str, bytes]:
    """Every table that was given, as `<name>.csv`: documented columns, rows by key.

    Only for inputs that `check` accepts; a faulty cell would be written as blank.
    """
    return {f"{name}.csv": canonical_table(cells) for name, cells in inputs.cells.items()}


def table_hashes(tables: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each canonical table, by its name without ending."""
    return {
        name.removesuffix(".csv"): hashlib.sha256(content).hexdigest()
        for name, content in tables.items()
    }


def canonical_table(cells: Cells) -> bytes:
    """One table in its canonical form."""
    order = _key_order(cells)
    columns = [[column[entry] for entry in order] for column in cells.columns.values()]
    rows = zip(*columns, strict=True)
    if Kind.TEXT in cells.layout.columns.values():
        return write_csv(tuple(cells.columns), rows)
    # identifiers and numbers never need quotes, and there may be millions of them
    return "\n".join([",".join(cells.columns), *map(",".join, rows), ""]).encode()


def _key_order(cells: Cells) -> list[int]:
    """Entries by key: identifiers by code point (as their UTF-8 bytes), ranks as numbers."""
    layout = cells.layout
    parts = [
        list(map(int, cells.columns[name])) if kind is Kind.POSITIVE else cells.columns[name]
        for name, kind in list(layout.columns.items())[: layout.key]
    ]
    keys = list(zip(*parts, strict=True))
    return sorted(range(len(keys)), key=keys.__getitem__)


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV as every program must write it: UTF-8, LF, quotes only where needed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()
