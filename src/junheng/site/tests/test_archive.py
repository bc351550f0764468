"""A backup's archive: what is damaged is noticed, whatever the damage."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from junheng.commons.storage import store
from junheng.site.backups import make, programs
from junheng.site.backups.archive import (
    DATABASE,
    FILES,
    MANIFEST,
    Manifest,
    Member,
    fingerprints,
    verified,
)
from junheng.site.backups.make import drop_older, make_backup
from junheng.site.backups.notes import last_backup
from junheng.site.backups.refusals import NotWritten, Unsound

SQL = b"SELECT 1;\n" * 1000
BLOB = b"what was decided"
SHA = hashlib.sha256(BLOB).hexdigest()
BLOB_NAME = f"{FILES}blobs/{SHA[:2]}/{SHA[2:]}"


@pytest.fixture
def place(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with one stored file, and a database that is a few lines of SQL."""
    settings.VAR, settings.STORAGE_ROOT = tmp_path, tmp_path / "files"
    store().put(BLOB)
    monkeypatch.setattr(programs, "dump", lambda: iter([SQL[:5000], SQL[5000:]]))
    return tmp_path


@pytest.fixture
def backup(place: Path, db: None) -> Path:
    return make_backup(place / "b.zip").file


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """The same archive with other members."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_a_backup_says_what_is_in_it(backup: Path) -> None:
    manifest = verified(backup)
    assert manifest.members == {
        DATABASE: Member(hashlib.sha256(SQL).hexdigest(), len(SQL)),
        BLOB_NAME: Member(SHA, len(BLOB)),
    }
    assert "commons.0001_initial" in manifest.migrations
    assert manifest.files == [BLOB_NAME.removeprefix(FILES)]


def test_a_backup_is_its_owners_only(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600


def test_keys_are_not_in_a_backup_and_cannot_be_guessed_from_it(backup: Path) -> None:
    content = b""
    with zipfile.ZipFile(backup) as archive:
        for name in archive.namelist():
            content += archive.read(name)
    keys = django_settings.KEYS
    for secret in (keys["django"], *keys["sealing"].values()):
        assert secret.encode() not in content


def test_other_keys_have_other_fingerprints() -> None:
    keys = {"django": "x", "sealing": {"1": "aa", "2": "bb"}, "blind_index": "cc"}
    more = {"letters": {"1": "dd"}, "blind_index_next": "ee", "sealing_since": "2026-09-01"}
    ours = fingerprints({**keys, **more})
    assert set(ours) == {"sealing.1", "sealing.2", "blind_index", "letters.1"}
    assert len(set(ours.values())) == 4


def removes_the_file(members: dict[str, bytes]) -> None:
    del members[BLOB_NAME]


def adds_a_file(members: dict[str, bytes]) -> None:
    members["files/blobs/aa/bb"] = b"more"


def changes_the_rows(members: dict[str, bytes]) -> None:
    members[DATABASE] = members[DATABASE].replace(b"1", b"2", 1)


def loses_the_manifest(members: dict[str, bytes]) -> None:
    del members[MANIFEST]


def has_a_strange_manifest(members: dict[str, bytes]) -> None:
    members[MANIFEST] = b"[]"


def has_half_a_manifest(members: dict[str, bytes]) -> None:
    members[MANIFEST] = members[MANIFEST][:40]


def is_of_the_future(members: dict[str, bytes]) -> None:
    members[MANIFEST] = json.dumps(json.loads(members[MANIFEST]) | {"format": 2}).encode()


def climbs_out(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        manifest = json.loads(members[MANIFEST])
        manifest["members"][name] = manifest["members"].pop(BLOB_NAME)
        members[name] = members.pop(BLOB_NAME)
        members[MANIFEST] = json.dumps(manifest).encode()

    return change


@pytest.mark.parametrize(
    "change",
    [
        removes_the_file,
        adds_a_file,
        changes_the_rows,
        loses_the_manifest,
        has_a_strange_manifest,
        has_half_a_manifest,
        is_of_the_future,
        climbs_out("files/../../keys.json"),
        climbs_out("/etc/passwd"),
        climbs_out("files/.hidden"),
        climbs_out("elsewhere"),
    ],
)
def test_an_archive_that_was_tampered_with_is_refused(
    change: Callable[[dict[str, bytes]], None], backup: Path
) -> None:
    rewritten(backup, change)
    with pytest.raises(Unsound):
        verified(backup)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_an_archive_that_was_cut_off_is_refused(share: float, backup: Path) -> None:
    content = backup.read_bytes()
    backup.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(Unsound, match="cut off"):
        verified(backup)


def test_every_changed_byte_is_noticed(backup: Path) -> None:
    content = backup.read_bytes()
    with zipfile.ZipFile(backup) as archive:
        held = [(each.header_offset, each.compress_size) for each in archive.infolist()]
    for offset, size in held:
        damaged = bytearray(content)
        damaged[offset + 30 + 60 + size // 2] ^= 0x55
        backup.write_bytes(damaged)
        with pytest.raises(Unsound):
            verified(backup)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unsound, match="cannot be read"):
        verified(tmp_path / "nothing.zip")


# ------------------------------------------------------------------------------ making it


def test_a_file_that_arrives_while_the_database_is_read_is_in_the_backup(
    place: Path, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dump() -> Iterator[bytes]:
        yield SQL
        store().put(b"arrived late")

    monkeypatch.setattr(programs, "dump", dump)
    late = hashlib.sha256(b"arrived late").hexdigest()
    made = make_backup(place / "b.zip")
    assert f"{FILES}blobs/{late[:2]}/{late[2:]}" in made.manifest.members


def test_half_written_files_stay_out(place: Path, db: None) -> None:
    (place / "files" / "incoming").mkdir(exist_ok=True)
    (place / "files" / "incoming" / "draft").write_bytes(b"half")
    assert len(make_backup(place / "b.zip").manifest.files) == 1


def test_a_file_that_was_damaged_before_is_named(place: Path, db: None) -> None:
    store().path(SHA).write_bytes(b"something else")
    made = make_backup(place / "b.zip")
    assert made.damaged == (str(store().path(SHA)),)
    verified(made.file)


def test_an_older_backup_is_replaced_only_if_asked(backup: Path) -> None:
    with pytest.raises(NotWritten, match="exists"):
        make_backup(backup)
    make_backup(backup, replace=True)


def test_in_a_folder_backups_get_names_and_only_the_newest_are_kept(place: Path, db: None) -> None:
    folder = place / "backups"
    folder.mkdir()
    (folder / "junheng-20200101-000000.zip").touch()
    (folder / "mine.zip").touch()
    made = make_backup(folder)
    assert [old.name for old in drop_older(folder, keep=1)] == ["junheng-20200101-000000.zip"]
    assert sorted(file.name for file in folder.iterdir()) == sorted([made.file.name, "mine.zip"])
    noted = last_backup(place)
    assert noted is not None
    assert noted.file == str(made.file)


def test_a_database_that_breaks_off_leaves_no_backup(
    place: Path, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dump() -> Iterator[bytes]:
        yield SQL
        raise NotWritten("The database could not be read: gone", "")

    monkeypatch.setattr(programs, "dump", dump)
    with pytest.raises(NotWritten, match="gone"):
        make_backup(place / "b.zip")
    assert list(place.glob("*.zip*")) == list(place.glob(".*")) == []
    assert last_backup(place) is None


def test_a_folder_that_is_not_there_is_told(place: Path, db: None) -> None:
    with pytest.raises(NotWritten, match="cannot be written"):
        make_backup(place / "nowhere" / "b.zip")


def test_what_a_killed_backup_left_is_swept(place: Path, db: None) -> None:
    (place / ".b.zip.part-999999999").write_bytes(b"half")
    make_backup(place / "b.zip")
    assert list(place.glob(".*")) == []


def test_no_part_of_the_software_is_missing_from_the_manifest(backup: Path) -> None:
    manifest = verified(backup)
    assert isinstance(manifest, Manifest)
    assert manifest.software
    assert manifest.postgresql.startswith("18")
    assert make.NAME.startswith("junheng-")
