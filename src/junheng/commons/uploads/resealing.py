"""Photos get the newest key like every sealed value, and those of earlier versions a first."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.db import transaction

from junheng.commons.models import Upload
from junheng.commons.resealing import Elsewhere, is_old
from junheng.commons.sealing import SealBroken, unseal_bytes, version_of
from junheng.commons.storage import Damaged
from junheng.commons.uploads import shelf

State = Upload.State


def carried() -> Counter[int]:
    """How many photos carry each version of the key."""
    found: Counter[int] = Counter()
    for _upload, file in shelf.sealed_photos():
        with suppress(OSError, IndexError):
            found[version_of(_first(file))] += 1
    return found


def _first(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(1)


def reseal() -> tuple[int, int]:
    """Seal with the newest key what has an older one or none: how many, and how many do not open.

    Safe to kill: a photo is written whole or not at all, and what has the key is passed over.
    """
    done = broken = 0
    for upload, file in shelf.sealed_photos():
        with suppress(OSError, IndexError):
            if is_old(_first(file)):
                try:
                    done += _again(upload, file)
                except SealBroken:
                    broken += 1
    return done + seal_plain(None), broken


def _again(upload: UUID, file: Path) -> int:
    """Under the lock of whoever removes it, so that nothing comes back that was removed."""
    with transaction.atomic():
        shelf.one_at_a_time(f"photo {upload}")
        if not file.exists():
            return 0
        shelf.put_photo(upload, unseal_bytes(file.read_bytes(), shelf.bound_photo(upload)))
        return 1


def seal_plain(most: int | None) -> int:
    """Seal photos that an earlier version kept as they were; how many."""
    blobs = sorted((shelf.files().root / "blobs").glob("??/*"))[:most]
    return sum(_seal_blob(f"{blob.parent.name}{blob.name}", blob) for blob in blobs)


def _seal_blob(sha256: str, blob: Path) -> int:
    """One photo of an earlier version, for each upload that shows it; then the open one goes."""
    with transaction.atomic():
        shelf.one_at_a_time(f"uploaded {sha256}")
        rows = Upload.objects.select_for_update(of=("self",)).filter(sha256=sha256)
        with suppress(Damaged):
            photo = shelf.files().get(sha256)
            for upload in rows.filter(state=State.READY).values_list("pk", flat=True):
                shelf.put_photo(upload, photo)
            blob.unlink(missing_ok=True)
            return 1
    return 0


PHOTOS = Elsewhere("photos", carried, reseal)
