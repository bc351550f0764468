"""Making a backup: the database first, then the files that its rows may name."""

from __future__ import annotations

import dataclasses
import errno
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from junheng.commons.storage import DISK_IS_FULL
from junheng.kernel.faults import gettext_noop as _
from junheng.site.backups import programs
from junheng.site.backups.archive import (
    CHUNK,
    DATABASE,
    FILES,
    KEYS,
    Manifest,
    Member,
    Step,
    Writer,
    fingerprints,
)
from junheng.site.backups.notes import note_backup
from junheng.site.backups.refusals import NotWritten

INCOMING = "incoming"
"""Where stores write what is not yet whole."""
NAME = "junheng-%Y%m%d-%H%M%S.zip"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written.

    Attributes:
        file: Where it is.
        manifest: What is in it.
        damaged: Stored files that were damaged before; they are in the backup as they are.
    """

    file: Path
    manifest: Manifest
    damaged: tuple[str, ...]


def make_backup(
    target: Path,
    *,
    with_keys: Path | None = None,
    replace: bool = False,
    step: Step = lambda _bytes: None,
) -> Made:
    """Write a backup of everything, whole or not at all; the site may go on meanwhile.

    Args:
        target: The file, or a folder in which a file named after the moment is made.
        with_keys: The file of keys, if it shall go into the backup.
        replace: Whether an older file of that name may be replaced.
        step: Told how many bytes were written.

    Raises:
        NotWritten: If it cannot be written or read; nothing is left behind.
    """
    now = timezone.now()
    final = target / timezone.localtime(now).strftime(NAME) if target.is_dir() else target
    if final.exists() and not replace:
        raise NotWritten(
            _("%(file)s exists already."),
            _("Name another file, or a folder, or add --replace."),
            file=final,
        )
    with _draft(final) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        writer = Writer(archive, step)
        facts = _facts(now)
        writer.add(DATABASE, programs.dump())
        damaged = tuple(_add_files(writer))
        if with_keys is not None:
            writer.add(KEYS, _chunks(with_keys))
        manifest = dataclasses.replace(facts, members=writer.members)
        writer.close(manifest)
    note_backup(settings.VAR, at=now, file=final.absolute())
    return Made(final, manifest, damaged)


def drop_older(folder: Path, *, keep: int) -> list[Path]:
    """Remove all but the newest backups that were named after their moment."""
    ours = sorted(folder.glob("junheng-[0-9]*-[0-9]*.zip"), reverse=True)
    for old in ours[keep:]:
        old.unlink()
    return ours[keep:]


def _facts(now: datetime) -> Manifest:
    """What is known before the first member is written."""
    applied = MigrationRecorder(connection).applied_migrations()
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (server,) = cursor.fetchone()
    return Manifest(
        made_at=now.isoformat(),
        software=version("junheng"),
        postgresql=server,
        migrations=tuple(sorted(".".join(each) for each in applied)),
        keys=fingerprints(settings.KEYS),
        members={},
    )


def _add_files(writer: Writer) -> Iterator[str]:
    """Add every stored file; gives those that are not what their names say."""
    root = settings.STORAGE_ROOT
    for file in sorted(root.rglob("*")):
        name = file.relative_to(root)
        if INCOMING in name.parts or not file.is_file():
            continue
        with suppress(FileNotFoundError):  # it only waited to be fetched, and was
            member = writer.add(f"{FILES}{name.as_posix()}", _chunks(file))
            if _is_damaged(name, member):
                yield str(file)


def _is_damaged(name: Path, member: Member) -> bool:
    return "blobs" in name.parts and f"{name.parent.name}{name.name}" != member.sha256


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            yield chunk


@contextmanager
def _draft(final: Path) -> Iterator[Path]:
    """A file beside the final one that takes its place at the end, or vanishes."""
    _sweep(final)
    draft = final.with_name(f".{final.name}.part-{os.getpid()}")
    try:
        draft.touch(mode=0o600)
        yield draft
        _settle(draft, final)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise _told(final, error) from None
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _settle(draft: Path, final: Path) -> None:
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(final)
    folder = os.open(final.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _told(final: Path, error: OSError) -> NotWritten:
    if error.errno in DISK_IS_FULL:
        return NotWritten(
            _("The disk of %(file)s is full."),
            _("Make room or name another disk; nothing was left behind."),
            file=final,
        )
    why = error.strerror or str(error)
    if error.errno == errno.ENOENT:
        why = f"{why}: {error.filename}"
    return NotWritten(
        _("%(file)s cannot be written (%(why)s)."),
        _("Name a file in a folder that this account may write; nothing was left behind."),
        file=final,
        why=why,
    )


def _sweep(final: Path) -> None:
    """Remove what a killed backup left beside the target."""
    for left in final.parent.glob(".*.part-[0-9]*"):
        owner = left.name.rpartition("part-")[2]
        if left.is_file() and not Path(f"/proc/{owner}").exists():
            left.unlink(missing_ok=True)
