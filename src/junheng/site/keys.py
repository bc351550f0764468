"""The installation's secrets: made once, kept in one file that only its user can read.

`JUNHENG_KEYS_FILE` points elsewhere where a bureau keeps its keys in a vault or a module. The
file is always replaced as a whole, under a lock, so nobody ever reads half of it.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NotRequired, TypedDict

LAST_VERSION = 255
"""A sealed value tells the version of its key in one byte."""


class Keys(TypedDict):
    """Secrets by purpose; the versioned ones hold every version that data may still carry."""

    django: str
    django_old: NotRequired[list[str]]
    """What still opens sessions that were begun before the last change."""
    sealing: dict[str, str]
    """SM4 keys by version, 16 bytes in hexadecimal."""
    sealing_since: NotRequired[str]
    """When the newest sealing key was made, ISO 8601; older ones stay for a while after that."""
    blind_index: str
    """HMAC-SM3 key, 32 bytes in hexadecimal."""
    blind_index_next: NotRequired[str]
    """The key that blind indexes are about to be made with; gone when all of them are."""
    letters: dict[str, str]
    """What the codes on letters are made with, by version: the newest prints, all verify."""


REST = timedelta(days=1)
"""No job and no request lasts so long."""


class NoVersionLeft(ValueError):
    """There were 255 sealing keys already."""


class KeyRing(Mapping[str, Any]):
    """The keys as the file has them now: a new one counts in every process at once.

    Asking costs one look at the file's time; a file that is away or half gone for a moment
    leaves the keys as they were.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._keys: Mapping[str, Any] = load_keys(path)
        self._seen = _mark(path)

    def __getitem__(self, purpose: str) -> Any:
        return self._now()[purpose]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def _now(self) -> Mapping[str, Any]:
        with suppress(OSError, ValueError):
            if (mark := _mark(self.path)) != self._seen:
                self._keys, self._seen = _read(self.path), mark
        return self._keys


def _mark(path: Path) -> tuple[int, int, int]:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


def load_keys(path: Path) -> Keys:
    """Read the keys, making them first where there are none; safe in several processes."""
    if not path.exists():
        _make(path)
    return _read(path)


def _read(path: Path) -> Keys:
    """The keys of the file, with those for letters where an older version left none.

    Letters were printed with the secrets of sessions then. They go on with these: so every paper
    that is out stays valid, and no key comes up of which the operator has no copy yet.
    """
    keys: Keys = json.loads(path.read_text())
    if not keys.get("letters"):
        then = [*reversed(keys.get("django_old", [])), keys["django"]]
        keys["letters"] = {str(version): key for version, key in enumerate(then, start=1)}
    return keys


def _make(path: Path) -> None:
    fresh = Keys(
        django=secrets.token_urlsafe(48),
        sealing={"1": secrets.token_hex(16)},
        blind_index=secrets.token_hex(32),
        letters={"1": secrets.token_hex(32)},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path, fresh)
    with suppress(FileExistsError):  # another process was first: its keys count
        os.link(draft, path)
    draft.unlink()


@contextmanager
def changing(path: Path) -> Iterator[Keys]:
    """The keys, to be changed inside; written back whole at the end, or not at all."""
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        keys = load_keys(path)
        yield keys
        if keys != json.loads(path.read_text()):
            _replace(path, keys)


def _replace(path: Path, keys: Keys) -> None:
    """On the disk before it has the name, so that a power cut leaves the old or the new."""
    stat, draft = path.stat(), _draft(path, keys)
    try:
        if os.geteuid() == 0:
            os.chown(draft, stat.st_uid, stat.st_gid)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _draft(path: Path, keys: Keys) -> Path:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        with draft.open("w") as file:
            file.write(json.dumps(keys, indent=2))
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


# ---------------------------------------------------------------------------- changing them


def add_sealing_key(path: Path) -> int:
    """A new sealing key, with which everything is sealed from now on; gives its version."""
    with changing(path) as keys:
        version = max(map(int, keys["sealing"])) + 1
        if version > LAST_VERSION:
            raise NoVersionLeft
        keys["sealing"][str(version)] = secrets.token_hex(16)
        keys["sealing_since"] = datetime.now(UTC).isoformat()
    return version


def rests_until(path: Path) -> datetime | None:
    """Until when older sealing keys stay, None when they may go.

    Work that was under way at the change may have sealed with the old key and not stored it yet,
    such as a long import: a key removed at once would take those values with it.
    """
    since = load_keys(path).get("sealing_since", "")
    until = datetime.fromisoformat(since) + REST if since else None
    return until if until and until > datetime.now(UTC) else None


def drop_sealing_keys(path: Path, versions: set[int]) -> None:
    """Remove sealing keys that nothing carries any more; never the newest."""
    with changing(path) as keys:
        newest = max(map(int, keys["sealing"]))
        for version in versions - {newest}:
            keys["sealing"].pop(str(version), None)


def write_down(path: Path) -> None:
    """Keep in the file what reading an older one has supplied; a vault may refuse to be written."""
    with suppress(OSError), changing(path):
        pass


def add_letter_key(path: Path) -> int:
    """A new key for the codes of letters printed from now on; gives its version."""
    with changing(path) as keys:
        version = max(map(int, keys["letters"])) + 1
        keys["letters"][str(version)] = secrets.token_hex(32)
    return version


def change_django_key(path: Path) -> None:
    """A new secret for sessions and signed links; the one before still opens what it made."""
    with changing(path) as keys:
        keys["django_old"] = [keys["django"]]
        keys["django"] = secrets.token_urlsafe(48)


def next_blind_index_key(path: Path) -> str:
    """The key that blind indexes shall be made with; the same until it has become the key."""
    with changing(path) as keys:
        return keys.setdefault("blind_index_next", secrets.token_hex(32))


def promote_blind_index_key(path: Path) -> None:
    """From now on blind indexes are looked for with the next key."""
    with changing(path) as keys:
        keys["blind_index"] = keys.pop("blind_index_next")
