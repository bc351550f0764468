"""The way back from an upgrade: a backup of the tables as they were before the first change."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from junheng.site.backups.archive import verified
from junheng.site.backups.make import make_backup
from junheng.site.prepare import alone


@dataclass(frozen=True, slots=True)
class Note:
    """What is remembered of an upgrade from its beginning on.

    Attributes:
        backup: The file that leads back.
        before: Migrations that were applied then, "app.name".
        wanted: Those that the new version has.
    """

    backup: str
    before: tuple[str, ...]
    wanted: tuple[str, ...]


def way_back(folder: Path) -> Path | None:
    """The backup of before this upgrade, made now unless the tables are changed already.

    After an upgrade that was killed halfway the backup of its beginning counts: one made now
    would hold tables that no version has.

    Args:
        folder: Where the backup goes.

    Returns:
        The backup; None when nothing waits to be changed and no earlier upgrade is known.

    Raises:
        NotWritten: If the backup cannot be made; nothing was changed.
        Unsound: If the backup of the beginning is gone or damaged.
    """
    with alone():  # what a killed upgrade left running comes to its end first
        loader = MigrationLoader(connection)
        applied, wanted = _names(loader.applied_migrations), _names(loader.disk_migrations)
        note = _read(settings.VAR)
        if set(wanted) <= set(applied):
            return Path(note.backup) if note else None
        if note and halfway(note, applied):
            verified(Path(note.backup))
            return Path(note.backup)
        made = make_backup(folder)
        _write(settings.VAR, Note(str(made.file.absolute()), applied, wanted))
    return made.file


def halfway(note: Note, applied: Collection[str]) -> bool:
    """Whether the upgrade of this note was begun and has not come to its end."""
    return set(note.before) < set(applied) and not set(note.wanted) <= set(applied)


def _names(migrations: Collection[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(sorted(".".join(each) for each in migrations))


def _read(var: Path) -> Note | None:
    try:
        noted = json.loads(_file(var).read_text())
        return Note(noted["backup"], tuple(noted["before"]), tuple(noted["wanted"]))
    except FileNotFoundError:
        return None


def _write(var: Path, note: Note) -> None:
    """On the disk before the first table changes."""
    draft = _file(var).with_suffix(".draft")
    with draft.open("w") as file:
        file.write(json.dumps(asdict(note)))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(_file(var))


def _file(var: Path) -> Path:
    return var / "last-upgrade.json"
