"""What is remembered of the last backup, for the doctor and the metrics."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LastBackup:
    """When it was made, and where it was written to."""

    at: datetime
    file: str


def last_backup(var: Path) -> LastBackup | None:
    """The last backup made of this installation, None if there was none."""
    try:
        noted = json.loads(_note(var).read_text())
        return LastBackup(datetime.fromisoformat(noted["at"]), noted["file"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note_backup(var: Path, *, at: datetime, file: Path) -> None:
    """Remember a backup that was written to the end."""
    _note(var).write_text(json.dumps({"at": at.isoformat(), "file": str(file)}))


def _note(var: Path) -> Path:
    return var / "last-backup.json"
