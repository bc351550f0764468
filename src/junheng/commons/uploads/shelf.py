"""Where files lie: their pieces while they come in, and the photos that were made of them.

Both are sealed with the keys of the fields and bound to their upload: whoever reads the disk or a
backup without the keys sees nothing, and one family's photo does not open in another's place.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from junheng.commons.sealing import SealBroken, seal_bytes, unseal_bytes
from junheng.commons.storage import Damaged, Store, in_plain_words, write_whole


def files() -> Store:
    """The folder of all; photos of earlier versions lie in its blobs until they are sealed."""
    return Store(settings.STORAGE_ROOT / "uploads")


# ------------------------------------------------------------------------- pieces


def parts_of(upload: UUID) -> Path:
    """The folder of the pieces of a file; its name is ours, never the sender's."""
    return files().root / "parts" / str(upload)


def write_piece(upload: UUID, offset: int, piece: bytes) -> None:
    """Put a piece on the disk; what a killed process left at the offset is written over.

    Raises:
        DiskFull: If there is no room.
        StorageFails: If the disk refuses for another reason.
    """
    with in_plain_words():
        _seal_unsealed(upload, offset)
        sealed = seal_bytes(piece, _bound_piece(upload, offset))
        write_whole(files().root, parts_of(upload) / str(offset), sealed)


def pieces(upload: UUID) -> int:
    """In how many pieces a file came so far."""
    with suppress(FileNotFoundError, NotADirectoryError):
        return sum(1 for _piece in parts_of(upload).iterdir())
    return 0


def whole(upload: UUID, length: int) -> bytes:
    """A file put together of its pieces.

    Raises:
        Damaged: If a piece is missing or does not open.
    """
    data = bytearray()
    _seal_unsealed(upload, length)
    try:
        while len(data) < length:
            sealed = (parts_of(upload) / str(len(data))).read_bytes()
            data += unseal_bytes(sealed, _bound_piece(upload, len(data)))
    except (OSError, SealBroken):
        raise Damaged(_("A piece of the photo is missing.")) from None
    return bytes(data)


def drop_pieces(upload: UUID) -> None:
    """Remove the pieces of a file."""
    parts = parts_of(upload)
    parts.unlink() if parts.is_file() else shutil.rmtree(parts, ignore_errors=True)


def _seal_unsealed(upload: UUID, length: int) -> None:
    """What came before an upgrade lies there as it was, in one file: it becomes the first piece."""
    parts = parts_of(upload)
    if parts.is_file():
        before = parts.read_bytes()[:length]
        parts.unlink()
        write_whole(files().root, parts / "0", seal_bytes(before, _bound_piece(upload, 0)))


def _bound_piece(upload: UUID, offset: int) -> str:
    return f"commons.upload.piece:{upload}:{offset}"


# ------------------------------------------------------------------------- photos


def photo_path(upload: UUID) -> Path:
    """Where the photo of an upload lies, sealed."""
    name = upload.hex
    return files().root / "sealed" / name[:2] / name[2:]


def bound_photo(upload: UUID) -> str:
    """What a sealed photo is bound to."""
    return f"commons.upload.photo:{upload}"


def put_photo(upload: UUID, photo: bytes) -> None:
    """Seal a photo and put it on the disk, whole or not at all.

    Raises:
        DiskFull: If there is no room.
        StorageFails: If the disk refuses for another reason.
    """
    with in_plain_words():
        sealed = seal_bytes(photo, bound_photo(upload))
        write_whole(files().root, photo_path(upload), sealed)


def photo_of(upload: UUID, sha256: str) -> bytes:
    """A photo in the clear, for those who may see it.

    Args:
        upload: Whose it is.
        sha256: Its fingerprint, by which photos of earlier versions are found.

    Raises:
        Damaged: If it is missing, was changed or moved on the disk, or its key is gone.
    """
    try:
        sealed = photo_path(upload).read_bytes()
    except FileNotFoundError:
        return files().get(sha256)
    try:
        return unseal_bytes(sealed, bound_photo(upload))
    except SealBroken:
        raise Damaged(_("The stored file %s was changed on the disk.") % upload.hex[:12]) from None


def drop_photo(upload: UUID) -> None:
    """Remove the photo of an upload."""
    photo_path(upload).unlink(missing_ok=True)


def sealed_photos() -> Iterator[tuple[UUID, Path]]:
    """Every sealed photo, and whose it is."""
    for file in sorted((files().root / "sealed").glob("??/*")):
        with suppress(ValueError):
            yield UUID(hex=f"{file.parent.name}{file.name}"), file


def one_at_a_time(*matters: str) -> None:
    """Let nobody else do the same until the transaction ends."""
    with connection.cursor() as cursor:
        for matter in matters:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [matter])
