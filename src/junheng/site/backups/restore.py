"""Restoring: verified first, files before rows, rows in one transaction.

Files lie under their hash, so adding those of the backup harms nobody; then all tables change
at once; last go files that no row can name any more. Killed at any point, the place is as it
was or as the backup was.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from junheng.commons.storage import DISK_IS_FULL, sha256_of
from junheng.kernel.faults import gettext_noop as _
from junheng.site.backups import programs
from junheng.site.backups.archive import (
    CHUNK,
    DATABASE,
    FILES,
    KEYS,
    Manifest,
    Step,
    fingerprints,
    opened,
    verified,
)
from junheng.site.backups.refusals import NotRestored

ROOM = 1.2
"""Tables take more than their SQL: indexes."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a backup shall be restored.

    Attributes:
        keys: The installation's file of keys.
        replace: Put it in the place of what is there.
        other_keys: Go on though sealed values will not open with the keys that are here.
    """

    keys: Path
    replace: bool = False
    other_keys: bool = False


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done.

    Attributes:
        manifest: What was restored.
        removed: Stored files that were here and are not in the backup.
        keys_kept_at: Where the keys went that were here before, None if they stayed.
    """

    manifest: Manifest
    removed: int
    keys_kept_at: Path | None


def restore(archive: Path, wishes: Wishes, step: Step = lambda _bytes: None) -> Restored:
    """Make this installation what it was when the backup was made.

    Raises:
        Unsound: If the archive is damaged.
        NotRestored: If this place or this software does not suit it. Nothing was changed.
    """
    manifest = verified(archive, step)
    _suits(manifest)
    _place_is_free(wishes)
    _keys_fit(manifest, wishes)
    _disk_has_room(manifest)
    with opened(archive) as members:
        added: list[Path] = []
        try:
            _put_files(members, manifest, added)
            connection.close()
            programs.load(_chunks(members, DATABASE, step))
        except BaseException as error:
            for file in added:
                file.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise _told(error) from None
            raise
        kept_at = _put_keys(members, manifest, wishes.keys)
    removed = _drop_others(manifest) if wishes.replace else 0
    return Restored(manifest, removed, kept_at)


# --------------------------------------------------------------------- may it be done here


def _suits(manifest: Manifest) -> None:
    known = {".".join(each) for each in MigrationLoader(None).disk_migrations}
    if strange := [name for name in manifest.migrations if name not in known]:
        raise NotRestored(
            _("The backup was made by a newer Junheng (%(software)s, %(first)s)."),
            _("Install that version and restore it there."),
            software=manifest.software,
            first=strange[0],
        )


def _place_is_free(wishes: Wishes) -> None:
    tables = _figure("""
        SELECT count(*) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    """)
    others = _figure("""
        SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND backend_type = 'client backend'
        AND application_name <> current_setting('application_name')
    """)
    if others:
        raise NotRestored(
            _("%(count)s other connections use the database."),
            _("Stop the site and its worker first."),
            count=others,
        )
    if tables and not wishes.replace:
        raise NotRestored(
            _("There are data here already (%(count)s tables)."),
            _("Restore into an empty place (JUNHENG_VAR), or add --replace to overwrite them."),
            count=tables,
        )


def _figure(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def _keys_fit(manifest: Manifest, wishes: Wishes) -> None:
    if KEYS in manifest.members or wishes.other_keys:
        return
    here = fingerprints(settings.KEYS)
    if other := sorted(name for name, mark in manifest.keys.items() if here.get(name) != mark):
        raise NotRestored(
            _("The keys at %(file)s are not those of the backup (%(first)s)."),
            _("Put your copy of the keys there. --other-keys goes on without: what is sealed "
              "stays closed for ever."),
            file=wishes.keys,
            first=other[0],
        )  # fmt: skip


def _disk_has_room(manifest: Manifest) -> None:
    needed, free = manifest.bytes * ROOM, shutil.disk_usage(settings.VAR).free
    if free < needed:
        raise NotRestored(
            _("The backup needs about %(needed)s GB, and %(free)s GB are free."),
            _("Make room; nothing was changed."),
            needed=f"{needed / 1e9:.1f}",
            free=f"{free / 1e9:.1f}",
        )


# -------------------------------------------------------------------------------- doing it


def _put_files(members: zipfile.ZipFile, manifest: Manifest, added: list[Path]) -> None:
    """Add what is not here; a file is written beside its place and renamed."""
    for name in manifest.files:
        file = settings.STORAGE_ROOT / name
        wanted = manifest.members[f"{FILES}{name}"].sha256
        if file.is_file() and sha256_of(file) == wanted:
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.restoring")
        new = not file.exists()
        try:
            _write(draft, _chunks(members, f"{FILES}{name}", lambda _bytes: None))
            draft.replace(file)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        if new:
            added.append(file)


def _put_keys(members: zipfile.ZipFile, manifest: Manifest, file: Path) -> Path | None:
    """The backup's keys in the place of those here, which are kept beside them."""
    if KEYS not in manifest.members:
        return None
    fresh = members.read(KEYS)
    if file.exists() and file.read_bytes() == fresh:
        return None
    kept = file.with_name(f"{file.name}.before-{timezone.now():%Y%m%d%H%M%S}")
    draft = file.with_name(f"{file.name}.restoring")
    draft.touch(mode=0o600)
    _write(draft, [fresh])
    if file.exists():
        os.link(file, kept)
    draft.replace(file)
    return kept if kept.exists() else None


def _drop_others(manifest: Manifest) -> int:
    """Remove stored files that are not in the backup."""
    wanted, root = set(manifest.files), settings.STORAGE_ROOT
    gone = [
        file
        for file in root.rglob("*")
        if file.is_file() and file.relative_to(root).as_posix() not in wanted
    ]
    for file in gone:
        file.unlink(missing_ok=True)
    return len(gone)


def _write(file: Path, chunks: Iterator[bytes] | list[bytes]) -> None:
    with file.open("wb") as out:
        for chunk in chunks:
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())


def _chunks(members: zipfile.ZipFile, name: str, step: Step) -> Iterator[bytes]:
    with members.open(name) as member:
        while chunk := member.read(CHUNK):
            yield chunk
            step(len(chunk))


def _told(error: OSError) -> NotRestored:
    if error.errno in DISK_IS_FULL:
        return NotRestored(
            _("The disk is full."), _("Make room and restore again; nothing was changed.")
        )
    return NotRestored(
        _("The files cannot be written (%(why)s)."),
        _("Run this as the account that runs the site; nothing was changed."),
        why=error.strerror or error,
    )
