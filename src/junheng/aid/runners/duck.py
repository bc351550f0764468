"""DuckDB: one machine, millions of people, out of core where memory ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from junheng.aid.runners.base import Columns
from junheng.aid.runners.parquet import MEMORY, fenced, read, write_sorted


class DuckDB:
    """A run on DuckDB.

    Args:
        folders: Where its files are.
        spill: A folder for what does not fit into memory.
        memory: How much it may take before it spills.
    """

    dialect = "duckdb"

    def __init__(self, folders: Iterable[Path], spill: Path, *, memory: str = MEMORY) -> None:
        self._engine = fenced(folders, spill, memory=memory)

    def load(self, table: str, columns: Columns, files: Sequence[Path]) -> None:
        self._engine.execute(f"CREATE VIEW {table} AS {read(columns, files)}")

    def keep(self, table: str, statement: str) -> None:
        self._engine.execute(f"CREATE TABLE {table} AS {statement}")

    def show(self, name: str, statement: str) -> None:
        self._engine.execute(f"CREATE VIEW {name} AS {statement}")

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self._engine.execute(statement).fetchall()

    def write(self, statement: str, columns: Columns, order: Sequence[str], file: Path) -> None:
        write_sorted(self._engine, statement, columns, order, file)

    def close(self) -> None:
        self._engine.close()
