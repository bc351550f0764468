"""Parquet files of facts, payments and what was given before: their columns and codes, checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from junheng.aid.engine.facts import FACTS, MONEY, MOST_FEN, STORED, Kind
from junheng.aid.runners.base import Columns
from junheng.aid.runners.parquet import quoted
from junheng.kernel.faults import Fault, fault
from junheng.kernel.faults import gettext_noop as _

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Engine

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_TAKEN = {
    "VARCHAR": ("VARCHAR", "UUID"),
    "BOOLEAN": ("BOOLEAN",),
    "DATE": ("DATE",),
    "INTEGER": _WHOLE,
    "BIGINT": _WHOLE,
}
"""What a file may have where a table wants a type."""

MAY_BE_MISSING = frozenset({"valid_to", "township", "county", "school", *STORED})
NAMED = 10


def table_faults(
    engine: Engine, files: Sequence[Path], columns: Columns, *, within: Path
) -> list[Fault]:
    """What is wrong with the files of one table.

    Args:
        engine: A fenced one that may read them.
        files: The files.
        columns: What each has to have, no more and no less.
        within: The folder beside which they are named.
    """
    faults = []
    for file in files:
        name = str(file.relative_to(within))
        found = _columns_of(engine, file)
        if found is None:
            told = _("The file is no Parquet file, or it is damaged.")
            faults.append(fault(name, None, "", told, _("Export it again.")))
            continue
        wrong = _column_faults(name, found, columns)
        faults += wrong or _value_faults(engine, file, name, columns)
    return faults


def _columns_of(engine: Engine, file: Path) -> dict[str, str] | None:
    try:
        told = engine.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(file)})").fetchall()
    except duckdb.Error:
        return None
    return {str(row[0]): str(row[1]) for row in told}


def _column_faults(name: str, found: dict[str, str], columns: Columns) -> list[Fault]:
    faults = [
        fault(name, None, column, _("This column is missing."), _("Export the file again."))
        for column in columns
        if column not in found
    ]
    faults += [
        fault(
            name,
            None,
            column,
            _("This column does not belong here."),
            _("Take it out: nothing beside the documented columns is read or kept."),
        )
        for column in found
        if column not in columns
    ]
    faults += [
        fault(
            name,
            None,
            column,
            _("The column holds %(found)s, not %(wanted)s."),
            _("Export the file again."),
            found=found[column],
            wanted=wanted,
        )
        for column, wanted in columns.items()
        if column in found and found[column] not in _TAKEN[wanted]
    ]
    return faults


def _value_faults(engine: Engine, file: Path, name: str, columns: Columns) -> list[Fault]:
    looks = (_empty, _unknown_codes, _no_amounts)
    return [each for look in looks for each in look(engine, file, name, columns)]


def _empty(engine: Engine, file: Path, name: str, columns: Columns) -> list[Fault]:
    asked = [column for column in columns if column not in MAY_BE_MISSING]
    counted = ", ".join(f"count(*) - count({column})" for column in asked)
    row = engine.execute(f"SELECT {counted} FROM read_parquet({quoted(file)})").fetchone()
    told, fix = _("In %(count)s rows this column is empty."), _("Fill it in; it is a key.")
    counts = dict(zip(asked, row or (), strict=True))
    return [fault(name, None, one, told, fix, count=counts[one]) for one in asked if counts[one]]


def _unknown_codes(engine: Engine, file: Path, name: str, columns: Columns) -> list[Fault]:
    """A code that no condition can name would make a no of what is a slip."""
    faults = []
    for column in columns:
        if column not in FACTS or FACTS[column].kind is not Kind.CODE:
            continue
        known = ", ".join(f"'{code}'" for code in FACTS[column].codes)
        found = engine.execute(
            f"SELECT DISTINCT {column} FROM read_parquet({quoted(file)})"
            f" WHERE {column} NOT IN ({known}) ORDER BY 1 LIMIT {NAMED}"
        ).fetchall()
        if found:
            told = _("The codes %(found)s are not known.")
            fix = _("Known are: %(known)s. What is not known stays empty.")
            figures = {"found": ", ".join(row[0] for row in found), "known": known}
            faults.append(fault(name, None, column, told, fix, **figures))
    return faults


def _no_amounts(engine: Engine, file: Path, name: str, columns: Columns) -> list[Fault]:
    """What is below nothing, or so much that a share of it could not be computed."""
    asked = [column for column in columns if column in MONEY]
    faults = []
    for column in asked:
        row = engine.execute(
            f"SELECT count(*) FROM read_parquet({quoted(file)})"
            f" WHERE {column} NOT BETWEEN 0 AND {MOST_FEN}"
        ).fetchone()
        if row and row[0]:
            told = _("In %(count)s rows this amount is below 0 or above %(most)s fen.")
            fix = _("Write amounts in fen; what is not known stays empty.")
            faults.append(fault(name, None, column, told, fix, count=row[0], most=MOST_FEN))
    return faults
