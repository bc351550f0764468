"""Files kept under the hash of their contents: written whole or not at all, checked on reading.

The same contents are stored once. Nothing here is ever overwritten by something else, so a
file that is there may be read without asking whether somebody is writing it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from junheng.commons.refusals import Refusal

DISK_IS_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
DAY_SECONDS = 24 * 3600
LEFT_BEHIND_SECONDS = DAY_SECONDS
"""A half-written file this old belongs to a process that was killed."""


class DiskFull(Refusal):
    """There is no room for the file; nothing of it was left behind."""


class StorageFails(Refusal):
    """The disk or its folder refuses to store; nothing was left behind."""


class Damaged(Refusal):
    """A stored file is gone or is not what was stored."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Stored contents: SHA-256 in hexadecimal, and how many bytes they are."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of blobs."""

    root: Path

    def path(self, sha256: str) -> Path:
        return self.root / self.name(sha256)

    @staticmethod
    def name(sha256: str) -> str:
        """Where a blob lies under the root; two levels keep folders small."""
        return f"blobs/{sha256[:2]}/{sha256[2:]}"

    def put(self, data: bytes) -> Blob:
        """Store the contents, unless they are there already.

        Raises:
            DiskFull: If there is no room.
            StorageFails: If the disk refuses for another reason.
        """
        blob = Blob(hashlib.sha256(data).hexdigest(), len(data))
        with in_plain_words():
            if not self._holds(blob):
                write_whole(self.root, self.path(blob.sha256), data)
        return blob

    def get(self, sha256: str) -> bytes:
        """The contents with this hash.

        Raises:
            Damaged: If they are missing or have changed on the disk.
        """
        try:
            data = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise Damaged(_("The stored file %s is missing.") % sha256[:12]) from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Damaged(_("The stored file %s was changed on the disk.") % sha256[:12])
        return data

    def holds(self, sha256: str) -> bool:
        """Whether there are contents with this hash, sound or not."""
        return self.path(sha256).exists()

    def drop(self, sha256: str) -> bool:
        """Remove contents for good; whether there were any. Nothing else may need them."""
        there = self.holds(sha256)
        self.path(sha256).unlink(missing_ok=True)
        return there

    def sweep(self) -> int:
        """Remove what killed processes left half written; how many files that were."""
        old = time.time() - LEFT_BEHIND_SECONDS
        left = [file for file in (self.root / "incoming").glob("*") if file.stat().st_mtime < old]
        for file in left:
            file.unlink(missing_ok=True)
        return len(left)

    def drop_older(self, *, days: int) -> int:
        """Remove blobs that were stored longer ago; for files that only wait to be fetched."""
        old = time.time() - days * DAY_SECONDS
        gone = [file for file in (self.root / "blobs").glob("*/*") if file.stat().st_mtime < old]
        for file in gone:
            file.unlink(missing_ok=True)
        return len(gone)

    def _holds(self, blob: Blob) -> bool:
        """Whether the contents are there and sound; a damaged file is written anew."""
        with suppress(Damaged):
            return len(self.get(blob.sha256)) == blob.bytes
        return False


def write_whole(root: Path, final: Path, data: bytes) -> None:
    """Write a file under a root whole or not at all, in the place of what was there."""
    incoming = root / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    final.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=incoming)
    try:
        with _closing(handle):
            _write_all(handle, data)
            os.fsync(handle)
        Path(draft).replace(final)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    _sync_folder(final.parent)


def store() -> Store:
    """The store of this installation."""
    return Store(settings.STORAGE_ROOT)


def damaged_blobs(files: Iterable[Path]) -> Iterator[Path]:
    """Those files of any store whose contents are not what their names say."""
    for file in files:
        with suppress(FileNotFoundError):  # removed meanwhile: it only waited to be fetched
            if sha256_of(file) != f"{file.parent.name}{file.name}":
                yield file


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file of any size, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def disk_is_full() -> str:
    """What an officer is told when there is no room, on the server's disk or its database's."""
    return _("The server's disk is full. Nothing was saved; tell whoever runs the server.")


@contextmanager
def _closing(handle: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(handle)


def _write_all(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _sync_folder(folder: Path) -> None:
    """Without this a power cut may forget the name of a file that is safely on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    with _closing(handle):
        os.fsync(handle)


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Say what the disk refuses in words that may be shown."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_IS_FULL:
            raise DiskFull(disk_is_full()) from error
        raise StorageFails(
            _("The server cannot store files (%s). Nothing was saved.") % error.strerror
        ) from error
