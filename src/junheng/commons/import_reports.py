"""What was seen when a file was looked through: kept sealed beside it, and read for the page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from junheng.commons.import_files import files
from junheng.commons.models import ImportBatch
from junheng.commons.sheets import Table, plain
from junheng.commons.storage import Blob
from junheng.kernel.canonical import canonical_json
from junheng.kernel.faults import Fault, Words

SHOWN_ROWS = 10
SHOWN_FAULTS = 200


@dataclass(frozen=True, slots=True)
class Report:
    """What was seen when a file was looked through.

    Attributes:
        headers: Headers of the first rows.
        first_rows: Cells of the first rows.
        faults: The first faults.
        unread: Headers that nobody asked for.
    """

    headers: tuple[str, ...] = ()
    first_rows: tuple[tuple[str, ...], ...] = ()
    faults: tuple[Fault, ...] = ()
    unread: tuple[str, ...] = ()


def keep(
    rows: Table | None, faults: Iterable[Fault], unread: Callable[[Table], Iterable[str]]
) -> Blob:
    """Keep a report of a table that was read, or of one that could not be."""
    shown = tuple(faults)[:SHOWN_FAULTS]
    if rows is None:
        return _kept(Report(faults=shown))
    first = [tuple(map(plain, row)) for row in islice(rows.rows(), SHOWN_ROWS)]
    return _kept(Report(tuple(rows.columns), tuple(first), shown, tuple(unread(rows))))


def report_of(batch: ImportBatch) -> Report:
    """What was seen when the file was looked through; nothing once its time of keeping is over.

    Raises:
        Damaged: If the stored report was changed on the disk.
    """
    if not batch.report_sha256 or not files().holds(batch.report_sha256):
        return Report()
    kept = json.loads(files().get(batch.report_sha256))
    return Report(
        tuple(kept["headers"]),
        tuple(map(tuple, kept["first_rows"])),
        tuple(map(_fault, kept["faults"])),
        tuple(kept["unread"]),
    )


def _kept(report: Report) -> Blob:
    return files().put(canonical_json(asdict(report)))


def _fault(kept: dict[str, Any]) -> Fault:
    words = kept.pop("words")
    if words is None:
        return Fault(**kept)
    figures = tuple((name, shown) for name, shown in words["figures"])
    return Fault(**kept, words=Words(words["message"], words["fix"], figures))
