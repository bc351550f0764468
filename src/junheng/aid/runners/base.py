"""What a database has to be able to do, so that a period can be decided on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from junheng.aid.engine.facts import FACTS, KEYS, SQL_TYPE, STORED

Columns = Mapping[str, str]
"""Names of columns in their order, each with its SQL type."""

FACTS_TABLE: Columns = {**KEYS, **{name: SQL_TYPE[FACTS[name].kind] for name in STORED}}
GIVEN_TABLE: Columns = {"subject": "VARCHAR", "policy": "VARCHAR"}
PAID_TABLE: Columns = {
    "subject": "VARCHAR",
    "policy": "VARCHAR",
    "for_day": "DATE",
    "fen": "BIGINT",
}


class Runner(Protocol):
    """A database with the tables of one run; nothing of it stays when it is closed.

    Attributes:
        dialect: The name of its SQL, as sqlglot has it.
    """

    dialect: str

    def load(self, table: str, columns: Columns, files: Sequence[Path]) -> None:
        """Fill a table from Parquet files; without files it is empty.

        Args:
            table: Its name.
            columns: What it has; columns of the files beside these are not read.
            files: All with at least these columns.
        """
        ...

    def keep(self, table: str, statement: str) -> None:
        """Make a table of what a SELECT gives."""
        ...

    def show(self, name: str, statement: str) -> None:
        """Give a SELECT a name; it is computed where it is asked for."""
        ...

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a SELECT gives, in no order."""
        ...

    def write(self, statement: str, columns: Columns, order: Sequence[str], file: Path) -> None:
        """Write what a SELECT gives as one Parquet file.

        Equal rows give equal bytes on every database: there is one writer, and one order.

        Args:
            statement: The SELECT.
            columns: What it gives.
            order: Columns that put the rows into one order.
            file: A new file.
        """
        ...

    def close(self) -> None:
        """End it; of what was not written nothing stays."""
        ...
