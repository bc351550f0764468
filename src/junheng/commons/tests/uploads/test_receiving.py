"""A file grows piece by piece, is counted once, and belongs to whoever began it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import Settings

from junheng.commons import uploads
from junheng.commons.models import Job, Upload
from junheng.commons.models.uploads import MOST_BYTES
from junheng.commons.tests.uploads.builders import begun, checked, photo, ready, sent
from junheng.commons.uploads import checking, files_of, receiving, shelf
from junheng.commons.uploads.receiving import Elsewhere, Empty, Over, TooLarge, TooMany
from junheng.commons.uploads.scanning import ScannerAway
from junheng.commons.uploads.shelf import parts_of, photo_of, photo_path
from junheng.commons.worker import Sweeper, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_commit")]
HERE = "test.matter:1"
State, Reason = Upload.State, Upload.Reason
LATER = timedelta(days=4)


@pytest.fixture
def on_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests never commit: what comes after a commit comes at once."""
    monkeypatch.setattr(transaction, "on_commit", lambda work: work())


def state_of(upload: Upload) -> str:
    upload.refresh_from_db()
    return upload.state


def test_a_file_goes_on_where_it_stopped(li: Any) -> None:
    data = photo()
    made = begun(HERE, li, data)
    receiving.append(made.pk, owner=li, offset=0, piece=data[:100])
    with pytest.raises(Elsewhere):
        receiving.append(made.pk, owner=li, offset=0, piece=data[:100])
    with pytest.raises(Elsewhere):
        receiving.append(made.pk, owner=li, offset=200, piece=data[200:])
    whole = receiving.append(made.pk, owner=li, offset=100, piece=data[100:])
    assert (whole.state, shelf.whole(made.pk, len(data))) == (State.CHECKING, data)
    work_off()
    assert [(file.state, file.name) for file in files_of(HERE)] == [("ready", "paper.jpg")]
    assert not parts_of(made.pk).exists()


def test_what_a_killed_process_wrote_is_written_over(li: Any) -> None:
    data = photo()
    made = begun(HERE, li, data)
    parts_of(made.pk).mkdir(parents=True)
    (parts_of(made.pk) / "0").write_bytes(b"garbage" * 9)
    receiving.append(made.pk, owner=li, offset=0, piece=data)
    work_off()
    assert state_of(made) == State.READY


def test_asked_for_twice_it_is_the_same_file(li: Any) -> None:
    data = photo()
    assert begun(HERE, li, data, key="k").pk == begun(HERE, li, data, key="k").pk


def test_sent_twice_it_is_there_once(li: Any) -> None:
    data = photo()
    first, again = checked(HERE, li, data), checked(HERE, li, data)
    assert (first.state, again.state, again.reason) == (State.READY, State.REMOVED, Reason.SAME)
    assert len(files_of(HERE)) == 1


def test_the_worker_told_twice_checks_once(li: Any) -> None:
    made = ready(HERE, li)
    checking.check_upload(made.pk)
    assert state_of(made) == State.READY


def test_a_file_never_grows_beyond_what_was_said(li: Any) -> None:
    made = begun(HERE, li, b"12345")
    with pytest.raises(TooLarge):
        receiving.append(made.pk, owner=li, offset=0, piece=b"123456")
    assert Upload.objects.get(pk=made.pk).received == 0


@pytest.mark.parametrize(
    ("length", "refusal"), [(0, Empty), (MOST_BYTES + 1, TooLarge)], ids=["empty", "too large"]
)
def test_a_file_has_a_sound_size(li: Any, length: int, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        begun(HERE, li, b"", length=length)


def test_another_family_adds_nothing(li: Any, qian: Any) -> None:
    made = begun(HERE, li, b"12345")
    with pytest.raises(Upload.DoesNotExist):
        receiving.append(made.pk, owner=qian, offset=0, piece=b"1")


def test_a_subject_holds_so_many_files_and_bytes(li: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST_FILES", 2)
    first = begun(HERE, li, b"1")
    begun(HERE, li, b"1")
    with pytest.raises(TooMany):
        begun(HERE, li, b"1")
    checking.remove(first.pk, by=li)
    begun(HERE, li, b"1")
    monkeypatch.setattr(receiving, "MOST_TOGETHER", 5)
    with pytest.raises(TooMany):
        begun("test.matter:2", li, b"123456")


def test_an_account_sends_so_many_a_day_removed_ones_too(
    li: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "FILES_A_DAY", {False: 1, True: 1})
    checking.remove(begun(HERE, li, b"1").pk, by=li)
    with pytest.raises(TooMany):
        begun(HERE, li, b"1")
    assert begun(HERE, li, b"1", now=timezone.now() + LATER)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\户口本.jpg", "户口本.jpg"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\0b\r\nc.jpg", "abc.jpg"),
        ("/", "Photo"),
        ("x" * 500, "x" * 120),
    ],
)
def test_a_name_is_only_shown_and_shows_nothing_hidden(told: str, shown: str) -> None:
    assert receiving.shown_name(told) == shown


def test_an_unfinished_file_is_kept_for_three_days(li: Any) -> None:
    made = begun(HERE, li, b"12345")
    receiving.append(made.pk, owner=li, offset=0, piece=b"1")
    with pytest.raises(Over):
        receiving.append(made.pk, owner=li, offset=1, piece=b"2", now=timezone.now() + LATER)
    assert list(checking.tidy(timezone.now() + LATER)) == []
    assert (state_of(made), parts_of(made.pk).exists()) == (State.REMOVED, False)


def test_a_removed_photo_is_gone_though_another_family_sent_the_same(li: Any, qian: Any) -> None:
    first, second = ready(HERE, li), ready("test.matter:2", qian)
    sha256 = first.sha256
    checking.remove(first.pk, by=li)
    checking.remove(first.pk, by=li)
    assert not photo_path(first.pk).exists()
    assert photo_of(second.pk, sha256)
    first.refresh_from_db()
    assert (first.sha256, str(first.name), first.removed_by) == ("", "", li)


def test_a_removal_that_was_killed_is_finished_later(li: Any) -> None:
    made = ready(HERE, li)
    Upload.objects.filter(pk=made.pk).update(state=State.REMOVED, removed_at=timezone.now())
    assert list(checking.tidy()) == []
    assert not photo_path(made.pk).exists()


@pytest.fixture
def away(settings: Settings, tmp_path: Any) -> Settings:
    settings.CLAMD = str(tmp_path / "nobody")
    return settings


def test_a_scanner_that_is_away_leaves_the_file_waiting(li: Any, away: Settings) -> None:
    made = sent(HERE, li, photo())
    with pytest.raises(ScannerAway):
        checking.check_upload(made.pk)
    assert state_of(made) == State.CHECKING
    away.CLAMD = ""
    Upload.objects.filter(pk=made.pk).update(state=State.CHECKING)
    assert list(checking.tidy(timezone.now() + LATER)) == [made.pk]


def test_the_worker_looks_after_a_file_that_is_stuck(
    li: Any, away: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "FORGOTTEN", timedelta(0))
    stuck = sent(HERE, li, photo())
    work_off()
    assert state_of(stuck) == State.CHECKING
    assert not Job.objects.filter(state=Job.State.FAILED).exists()
    away.CLAMD = ""
    sweeper = Sweeper()
    sweeper.look_after()
    sweeper.look_after()
    assert Job.objects.filter(state=Job.State.QUEUED).count() == 1
    work_off()
    assert state_of(stuck) == State.READY


def test_all_files_of_a_subject_are_forgotten(li: Any, qian: Any) -> None:
    photos = [ready(HERE, li), sent(HERE, li, b"1"), ready("test.matter:2", qian, name="b.jpg")]
    assert uploads.forget(HERE) == 2
    assert [state_of(one) for one in photos] == ["removed", "removed", "ready"]
    assert uploads.forget(HERE) == 0


def test_harmful_software_and_lost_pieces_are_told(
    li: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = sent(HERE, li, photo())
    shelf.drop_pieces(lost.pk)
    checking.check_upload(lost.pk)
    monkeypatch.setattr(checking, "is_harmless", lambda _data: False)
    harmful = checked(HERE, li, photo())
    assert (lost.pk, state_of(lost), lost.reason) == (lost.pk, State.REFUSED, Reason.DAMAGED)
    assert (harmful.state, harmful.reason) == (State.REFUSED, Reason.HARMFUL)
    assert "harmful" in files_of(HERE)[1].advice


@pytest.mark.parametrize(
    "change",
    [
        {"owner": 2},
        {"subject": "test.matter:2"},
        {"length": 9_999},
        {"received": 1},
        {"state": "waiting"},
        {"state": "ready", "sha256": "0" * 64},
        {"sha256": ""},
    ],
    ids=str,
)
def test_the_database_refuses_to_change_what_was_received(
    li: Any, qian: Any, change: dict[str, Any]
) -> None:
    made = ready(HERE, li)
    if "owner" in change:
        change = {"owner": qian}
    with pytest.raises(DatabaseError), transaction.atomic():
        Upload.objects.filter(pk=made.pk).update(**change)


def test_the_database_refuses_a_file_that_begins_full(li: Any) -> None:
    row = begun(HERE, li, b"1")
    row.pk, row.key, row.received = None, "other", 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Upload.objects.bulk_create(
            [
                Upload(
                    **{
                        f: getattr(row, f)
                        for f in (
                            "subject",
                            "owner",
                            "key",
                            "name",
                            "length",
                            "received",
                            "begun_at",
                            "expires_at",
                        )
                    }
                )
            ]
        )
