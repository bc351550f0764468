"""What a letter says, for tests."""

from __future__ import annotations

import io
from typing import Any

from pypdf import PdfReader


def words_of(answer: Any) -> str:
    """The words of a letter that was delivered, which nothing keeps on the way."""
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    read = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text() for page in read).split())
