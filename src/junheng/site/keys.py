"""The installation's secrets: made once, kept in one file that only its user can read.

`JUNHENG_KEYS_FILE` points elsewhere where a bureau keeps its keys in a vault or a module.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TypedDict


class Keys(TypedDict):
    """Secrets by purpose; the versioned ones hold every version that data may still carry."""

    django: str
    sealing: dict[str, str]
    """SM4 keys by version, 16 bytes in hexadecimal."""
    blind_index: str
    """HMAC-SM3 key, 32 bytes in hexadecimal."""


def load_keys(path: Path) -> Keys:
    """Read the keys, making them first where there are none; safe in several processes."""
    if not path.exists():
        _make(path)
    keys: Keys = json.loads(path.read_text())
    return keys


def _make(path: Path) -> None:
    fresh = Keys(
        django=secrets.token_urlsafe(48),
        sealing={"1": secrets.token_hex(16)},
        blind_index=secrets.token_hex(32),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(fresh, indent=2))
    with suppress(FileExistsError):  # another process was first: its keys count
        os.link(draft, path)
    draft.unlink()
