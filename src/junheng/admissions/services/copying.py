"""A round's tables by COPY."""

from __future__ import annotations

from collections.abc import Iterable

from junheng.admissions.snapshots.rows import Rows
from junheng.commons.copying import copy_rows, count_after_commit, fresh_ids

__all__ = ["copy_in", "fresh_ids"]


def copy_in(tables: Iterable[Rows]) -> None:
    """Write rows, table by table; constraints and triggers hold as for any other writing."""
    written = []
    for table in tables:
        copy_rows(table.model, table.columns, table.rows)
        written.append(table.model)
    count_after_commit(*written)
