"""Pictures that people bring: read with suspicion, made small, written anew as plain JPEG.

Nothing of the file that came is kept: no name, no place where it was taken, nothing that some
program might execute.
"""

from __future__ import annotations

import io
import warnings

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from junheng.commons.refusals import Refusal
from junheng.commons.uploads.pictures import FORMATS, drawn_anew

LONGEST = 1600
QUALITY = 82
MOST_PIXELS = 50_000_000
MOST_BYTES = 12_000_000


class NotAPicture(Refusal):
    """The file is no picture that can be shown."""


def written_anew(data: bytes, *, longest: int = LONGEST) -> bytes:
    """A picture as small JPEG without anything that came with it.

    Args:
        data: JPEG, PNG or WebP of at most 12 MB and 50 million pixels.
        longest: Pixels of the longer side of what comes out, at most.

    Raises:
        NotAPicture: If it is none, damaged, or too large.
    """
    if len(data) > MOST_BYTES:
        raise NotAPicture(_("The picture is larger than 12 MB."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _small(data, longest)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise NotAPicture(
            _("This file is no picture (JPEG, PNG or WebP), or is damaged.")
        ) from None
    except Image.DecompressionBombWarning:
        raise NotAPicture(_("The picture has too many pixels.")) from None


def _small(data: bytes, longest: int) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as came:
        if came.width * came.height > MOST_PIXELS:
            raise NotAPicture(_("The picture has too many pixels."))
        return drawn_anew(came, longest=longest, quality=QUALITY)
