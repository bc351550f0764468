"""Photos, good and hostile, and files that were sent in."""

from __future__ import annotations

import io
import secrets
from typing import Any

from PIL import Image

from junheng.commons.models import Upload
from junheng.commons.uploads import receiving
from junheng.commons.uploads.checking import check_upload


def photo(
    size: tuple[int, int] = (240, 160), *, kind: str = "JPEG", colour: Any = "teal", **how: Any
) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new(how.pop("mode", "RGB"), size, colour).save(out, kind, **how)
    return out.getvalue()


def begun(subject: str, owner: Any, data: bytes, **different: Any) -> Upload:
    """A file of which nothing has come yet."""
    asked: dict[str, Any] = {"name": "paper.jpg", "length": len(data)}
    asked |= {"key": secrets.token_hex(8)} | different
    return receiving.begin(subject=subject, owner=owner, **asked)


def sent(subject: str, owner: Any, data: bytes, **different: Any) -> Upload:
    """A file that is whole and waits to be checked."""
    made = begun(subject, owner, data, **different)
    return receiving.append(made.pk, owner=owner, offset=0, piece=data)


def checked(subject: str, owner: Any, data: bytes, **different: Any) -> Upload:
    """A file that was looked at."""
    made = sent(subject, owner, data, **different)
    check_upload(made.pk)
    made.refresh_from_db()
    return made


def ready(subject: str, owner: Any, **different: Any) -> Upload:
    """A photo that was received."""
    return checked(subject, owner, photo(), **different)
