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
    rows = zip(*cells.columns.values(), strict=True)
    ordered = sorted(rows, key=lambda row: _key(cells, row))
    return write_csv(tuple(cells.columns), ordered)


def _key(cells: Cells, row: tuple[str, ...]) -> tuple[str | int, ...]:
    """Identifiers by code point, which is the order of their UTF-8 bytes; ranks as numbers."""
    kinds = cells.layout.columns.values()
    parts = zip(row[: cells.layout.key], kinds, strict=False)
    return tuple(int(text or 0) if kind is Kind.POSITIVE else text for text, kind in parts)


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV as every program must write it: UTF-8, LF, quotes only where needed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()
