from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from junheng.commons import runs
from junheng.commons.models import Run, RunFile, Snapshot
from junheng.commons.storage import Damaged, DiskFull, StorageFails, Store

DATA = b"x" * 100_000


@pytest.fixture
def empty(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def files_in(store: Store) -> list[Path]:
    return [file for file in store.root.rglob("*") if file.is_file()]


def out_of_room(*_args: Any, **_kwargs: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_what_is_put_is_got(empty: Store) -> None:
    blob = empty.put(DATA)
    assert (blob.bytes, empty.get(blob.sha256)) == (100_000, DATA)


def test_the_same_contents_are_stored_once(empty: Store) -> None:
    assert empty.put(DATA) == empty.put(DATA)
    assert len(files_in(empty)) == 1


def test_nothing_is_a_file_too(empty: Store) -> None:
    assert empty.get(empty.put(b"").sha256) == b""


@pytest.mark.parametrize("damage", [b"", b"x" * 99_999, b"y" * 100_000])
def test_a_damaged_file_is_noticed_and_put_anew(damage: bytes, empty: Store) -> None:
    blob = empty.put(DATA)
    empty.path(blob.sha256).write_bytes(damage)
    with pytest.raises(Damaged, match="changed"):
        empty.get(blob.sha256)
    empty.put(DATA)
    assert empty.get(blob.sha256) == DATA


def test_a_missing_file_is_told(empty: Store) -> None:
    with pytest.raises(Damaged, match="missing"):
        empty.get("0" * 64)


STEPS: list[tuple[str, Callable[[pytest.MonkeyPatch], None]]] = [
    ("the folder", lambda patch: patch.setattr(Path, "mkdir", out_of_room)),
    ("the draft", lambda patch: patch.setattr("tempfile.mkstemp", out_of_room)),
    ("the first byte", lambda patch: patch.setattr(os, "write", out_of_room)),
    ("half way", lambda patch: patch.setattr(os, "write", stops_half_way())),
    ("the flush", lambda patch: patch.setattr(os, "fsync", out_of_room)),
    ("the name", lambda patch: patch.setattr(Path, "replace", out_of_room)),
]


def stops_half_way() -> Callable[[int, memoryview], int]:
    really_write, first = os.write, iter([True])

    def write(handle: int, data: memoryview) -> int:
        if next(first, False):
            return really_write(handle, data[:50_000])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return write


@pytest.mark.parametrize("full_at", [step for _name, step in STEPS], ids=[n for n, _s in STEPS])
def test_a_full_disk_leaves_nothing_behind(
    full_at: Callable[[pytest.MonkeyPatch], None], empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        full_at(patch)
        with pytest.raises(DiskFull, match="disk is full"):
            empty.put(DATA)
    assert files_in(empty) == []
    assert empty.get(empty.put(DATA).sha256) == DATA


def test_a_disk_that_is_really_full_is_named(empty: Store) -> None:
    """The kernel itself refuses here: no file of this process may grow past 50,000 bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(DiskFull):
            empty.put(DATA)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert files_in(empty) == []


def test_another_fault_of_the_disk_is_named(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_args: Any, **_kwargs: Any) -> Any:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("tempfile.mkstemp", read_only)
    with pytest.raises(StorageFails, match="Read-only file system"):
        empty.put(DATA)


def test_drafts_of_killed_processes_are_swept(empty: Store) -> None:
    empty.put(DATA)
    fresh, old = empty.root / "incoming/fresh", empty.root / "incoming/old"
    fresh.write_bytes(b"")
    old.write_bytes(b"")
    os.utime(old, (0, 0))
    assert empty.sweep() == 1
    assert (fresh.exists(), old.exists()) == (True, False)


@pytest.mark.django_db
def test_a_full_disk_freezes_no_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", out_of_room)
    with pytest.raises(DiskFull):
        runs.freeze("test.round", {"schools.csv": b"id\n"})
    assert not Snapshot.objects.exists()


def test_a_full_disk_attaches_no_file(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    runs.start(run)
    monkeypatch.setattr(os, "fsync", out_of_room)
    with pytest.raises(DiskFull):
        runs.attach(run, {"a.csv": b"a", "b.csv": b"b"})
    assert not RunFile.objects.exists()
