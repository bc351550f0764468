"""Photographs of what was done: written anew, sealed, and found by the hash of the picture."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from junheng.cases.models import CaseEntry
from junheng.commons.photos import MOST_BYTES, NotAPicture, written_anew
from junheng.commons.storage import Damaged, store
from junheng.commons.uploads import shelf

AT_ONCE = 20
"""So many photos of an earlier version are sealed in one go of the worker."""


def keep(upload: UploadedFile[Any]) -> str:
    """Keep a photograph; the SHA-256 under which it is found.

    Raises:
        NotAPicture: If it is too large or no photograph.
        DiskFull: If there is no room.
    """
    if (upload.size or 0) > MOST_BYTES:  # before it is read into memory
        raise NotAPicture(_("The picture is larger than 12 MB."))
    picture = written_anew(upload.read())
    sha256 = hashlib.sha256(picture).hexdigest()
    shelf.put_photo(_place(sha256), picture)
    return sha256


def photo(sha256: str) -> bytes:
    """A photograph that was kept, as JPEG.

    Raises:
        Damaged: If it is gone or was changed on the disk.
    """
    if shelf.photo_path(_place(sha256)).exists():
        return shelf.photo_of(_place(sha256), sha256)
    return store().get(sha256)  # as an earlier version kept it


def throw_away(sha256: str) -> None:
    """Delete a photograph that nothing shows any more."""
    shelf.drop_photo(_place(sha256))
    store().path(sha256).unlink(missing_ok=True)


def seal_earlier() -> int:
    """Seal some of the photographs that an earlier version kept as they were; how many.

    Safe to kill: the open one goes when the sealed one is on the disk.
    """
    entries = CaseEntry.objects.exclude(photo="").order_by("photo")
    known = entries.values_list("photo", flat=True).distinct().iterator()
    plain = (sha256 for sha256 in known if store().path(sha256).exists())
    sealed = 0
    for sha256 in list(islice(plain, AT_ONCE)):
        with suppress(Damaged):  # the doctor names it
            shelf.put_photo(_place(sha256), store().get(sha256))
            store().path(sha256).unlink(missing_ok=True)
            sealed += 1
    return sealed


def _place(sha256: str) -> UUID:
    """Where it lies among the sealed photographs of the house."""
    return UUID(hex=sha256[:32])
