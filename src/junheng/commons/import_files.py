"""Files that came in to be imported, with what was found in them: sealed, and not for ever.

A workbook of a register holds names and numbers of everybody in it, so it lies sealed like the
fields that are made of it, under the fingerprint of what it says, and goes when its time in the
register of personal data is over (`forgetting.py`). What was read out of it lies beside it until
it is taken over, so that a district is not read twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from junheng.commons.cells import Cell, Table, only_text
from junheng.commons.refusals import Refusal
from junheng.commons.resealing import Elsewhere, is_old
from junheng.commons.runs import software
from junheng.commons.sealing import SealBroken, seal_bytes, unseal_bytes, version_of
from junheng.commons.storage import (
    DAY_SECONDS,
    Blob,
    Damaged,
    Store,
    in_plain_words,
    write_whole,
)

WAITING_DAYS = 7
"""For so long what was read out of a file waits to be taken over; then it is read again."""
FILE, TABLE = "sealed", "tables"
OVERHEAD = 29
"""Bytes by which a sealed file is longer: version, nonce and tag."""


@dataclass(frozen=True, slots=True)
class ImportFiles:
    """A folder of sealed files; the names are fingerprints of what is in them."""

    root: Path

    def put(self, data: bytes) -> Blob:
        """Seal and store the contents, unless they are there already.

        Raises:
            DiskFull: If there is no room.
            StorageFails: If the disk refuses for another reason.
        """
        blob = Blob(hashlib.sha256(data).hexdigest(), len(data))
        self._write(FILE, blob.sha256, data)
        return blob

    def get(self, sha256: str) -> bytes:
        """The contents with this fingerprint.

        Raises:
            Damaged: If they are missing, were changed on the disk, or their key is gone.
        """
        try:
            return self._read(FILE, sha256)
        except FileNotFoundError:
            return self._plain().get(sha256)

    def holds(self, sha256: str) -> bool:
        """Whether the file is there still."""
        return any(file.exists() for file in (self.path(sha256), self._plain().path(sha256)))

    def size(self, sha256: str) -> int:
        """Bytes of the contents.

        Raises:
            Damaged: If they are missing.
        """
        with suppress(FileNotFoundError):
            return self.path(sha256).stat().st_size - OVERHEAD
        return len(self._plain().get(sha256))

    def path(self, sha256: str, kind: str = FILE) -> Path:
        return self.root / kind / sha256[:2] / sha256[2:]

    # ------------------------------------------------------------------- what was read of them

    def keep_table(self, sha256: str, kind: str, table: Table) -> None:
        """Keep what a kind of import read out of a file, if it is a table like others."""
        if type(table) is not Table or table.faults:
            return
        said = {
            "by": [software(), kind],
            "name": table.name,
            "columns": [[title, _said(cells)] for title, cells in table.columns.items()],
            "numbers": list(table.numbers),
            "unusable": [[title, list(rows.items())] for title, rows in table.unusable.items()],
        }
        with suppress(TypeError, Refusal):  # a time of day, or no room: it is read again
            packed = zlib.compress(json.dumps(said, ensure_ascii=False).encode(), 1)
            self._write(TABLE, sha256, packed)

    def table(self, sha256: str, kind: str) -> Table | None:
        """What was read out of a file, None if it has to be read again."""
        with suppress(FileNotFoundError, Damaged, zlib.error, ValueError, KeyError):
            said = json.loads(zlib.decompress(self._read(TABLE, sha256)))
            if said["by"] == [software(), kind]:
                return Table(
                    said["name"],
                    {title: _cells(cells) for title, cells in said["columns"]},
                    said["numbers"],
                    unusable={title: dict(rows) for title, rows in said["unusable"]},
                )
        return None

    def drop_table(self, sha256: str) -> None:
        """It was taken over, or never will be."""
        self.path(sha256, TABLE).unlink(missing_ok=True)

    # ----------------------------------------------------------------------- clock and keys

    def drop_older(self, until: datetime) -> int:
        """Remove files that were brought last before a moment; how many that were."""
        return self._drop(FILE, until.timestamp())

    def drop_tables(self) -> int:
        """Remove what was read out of files and waited too long; how many that were."""
        return self._drop(TABLE, time.time() - WAITING_DAYS * DAY_SECONDS)

    def _drop(self, kind: str, until: float) -> int:
        done = 0
        for each, _sha256, file in self.sealed():
            if each == kind and file.stat().st_mtime < until:
                file.unlink(missing_ok=True)
                done += 1
        return done

    def seal_plain(self) -> int:
        """Seal what earlier versions kept as it was; how many files that were."""
        done = 0
        for file in sorted((self.root / "blobs").glob("??/*")):
            with suppress(Damaged, FileNotFoundError):
                sha256, aged = f"{file.parent.name}{file.name}", file.stat()
                self.put(self._plain().get(sha256))
                os.utime(self.path(sha256), (aged.st_atime, aged.st_mtime))
                file.unlink(missing_ok=True)
                done += 1
        return done

    def sealed(self) -> Iterator[tuple[str, str, Path]]:
        """Every sealed file: of which kind, its fingerprint, and where."""
        for kind in (FILE, TABLE):
            for file in sorted((self.root / kind).glob("??/*")):
                yield kind, f"{file.parent.name}{file.name}", file

    def _plain(self) -> Store:
        """Files that earlier versions kept as they were."""
        return Store(self.root)

    def _write(self, kind: str, sha256: str, data: bytes) -> None:
        final = self.path(sha256, kind)
        with suppress(FileNotFoundError, Damaged):
            if self._read(kind, sha256) == data:
                final.touch()
                return
        with in_plain_words():
            write_whole(self.root, final, seal_bytes(data, _bound(kind, sha256)))

    def _read(self, kind: str, sha256: str) -> bytes:
        sealed = self.path(sha256, kind).read_bytes()
        try:
            return unseal_bytes(sealed, _bound(kind, sha256))
        except SealBroken:
            raise Damaged(_("The stored file %s was changed on the disk.") % sha256[:12]) from None


def files() -> ImportFiles:
    """Those of this installation."""
    return ImportFiles(settings.STORAGE_ROOT / "imports")


def _bound(kind: str, sha256: str) -> str:
    return f"commons.import.{kind}:{sha256}"


def _said(cells: Sequence[Cell]) -> list[Any]:
    return list(cells) if only_text(cells) else [_told(cell) for cell in cells]


def _told(cell: Cell) -> Any:
    """A cell as JSON has it; days and moments by their kind."""
    if isinstance(cell, datetime):
        return {"moment": cell.isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    return cell


def _cells(told: list[Any]) -> list[Cell]:
    if dict not in set(map(type, told)):
        return told
    return [_cell(each) if isinstance(each, dict) else each for each in told]


def _cell(told: dict[str, str]) -> Cell:
    ((kind, text),) = told.items()
    return date.fromisoformat(text) if kind == "day" else datetime.fromisoformat(text)


# ------------------------------------------------------------------------- keys that change


def carried() -> Counter[int]:
    """How many files carry each version of the key."""
    found: Counter[int] = Counter()
    for _kind, _sha256, file in files().sealed():
        with suppress(OSError, IndexError):
            found[version_of(_first(file))] += 1
    return found


def reseal() -> tuple[int, int]:
    """Seal with the newest key what has an older one or none: how many, and how many do not open.

    Safe to kill: a file is written whole or not at all. Its age stays, so that its clock does.
    """
    done = broken = 0
    for kind, sha256, file in files().sealed():
        with suppress(OSError, IndexError):
            if is_old(_first(file)):
                try:
                    _again(kind, sha256, file)
                    done += 1
                except SealBroken:
                    broken += 1
    return done + files().seal_plain(), broken


def _first(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(1)


def _again(kind: str, sha256: str, file: Path) -> None:
    aged = file.stat()
    bound = _bound(kind, sha256)
    fresh = seal_bytes(unseal_bytes(file.read_bytes(), bound), bound)
    write_whole(files().root, file, fresh)
    os.utime(file, (aged.st_atime, aged.st_mtime))


IMPORTED = Elsewhere("imported files", carried, reseal)
