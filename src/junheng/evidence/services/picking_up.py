"""Tables that departments put into a folder of the server: looked through, taken over, put away.

A file may be picked up twice, by a worker that was killed in between: what was taken over already
is only put away. Links and files that are still growing are left alone.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from junheng.commons import imports
from junheng.commons.models import ImportBatch
from junheng.commons.refusals import Refusal
from junheng.commons.tabular import LIMITS
from junheng.evidence.models import Connection
from junheng.kernel.faults import Refused

SUFFIXES = frozenset({".csv", ".xlsx", ".parquet"})
SETTLED_SECONDS = 30
"""A file that was written to within this time may not be whole yet."""
DONE, REFUSED = "done", "refused"
DAY = re.compile(r"(20\d\d)-?(\d\d)-?(\d\d)")


def pick_up() -> dict[str, int]:
    """Take in what lies in the folders of all connections; how many files were, or were not."""
    counts = {DONE: 0, REFUSED: 0}
    rows = Connection.objects.active().filter(way="tables").exclude(folder="")
    for connection in rows.select_related("opened_by"):
        for file in _files(folder_of(connection)):
            where = DONE if _taken_in(connection, file) else REFUSED
            _put_away(file, where)
            counts[where] += 1
    return counts


def folder_of(connection: Connection) -> Path:
    """Where a department puts its tables."""
    return Path(settings.VAR) / "deliveries" / connection.folder


def day_of(file: Path) -> date:
    """The day on which the table was true: from its name, or else when it was written."""
    if found := DAY.search(file.name):
        with suppress(ValueError):
            return date(*map(int, found.groups()))
    written = datetime.fromtimestamp(file.stat().st_mtime, tz=timezone.get_current_timezone())
    return written.date()


def _files(folder: Path) -> Iterator[Path]:
    """Whole files of the right kind, the oldest first."""
    with suppress(FileNotFoundError, NotADirectoryError):
        found = [file for file in folder.iterdir() if _is_ready(file)]
        yield from sorted(found, key=lambda file: (file.stat().st_mtime, file.name))


def _is_ready(file: Path) -> bool:
    if file.is_symlink() or not file.is_file() or file.suffix.lower() not in SUFFIXES:
        return False
    return time.time() - file.stat().st_mtime >= SETTLED_SECONDS


def _taken_in(connection: Connection, file: Path) -> bool:
    """Whether it was taken over, now or by a worker that was killed before putting it away."""
    importer = imports.importer_of(f"evidence.{connection.register}")
    if importer is None or connection.opened_by is None or file.stat().st_size > LIMITS.file_bytes:
        return False
    data = file.read_bytes()
    target = {"connection": str(connection.pk), "as_of": day_of(file).isoformat()}
    known = _known(importer.kind, imports.files().put(data).sha256, target)
    if known is not None and known.state == ImportBatch.State.APPLIED:
        return True
    batch = known or imports.receive(
        importer, data, name=file.name, target=target, by=connection.opened_by
    )
    return _taken_over(batch)


def _known(kind: str, sha256: str, target: dict[str, str]) -> ImportBatch | None:
    rows = ImportBatch.objects.filter(kind=kind, sha256=sha256, target=target)
    unfinished = (ImportBatch.State.APPLIED, ImportBatch.State.PREVIEWED)
    return rows.filter(state__in=unfinished).order_by("-at").first()


def _taken_over(batch: ImportBatch) -> bool:
    if batch.state == ImportBatch.State.RECEIVED:  # large: its job looks through it again
        imports.look_through(batch)
    if batch.state != ImportBatch.State.PREVIEWED:
        return False
    try:
        imports.write(batch)
    except (Refusal, Refused):
        return False
    return True


def _put_away(file: Path, where: str) -> None:
    """Out of the way, under a name that nothing else has."""
    folder = file.parent / where
    folder.mkdir(exist_ok=True)
    file.rename(folder / f"{time.time_ns()}-{file.name}")
