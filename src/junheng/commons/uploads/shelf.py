"""Where files lie: their pieces while they come in, and what was made of them."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from junheng.commons.storage import Store, in_plain_words


def files() -> Store:
    """Where files that were checked lie."""
    return Store(settings.STORAGE_ROOT / "uploads")


def part_of(upload: UUID) -> Path:
    """Where the pieces of a file come together; its name is ours, never the sender's."""
    return files().root / "parts" / str(upload)


def write_piece(upload: UUID, offset: int, piece: bytes) -> None:
    """Put a piece on the disk; what a killed process left behind the offset is written over.

    Raises:
        DiskFull: If there is no room.
        StorageFails: If the disk refuses for another reason.
    """
    part = part_of(upload)
    with in_plain_words():
        part.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            rest, at = memoryview(piece), offset
            while rest:
                written = os.pwrite(handle, rest, at)
                rest, at = rest[written:], at + written
            os.fsync(handle)
        finally:
            os.close(handle)


def one_at_a_time(*matters: str) -> None:
    """Let nobody else do the same until the transaction ends."""
    with connection.cursor() as cursor:
        for matter in matters:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [matter])
