"""Photographs of what was done: written anew before they are kept, and found by their hash."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from junheng.commons.photos import MOST_BYTES, NotAPicture, written_anew
from junheng.commons.storage import store


def keep(upload: UploadedFile[Any]) -> str:
    """Keep a photograph; the SHA-256 under which it is found.

    Raises:
        NotAPicture: If it is too large or no photograph.
        DiskFull: If there is no room.
    """
    if (upload.size or 0) > MOST_BYTES:  # before it is read into memory
        raise NotAPicture(_("The picture is larger than 12 MB."))
    return store().put(written_anew(upload.read())).sha256


def photo(sha256: str) -> bytes:
    """A photograph that was kept, as JPEG.

    Raises:
        Damaged: If it is gone or was changed on the disk.
    """
    return store().get(sha256)


def throw_away(sha256: str) -> None:
    """Delete a photograph that nothing shows any more."""
    store().path(sha256).unlink(missing_ok=True)
