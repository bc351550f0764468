"""Parquet files as tables: read by DuckDB, which sees that one file and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from junheng.commons.encoding import nothing_in
from junheng.commons.tabular import LIMITS, Cell, Limits, Table, table_of, too_big
from junheng.kernel.faults import Refused, fault
from junheng.kernel.faults import gettext_noop as _

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "memory_limit": "1GB",
    "max_temp_directory_size": "0KB",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
PLAIN = (str, int, float, bool, date, datetime, time, timedelta)


def read_parquet(data: bytes, name: str, limits: Limits = LIMITS) -> Table:
    """The table in a Parquet file; what is neither text, figure nor date becomes text.

    Raises:
        Refused: If it is too big, packed too tightly, empty, or no Parquet file.
    """
    if oversize := too_big(name, len(data), limits):
        raise Refused([oversize])
    with TemporaryDirectory() as folder:
        file = Path(folder) / "table.parquet"
        file.write_bytes(data)
        try:
            titles, rows = _read(file, name, limits)
        except duckdb.Error:
            raise Refused([_unreadable(name)]) from None
    if not rows:
        raise Refused([nothing_in(name)])
    records: list[list[Cell]] = [[*titles]]
    records += [[_cell(value) for value in row] for row in rows]
    return table_of(name.rsplit(".", 1)[0], records, {})


def _read(file: Path, name: str, limits: Limits) -> tuple[list[str], Sequence[Sequence[Any]]]:
    with duckdb.connect(":memory:", config=SETTINGS) as engine:
        engine.execute("SET allowed_paths = [?]", [str(file)])
        engine.execute("SET enable_external_access = false")
        engine.execute("SET lock_configuration = true")
        found = engine.execute("SELECT num_rows FROM parquet_file_metadata(?)", [str(file)])
        count = int(found.fetchall()[0][0])
        table = engine.execute("SELECT * FROM read_parquet(?)", [str(file)])
        titles = [str(column[0]) for column in table.description or ()]
        if count * len(titles) > limits.cells:
            raise Refused([_too_many(name, count, len(titles))])
        return titles, table.fetchall()


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    return value if isinstance(value, PLAIN) else str(value)


def _unreadable(name: str) -> Any:
    return fault(
        name,
        None,
        "",
        _("The file begins like a Parquet file and is none, or it is damaged."),
        _("Ask for it again, or for an Excel or CSV file."),
    )


def _too_many(name: str, rows: int, columns: int) -> Any:
    return fault(
        name,
        None,
        "",
        _("The table has %(rows)s rows and %(columns)s columns: too much for one import."),
        _("Send it in parts."),
        rows=rows,
        columns=columns,
    )
