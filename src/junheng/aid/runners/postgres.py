"""PostgreSQL: the site's own database, in tables that end with the connection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from junheng.aid.runners.base import Columns
from junheng.aid.runners.parquet import fenced, quoted, read, write_foreign

if TYPE_CHECKING:
    from psycopg import Connection

_CSV = "FORMAT csv, NULL '\\N'"
_PIECE = 1 << 20


class PostgreSQL:
    r"""A run on PostgreSQL, in temporary tables.

    Rows go in and out as CSV with `\N` for what is missing, so that nothing is read twice.

    Args:
        connection: An open one; who opened it ends its transaction and closes it.
        folders: Where the Parquet files are.
        spill: A folder for files in between.
    """

    dialect = "postgres"

    def __init__(self, connection: Connection[Any], folders: Iterable[Path], spill: Path) -> None:
        self._connection = connection
        self._folders = tuple(folders)
        self._spill = spill

    def load(self, table: str, columns: Columns, files: Sequence[Path]) -> None:
        told = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        with self._connection.cursor() as cursor, TemporaryDirectory(dir=self._spill) as folder:
            cursor.execute(f"CREATE TEMPORARY TABLE {table} ({told})")
            file = Path(folder) / "rows.csv"
            with fenced(self._folders, self._spill) as engine:
                engine.execute(
                    f"COPY ({read(columns, files)}) TO {quoted(file)}"
                    " (FORMAT csv, HEADER false, NULLSTR '\\N')"
                )
            with cursor.copy(f"COPY {table} FROM STDIN ({_CSV})") as copy, file.open("rb") as rows:
                while piece := rows.read(_PIECE):
                    copy.write(piece)
            cursor.execute(f"ANALYZE {table}")

    def keep(self, table: str, statement: str) -> None:
        self._connection.execute(f"CREATE TEMPORARY TABLE {table} AS {statement}")

    def show(self, name: str, statement: str) -> None:
        self._connection.execute(f"CREATE TEMPORARY VIEW {name} AS {statement}")

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement).fetchall()

    def write(self, statement: str, columns: Columns, order: Sequence[str], file: Path) -> None:
        with TemporaryDirectory(dir=self._spill) as folder:
            between = Path(folder) / "rows.csv"
            with self._connection.cursor() as cursor, between.open("wb") as rows:
                told = ", ".join(columns)
                asked = f"COPY (SELECT {told} FROM ({statement}) AS told) TO STDOUT ({_CSV})"
                with cursor.copy(asked) as copy:
                    for piece in copy:
                        rows.write(piece)
            kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
            with fenced((*self._folders, file.parent), self._spill) as engine:
                found = (
                    f"SELECT * FROM read_csv({quoted(between)}, header = false, nullstr = '\\N',"
                    f" auto_detect = false, columns = {{{kinds}}})"
                )
                write_foreign(engine, found, columns, order, file)

    def close(self) -> None:
        """The tables end with the connection, which is somebody else's."""
