"""A photo made safe: decoded and written anew, so that nothing but its pixels is left.

What hides in a picture (scripts, a second file behind it, the place where it was taken) is not a
pixel. PDF is refused, since it cannot be made harmless without being run.
"""

from __future__ import annotations

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from junheng.commons.models import Upload
from junheng.commons.refusals import Refusal
from junheng.commons.uploads.words import ADVICE

Reason = Upload.Reason
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 65_000_000
"""A camera of 64 million pixels; a JPEG is opened at a fraction of its size."""
MOST_PIXELS_WHOLE = 25_000_000
"""Of PNG and WebP, which are opened as they are: some 300 MB of memory at most."""
LEAST_SIDE = 100
LONGEST_SIDE = 2000
"""Pixels; an A4 page on which ten-point print can be read."""
QUALITY = 85

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class Unsafe(Refusal):
    """The file is not a photo that can be made safe."""

    def __init__(self, reason: Upload.Reason) -> None:
        super().__init__(str(ADVICE[reason]))
        self.reason = reason


def made_safe(data: bytes) -> bytes:
    """The same picture as a JPEG of ours, upright, without anything beside its pixels.

    Raises:
        Unsafe: If it is no JPEG, PNG or WebP, or one that cannot or should not be opened.
    """
    if data[:1024].lstrip().startswith(b"%PDF"):
        raise Unsafe(Reason.PDF)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            _require_sound_size(opened)
            return drawn_anew(opened, longest=LONGEST_SIDE, quality=QUALITY)
    except Unsafe:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unsafe(Reason.TOO_MANY_PIXELS) from None
    except UnidentifiedImageError:
        raise Unsafe(Reason.NOT_A_PICTURE) from None
    except Exception:  # noqa: BLE001  # a decoder fails on hostile bytes in every way there is
        raise Unsafe(Reason.DAMAGED) from None


def _require_sound_size(opened: Image.Image) -> None:
    most = MOST_PIXELS_WHOLE if opened.format in {"PNG", "WEBP"} else MOST_PIXELS
    if opened.width * opened.height > most:
        raise Unsafe(Reason.TOO_MANY_PIXELS)
    if min(opened.size) < LEAST_SIDE:
        raise Unsafe(Reason.TOO_SMALL)


def drawn_anew(opened: Image.Image, *, longest: int, quality: int) -> bytes:
    """The pixels of an opened picture, upright and no larger than that, as a fresh JPEG.

    Args:
        opened: A picture of a sound size; what its decoder raises is the caller's.
        longest: Pixels of the longer side, at most.
        quality: Of the JPEG, 1 to 95.
    """
    opened.draft("RGB", (longest, longest))  # a large JPEG is decoded at a fraction
    opened.thumbnail((longest, longest))
    upright = ImageOps.exif_transpose(opened).convert("RGBA")
    clean = Image.new("RGB", upright.size, "white")  # a fresh one: comments would come along
    clean.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
