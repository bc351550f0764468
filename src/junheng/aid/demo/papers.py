"""A picture of a signed paper, drawn: lines for words, a signature, the red of a seal."""

from __future__ import annotations

import io
import secrets

from PIL import Image, ImageDraw

from junheng.accounts.facade import User
from junheng.aid.models import CheckAuthorisation
from junheng.commons.uploads.checking import check_upload
from junheng.commons.uploads.receiving import append, begin

A4 = (827, 1169)


def photograph(row: CheckAuthorisation, *, by: User) -> None:
    """Send in the scan of an authorisation, as its page would."""
    data = _drawn(row.pk)
    key = secrets.token_hex(8)
    begun = begin(subject=row.scans, owner=by, name="", length=len(data), key=key)
    append(begun.pk, owner=by, offset=0, piece=data)
    check_upload(begun.pk)


def _drawn(turn: int) -> bytes:
    sheet = Image.new("RGB", A4, (250, 248, 240))
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((270, 110, 560, 140), fill=(60, 60, 60))
    for line in range(14):
        pen.rectangle((110, 220 + 42 * line, 700 - 37 * ((turn + line) % 5), 232 + 42 * line),
                      fill=(150, 150, 150))  # fmt: skip
    pen.arc((470, 890, 560, 960), 10 * turn, 10 * turn + 290, fill=(20, 30, 120), width=5)
    pen.line((500, 950, 640, 900, 690, 940), fill=(20, 30, 120), width=5)
    pen.ellipse((150, 850, 310, 1010), outline=(200, 30, 40), width=7)
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=70)
    return out.getvalue()
