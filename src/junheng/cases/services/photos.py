"""Photographs of what was done: made anew before they are kept, so that nothing else comes along.

What was uploaded is decoded, turned upright, made small and encoded again; the camera's notes
(where and when it was taken) and whatever else hid in the file are gone, and so is the file.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from junheng.commons.refusals import Refusal
from junheng.commons.storage import store

MOST_BYTES = 8_000_000
MOST_PIXELS = 50_000_000
"""A photograph of a good telephone has 12 to 50 million; a small file may unpack to any number."""
LONGEST_SIDE = 1600
QUALITY = 80
FORMATS = ("JPEG", "PNG", "WEBP")
NOT_READ = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    *(OSError, ValueError, SyntaxError),
)


class NoPhoto(Refusal):
    """The file is no photograph that can be kept."""


def keep(upload: UploadedFile[Any]) -> str:
    """Keep a photograph; the SHA-256 under which it is found.

    Raises:
        NoPhoto: If it is too large or no photograph.
        DiskFull: If there is no room.
    """
    if (upload.size or 0) > MOST_BYTES:
        raise NoPhoto(_("A photo may have at most 8 MB. Take a smaller one."))
    return store().put(_made_anew(upload.read())).sha256


def _made_anew(data: bytes) -> bytes:
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NoPhoto(_("The photo has too many pixels. Take a smaller one."))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except NOT_READ as error:
        raise NoPhoto(_("This file is no photo (JPEG, PNG or WebP).")) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = BytesIO()
    upright.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def photo(sha256: str) -> bytes:
    """A photograph that was kept, as JPEG.

    Raises:
        Damaged: If it is gone or was changed on the disk.
    """
    return store().get(sha256)
