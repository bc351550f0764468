"""Photos lie sealed: whoever has the disk and not the keys has nothing, and keys can change."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from junheng.commons import resealing as everything
from junheng.commons.models import Upload
from junheng.commons.storage import Damaged
from junheng.commons.tests.uploads.builders import begun, checked, photo, ready
from junheng.commons.uploads import checking, receiving, resealing, shelf
from junheng.commons.uploads.jobs import look_after
from junheng.commons.uploads.receiving import Over
from junheng.commons.uploads.shelf import files, parts_of, photo_of, photo_path

pytestmark = pytest.mark.django_db
HERE = "test.matter:1"
JPEG = b"\xff\xd8\xff"


@pytest.fixture(autouse=True)
def on_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests never commit: what comes after a commit comes at once."""
    monkeypatch.setattr(transaction, "on_commit", lambda work: work())


@pytest.fixture
def second_key(settings: Settings) -> None:
    """Another sealing key, the newest."""
    sealing = {**settings.KEYS["sealing"], "2": "ab" * 16}
    settings.KEYS = {**settings.KEYS, "sealing": sealing}


def on_disk() -> list[bytes]:
    """Every file that there is of uploads."""
    return [file.read_bytes() for file in files().root.rglob("*") if file.is_file()]


def test_nothing_on_the_disk_shows_a_picture_at_any_time(li: Any) -> None:
    data = photo()
    made = begun(HERE, li, data)
    receiving.append(made.pk, owner=li, offset=0, piece=data[:200])
    receiving.append(made.pk, owner=li, offset=200, piece=data[200:])
    assert not any(JPEG in each or data[200:240] in each for each in on_disk())
    checking.check_upload(made.pk)
    assert photo_of(made.pk, "").startswith(JPEG)
    assert [JPEG in each for each in on_disk()] == [False]


def test_a_photo_opens_for_no_other_upload_and_not_after_a_change(li: Any) -> None:
    first, second = ready(HERE, li), checked("test.matter:2", li, photo(colour="red"))
    photo_path(second.pk).write_bytes(photo_path(first.pk).read_bytes())
    with pytest.raises(Damaged):
        photo_of(second.pk, second.sha256)
    damaged = bytearray(photo_path(first.pk).read_bytes())
    damaged[-1] ^= 1
    photo_path(first.pk).write_bytes(damaged)
    with pytest.raises(Damaged):
        photo_of(first.pk, first.sha256)
    photo_path(first.pk).write_bytes(b"")
    with pytest.raises(Damaged):
        photo_of(first.pk, first.sha256)


def test_pieces_in_another_order_or_of_another_file_are_no_photo(li: Any) -> None:
    data = photo()
    made, other = begun(HERE, li, data), begun(HERE, li, data)
    for upload in (made, other):
        receiving.append(upload.pk, owner=li, offset=0, piece=data[:100])
        receiving.append(upload.pk, owner=li, offset=100, piece=data[100:])
    (parts_of(made.pk) / "0").write_bytes((parts_of(other.pk) / "0").read_bytes())
    checking.check_upload(made.pk)
    made.refresh_from_db()
    assert (made.state, made.reason) == ("refused", "damaged")


def test_a_line_that_breaks_for_ever_fills_no_disk(
    li: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MOST_PIECES", 2)
    made = begun(HERE, li, b"12345")
    for offset in (0, 1):
        receiving.append(made.pk, owner=li, offset=offset, piece=b"1")
    with pytest.raises(Over):
        receiving.append(made.pk, owner=li, offset=2, piece=b"3")


def test_photos_get_the_newest_key(li: Any, second_key: None, settings: Settings) -> None:
    newest = settings.KEYS
    settings.KEYS = {**newest, "sealing": {"1": newest["sealing"]["1"]}}
    made, shown = ready(HERE, li), None
    shown = photo_of(made.pk, made.sha256)
    settings.KEYS = newest
    assert resealing.carried() == Counter({1: 1})
    everything.reseal()
    assert resealing.carried() == Counter({2: 1})
    assert (resealing.reseal(), photo_of(made.pk, made.sha256)) == ((0, 0), shown)
    settings.KEYS = {**newest, "sealing": {"3": "cd" * 16}}
    assert resealing.reseal() == (0, 1)


def test_what_is_removed_meanwhile_does_not_come_back(li: Any, second_key: None) -> None:
    made = ready(HERE, li)
    path = photo_path(made.pk)
    checking.remove(made.pk, by=li)
    assert (resealing._again(made.pk, path), path.exists()) == (0, False)


def test_photos_and_pieces_of_an_earlier_version_are_sealed_by_the_way(li: Any) -> None:
    made, same = ready(HERE, li), ready("test.matter:2", li)
    shown = photo_of(made.pk, made.sha256)
    for upload in (made, same):
        photo_path(upload.pk).unlink()
    blob = files().path(files().put(shown).sha256)
    assert photo_of(made.pk, made.sha256) == shown
    look_after()
    assert (blob.exists(), [JPEG in each for each in on_disk()]) == (False, [False, False])
    assert photo_of(same.pk, same.sha256) == shown
    data = photo()
    half = begun(HERE, li, data)
    parts_of(half.pk).parent.mkdir(parents=True, exist_ok=True)
    parts_of(half.pk).write_bytes(data[:50] + b"left behind")
    Upload.objects.filter(pk=half.pk).update(received=50)
    receiving.append(half.pk, owner=li, offset=50, piece=data[50:])
    assert shelf.whole(half.pk, len(data)) == data


def test_a_damaged_photo_of_an_earlier_version_is_left_for_the_doctor(li: Any) -> None:
    blob = files().path(files().put(photo()).sha256)
    blob.write_bytes(b"changed")
    assert (resealing.seal_plain(None), blob.exists()) == (0, True)
