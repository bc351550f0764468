"""The archive: a ZIP file with the database as SQL, the stored files, and a manifest of both.

    database.sql          what `pg_dump` wrote; `psql` reads it
    files/…               as under JUNHENG_VAR/files
    keys.json             only when asked for
    manifest.json         SHA-256 and size of every other member, versions, fingerprints of keys

The manifest is written last, so an archive that was cut off has none.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from junheng.kernel.faults import gettext_noop as _
from junheng.site.backups.refusals import Unsound

FORMAT = 1
DATABASE = "database.sql"
FILES = "files/"
KEYS = "keys.json"
MANIFEST = "manifest.json"
CHUNK = 1 << 20
MANIFEST_BYTES = 200_000_000
"""A manifest above this is no manifest: it is read into memory."""
_SAFE = re.compile(r"files(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+")
Step = Callable[[int], None]
"""Told how many bytes were read or written since the last call."""


@dataclass(frozen=True, slots=True)
class Member:
    """What a member of the archive must be: SHA-256 in hexadecimal, and its size."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a backup and what it was made of.

    Attributes:
        made_at: Moment with time zone, ISO 8601.
        software: Version of Junheng.
        postgresql: Version of the server.
        migrations: Those that were applied, "app.name".
        keys: Fingerprint of each key for data, by purpose and version.
        members: Every other member of the archive by name.
        format: Version of this layout.
    """

    made_at: str
    software: str
    postgresql: str
    migrations: tuple[str, ...]
    keys: Mapping[str, str]
    members: Mapping[str, Member]
    format: int = FORMAT

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False).encode()

    @property
    def files(self) -> list[str]:
        """Names of the stored files, relative to the folder of files."""
        return [name.removeprefix(FILES) for name in self.members if name.startswith(FILES)]

    @property
    def bytes(self) -> int:
        return sum(member.bytes for member in self.members.values())


class Writer:
    """Adds members, and knows at the end what it has added."""

    def __init__(self, archive: zipfile.ZipFile, step: Step) -> None:
        self._archive, self._step = archive, step
        self.members: dict[str, Member] = {}

    def add(self, name: str, chunks: Iterable[bytes]) -> Member:
        """Write one member from pieces of any size."""
        digest, size = hashlib.sha256(), 0
        with self._archive.open(name, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                self._step(len(chunk))
        self.members[name] = Member(digest.hexdigest(), size)
        return self.members[name]

    def close(self, manifest: Manifest) -> None:
        """The manifest comes last: it is the proof that the rest is there."""
        self._archive.writestr(MANIFEST, manifest.as_json())


def fingerprints(keys: Mapping[str, Any]) -> dict[str, str]:
    """By purpose and version, marks that tell keys apart and give nothing away of them.

    Keys are random and long, so a hash of one cannot be tried out. The secret of sessions is
    left out, as no data depend on it, and what is not a key that data carry now.
    """
    found: dict[str, str] = {}
    for purpose, value in keys.items():
        if not purpose.startswith("django") and not purpose.endswith(("_next", "_since")):
            for version, key in (value if isinstance(value, Mapping) else {"": value}).items():
                name = f"{purpose}.{version}".rstrip(".")
                found[name] = hashlib.sha256(f"junheng key|{key}".encode()).hexdigest()[:16]
    return found


# ---------------------------------------------------------------------------- reading it


def opened(path: Path) -> zipfile.ZipFile:
    """The archive, to be read.

    Raises:
        Unsound: If it is no archive or was cut off.
    """
    try:
        return zipfile.ZipFile(path)
    except OSError as error:
        raise Unsound(
            _("%(file)s cannot be read (%(why)s)."),
            _("Name a backup made by `junheng backup`."),
            file=path,
            why=error.strerror or error,
        ) from None
    except zipfile.BadZipFile:
        raise _cut_off(path) from None


def verified(path: Path, step: Step = lambda _bytes: None) -> Manifest:
    """Read the whole archive and hold every member against the manifest.

    Raises:
        Unsound: If anything is missing, too much, or not what was written.
    """
    with opened(path) as archive:
        manifest = _manifest(path, archive)
        names = archive.namelist()
        if sorted(names) != sorted([*manifest.members, MANIFEST]):
            raise _changed(path, next(iter({*names} ^ {*manifest.members, MANIFEST}), MANIFEST))
        for name, member in manifest.members.items():
            if name not in (DATABASE, KEYS) and not _SAFE.fullmatch(name):
                raise _changed(path, name)
            if _read(archive, name, step) != member:
                raise _changed(path, name)
    return manifest


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        if archive.getinfo(MANIFEST).file_size > MANIFEST_BYTES:
            raise _cut_off(path)
        written = json.loads(archive.read(MANIFEST))
        if written["format"] > FORMAT:
            raise Unsound(
                _("%(file)s was made by a newer version of Junheng (%(software)s)."),
                _("Restore it with that version."),
                file=path,
                software=written["software"],
            )
        members = {name: Member(**member) for name, member in written.pop("members").items()}
        migrations = tuple(written.pop("migrations"))
        return Manifest(members=members, migrations=migrations, **written)
    except (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error):
        raise _cut_off(path) from None


def _read(archive: zipfile.ZipFile, name: str, step: Step) -> Member | None:
    """What the member is in truth, None if it cannot even be unpacked."""
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(name) as member:
            while chunk := member.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                step(len(chunk))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return None
    return Member(digest.hexdigest(), size)


def _cut_off(path: Path) -> Unsound:
    return Unsound(
        _("%(file)s is no backup, or was cut off."),
        _("Take another one; nothing was changed here."),
        file=path,
    )


def _changed(path: Path, name: str) -> Unsound:
    return Unsound(
        _("%(file)s is damaged: %(member)s is not what was backed up."),
        _("Take another one; nothing was changed here."),
        file=path,
        member=name,
    )
