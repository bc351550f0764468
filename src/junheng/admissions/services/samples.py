"""Sample pictures of papers: written anew when they come, public because they show nobody."""

from __future__ import annotations

from django.conf import settings

from junheng.commons.photos import written_anew
from junheng.commons.storage import Store


def samples() -> Store:
    """Where sample pictures lie."""
    return Store(settings.STORAGE_ROOT / "samples")


def keep_sample(data: bytes) -> str:
    """Keep a sample picture and give its hash.

    Raises:
        NotAPicture: If it is none.
        DiskFull, StorageFails: If it cannot be kept.
    """
    return samples().put(written_anew(data)).sha256
