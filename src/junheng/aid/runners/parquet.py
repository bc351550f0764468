"""DuckDB with a fence around it: it sees the folders it is given, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from junheng.aid.runners.base import Columns

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "preserve_insertion_order": "true",
}
MEMORY = "2GB"
WRITTEN = "FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880"


def fenced(
    folders: Iterable[Path], spill: Path, *, memory: str = MEMORY
) -> duckdb.DuckDBPyConnection:
    """A database in memory that may read and write in these folders only.

    Args:
        folders: Where its files are.
        spill: A folder for what does not fit into memory.
        memory: How much it may take before it spills, such as "2GB".
    """
    engine = duckdb.connect(":memory:", config={**SETTINGS, "memory_limit": memory})
    engine.execute("SET enable_progress_bar = false")
    engine.execute(f"SET temp_directory = {quoted(spill)}")
    within = [f"{folder.resolve()}/" for folder in (*folders, spill)]
    engine.execute("SET allowed_directories = ?", [within])
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")
    return engine


def quoted(path: Path) -> str:
    """A path as text in a statement."""
    return "'" + str(path.resolve()).replace("'", "''") + "'"


def read(columns: Columns, files: Sequence[Path]) -> str:
    """A SELECT of these columns from Parquet files; of no rows where there is no file."""
    if not files:
        told = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in columns.items())
        return f"SELECT {told} WHERE false"
    told = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in columns.items())
    listed = ", ".join(quoted(file) for file in files)
    return f"SELECT {told} FROM read_parquet([{listed}], union_by_name = true)"


def write_foreign(
    engine: duckdb.DuckDBPyConnection,
    found: str,
    columns: Columns,
    order: Sequence[str],
    file: Path,
) -> None:
    """Write what a SELECT finds in files that another database left.

    It becomes a table first: rows that come straight from a file are written with marks of where
    a value may be missing that those of a table do not have.
    """
    engine.execute(f"CREATE TABLE foreign_rows AS {found}")
    write_sorted(engine, "SELECT * FROM foreign_rows", columns, order, file)


def write_sorted(
    engine: duckdb.DuckDBPyConnection,
    statement: str,
    columns: Columns,
    order: Sequence[str],
    file: Path,
) -> None:
    """Write what a SELECT gives: the same rows are the same bytes, wherever they come from."""
    told = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in columns.items())
    engine.execute(
        f"COPY (SELECT {told} FROM (SELECT * FROM ({statement}) ORDER BY {', '.join(order)}))"
        f" TO {quoted(file)} ({WRITTEN})"
    )
