"""Imported files lie sealed, are read once, and go when their time is over."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from junheng.commons import import_files, import_reports, imports, personal, retention
from junheng.commons.cells import Table
from junheng.commons.forgetting import OF_AN_IMPORT
from junheng.commons.import_files import WAITING_DAYS, ImportFiles
from junheng.commons.models import ImportBatch
from junheng.commons.storage import Damaged, Store
from junheng.commons.tests.test_imports import BAD, GOOD, SHELF, Schools
from junheng.kernel.faults import Refused

NAME = b"\xe7\x8e\x8b\xe5\xb0\x8f\xe6\xb6\xb5"
MOMENT = datetime(2018, 3, 1, 8)  # noqa: DTZ001 -- as a workbook has it
TABLE = Table(
    "a.xlsx/Pupils",
    {"Name": ["x", "y"], "Born": [date(2018, 3, 1), MOMENT], "N": [1, 2.5]},
    range(2, 4),
    unusable={"N": {3: "formula"}},
)


@pytest.fixture
def kept(settings: Settings, tmp_path: Path) -> ImportFiles:
    settings.STORAGE_ROOT = tmp_path
    return import_files.files()


def on_the_disk(kept: ImportFiles) -> list[Path]:
    return [file for file in kept.root.rglob("*") if file.is_file()]


def grow_old(file: Path, days: int) -> None:
    moment = time.time() - days * 24 * 3600
    os.utime(file, (moment, moment))


def test_what_was_brought_opens_and_is_not_read_on_the_disk(kept: ImportFiles) -> None:
    blob = kept.put(b"Name\n" + NAME)
    assert kept.get(blob.sha256) == b"Name\n" + NAME
    assert (kept.size(blob.sha256), kept.holds(blob.sha256)) == (blob.bytes, True)
    assert [NAME in file.read_bytes() for file in on_the_disk(kept)] == [False]
    assert kept.put(b"Name\n" + NAME) == blob


def test_what_was_changed_or_moved_on_the_disk_does_not_open(kept: ImportFiles) -> None:
    one, other = kept.put(b"one"), kept.put(b"other")
    kept.path(one.sha256).write_bytes(kept.path(other.sha256).read_bytes())
    with pytest.raises(Damaged, match="changed"):
        kept.get(one.sha256)
    kept.put(b"one")
    assert kept.get(one.sha256) == b"one"
    with pytest.raises(Damaged, match="missing"):
        kept.get("0" * 64)


def test_files_of_earlier_versions_open_and_are_sealed_by_and_by(kept: ImportFiles) -> None:
    blob = Store(kept.root).put(NAME)
    grow_old(Store(kept.root).path(blob.sha256), 100)
    assert (kept.get(blob.sha256), kept.size(blob.sha256)) == (NAME, len(NAME))
    imports.look_after_files()
    (file,) = on_the_disk(kept)
    assert NAME not in file.read_bytes()
    assert kept.get(blob.sha256) == NAME
    assert time.time() - file.stat().st_mtime > 99 * 24 * 3600, "its clock runs on"


def test_a_file_goes_after_its_time_and_what_was_read_of_it_earlier(kept: ImportFiles) -> None:
    old, young = kept.put(b"old"), kept.put(b"young")
    kept.keep_table(young.sha256, "k", TABLE)
    grow_old(kept.path(old.sha256), 10)
    grow_old(kept.path(young.sha256, import_files.TABLE), WAITING_DAYS + 1)
    imports.look_after_files()
    assert kept.holds(old.sha256)
    assert kept.drop_older(timezone.now() - timedelta(days=9)) == 1
    assert (kept.holds(old.sha256), kept.holds(young.sha256)) == (False, True)
    assert kept.table(young.sha256, "k") is None


def test_a_table_comes_back_as_it_was_read_and_is_sealed(kept: ImportFiles) -> None:
    blob = kept.put(b"a")
    kept.keep_table(blob.sha256, "k", TABLE)
    found = kept.table(blob.sha256, "k")
    assert found == replace(TABLE, numbers=[2, 3])
    assert all(b"Pupils" not in file.read_bytes() for file in on_the_disk(kept))
    assert kept.table(blob.sha256, "another kind or name") is None
    kept.drop_table(blob.sha256)
    assert kept.table(blob.sha256, "k") is None


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(replace(TABLE, columns={"At": [time_of_day(8)] * 2}), id="a time of day"),
        pytest.param(replace(TABLE, faults=(None,)), id="with faults"),  # type: ignore[arg-type]  # on purpose
    ],
)
def test_what_does_not_come_back_the_same_is_not_kept(kept: ImportFiles, table: Table) -> None:
    kept.keep_table("0" * 64, "k", table)
    assert on_the_disk(kept) == []


def test_files_get_the_newest_key_and_keep_their_age(kept: ImportFiles, settings: Settings) -> None:
    settings.KEYS = {"sealing": {"1": "01" * 16}, "blind_index": "03" * 32}
    blob = kept.put(NAME)
    grow_old(kept.path(blob.sha256), 10)
    settings.KEYS = settings.KEYS | {"sealing": {"1": "01" * 16, "2": "02" * 16}}
    assert import_files.carried() == {1: 1}
    assert import_files.reseal() == (1, 0)
    assert import_files.carried() == {2: 1}
    assert import_files.reseal() == (0, 0)
    assert kept.get(blob.sha256) == NAME
    assert time.time() - kept.path(blob.sha256).stat().st_mtime > 9 * 24 * 3600


# ------------------------------------------------------------------------------ on the way


class Counting(Schools):
    """Says how often it read a file."""

    def __init__(self) -> None:
        self.read_files = 0

    def read(self, data: bytes, name: str) -> Table:
        self.read_files += 1
        return super().read(data, name)


@pytest.fixture
def counting(
    db: None, kept: ImportFiles, li: Any, monkeypatch: pytest.MonkeyPatch
) -> tuple[Counting, Any]:
    monkeypatch.setattr(imports, "SMALL_BYTES", 10)
    monkeypatch.setitem(SHELF, "1", [])
    importer = Counting()
    monkeypatch.setitem(imports._IMPORTERS, importer.kind, importer)
    return importer, li


def looked_through(counting: tuple[Counting, Any], data: bytes) -> ImportBatch:
    importer, li = counting
    batch = imports.receive(importer, data, name="s.csv", target={"round": "1"}, by=li)
    imports.look_through(batch)
    return batch


def test_a_large_file_is_read_once_and_judged_twice(counting: tuple[Counting, Any]) -> None:
    batch = looked_through(counting, GOOD)
    imports.write(batch)
    assert (counting[0].read_files, SHELF["1"]) == (1, ["0001", "0002"])
    assert imports.files().table(batch.sha256, f"{batch.kind} s.csv") is None


def test_what_changed_since_is_told_of_a_kept_table_too(counting: tuple[Counting, Any]) -> None:
    batch = looked_through(counting, GOOD)
    SHELF["1"].append("0001")
    with pytest.raises(Refused):
        imports.write(batch)
    assert [each.row for each in import_reports.report_of(batch).faults] == [2]


def test_a_wrong_file_leaves_no_table_and_its_preview_goes_with_it(
    counting: tuple[Counting, Any],
) -> None:
    """At night, when the days are over that the register of personal data says."""
    batch = looked_through(counting, BAD)
    assert not list((imports.files().root / import_files.TABLE).glob("*"))
    assert import_reports.report_of(batch).faults
    personal.take_in()
    old = retention.days_of(OF_AN_IMPORT) + 1
    assert old == 181
    for file in on_the_disk(imports.files()):
        grow_old(file, old)
    retention.erase_due()
    assert import_reports.report_of(batch).faults == ()
    batch.refresh_from_db()
    assert (bool(batch.report_sha256), bool(batch.errors_sha256)) == (True, True)
    ImportBatch.objects.update(at=timezone.now() - timedelta(days=old))
    assert retention.erase_due()["commons.import"] == 1
    batch.refresh_from_db()
    assert (batch.report_sha256, batch.errors_sha256, batch.sha256 != "") == ("", "", True)
    assert not on_the_disk(imports.files())
