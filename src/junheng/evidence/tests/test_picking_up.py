"""Tables that departments put into a folder: taken in once, or put aside with their mistakes."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from junheng.accounts.tests import cast
from junheng.commons.models import ImportBatch
from junheng.evidence.events import connection_back
from junheng.evidence.facade import Register
from junheng.evidence.jobs import forget_old_hours, pick_up_deliveries, try_services_again
from junheng.evidence.models import Connection, Delivery, ServiceHour
from junheng.evidence.services import breaker, picking_up
from junheng.evidence.services.connecting import NoSuchFolder, connect_tables
from junheng.evidence.tests.builders import CHILD, tables

pytestmark = pytest.mark.django_db
TABLE = f"resident_id,name,born_on\n{CHILD},王小涵,2020-02-29\n"


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.VAR, settings.STORAGE_ROOT = tmp_path, tmp_path / "files"
    place = tmp_path / "deliveries" / "police"
    place.mkdir(parents=True)
    connect(folder="police")
    return place


def connect(folder: str, name: str = "Police") -> Connection:
    return connect_tables(
        name=name,
        register=Register.HOUSEHOLD,
        path=cast.counties().path,
        folder=folder,
        by=cast.li(),
    )


def put(folder: Path, name: str, text: str = TABLE, age: float = 60) -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    os.utime(file, (time.time() - age, time.time() - age))
    return file


def lying(folder: Path) -> dict[str, int]:
    return {
        where: len(list((folder / where).glob("*.*")) if where else list(folder.glob("*.*")))
        for where in ("", "done", "refused")
    }


def test_a_table_is_taken_in_with_the_day_in_its_name(folder: Path) -> None:
    put(folder, "households-20260601.csv")
    pick_up_deliveries()
    delivery = Delivery.objects.get()
    assert (delivery.as_of.isoformat(), delivery.rows) == ("2026-06-01", 1)
    assert delivery.batch is not None
    assert delivery.batch.by == cast.li()
    assert lying(folder) == {"": 0, "done": 1, "refused": 0}


def test_without_a_day_in_its_name_the_day_of_the_file_counts(folder: Path) -> None:
    noon = datetime(2026, 6, 15, 12, tzinfo=timezone.get_current_timezone())
    put(folder, "households-20269999.csv", age=time.time() - noon.timestamp())
    assert picking_up.pick_up() == {"done": 1, "refused": 0}
    assert Delivery.objects.get().as_of == noon.date()


def test_what_has_mistakes_is_put_aside_and_shown_to_whoever_connected(folder: Path) -> None:
    put(folder, "a-2026-06-01.csv", "resident_id,name\n,\n")
    put(folder, "b-2026-06-01.csv", "\x00\x01")
    put(folder, "c-2099-06-01.csv")
    assert picking_up.pick_up() == {"done": 0, "refused": 3}
    assert Delivery.objects.count() == 0
    assert {batch.state for batch in ImportBatch.objects.all()} == {"refused"}


def test_what_is_not_whole_or_not_a_table_is_left_alone(folder: Path, tmp_path: Path) -> None:
    put(folder, "growing.csv", age=1)
    put(folder, "notes.txt")
    secret = put(tmp_path, "secret.csv")
    (folder / "link.csv").symlink_to(secret)
    assert picking_up.pick_up() == {"done": 0, "refused": 0}
    assert secret.exists()


def test_a_worker_killed_before_putting_away_does_no_harm(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "households-2026-06-01.csv")

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(picking_up, "_put_away", dies)
        with pytest.raises(KeyboardInterrupt):
            picking_up.pick_up()
    assert Delivery.objects.count() == 1
    assert picking_up.pick_up() == {"done": 1, "refused": 0}
    assert Delivery.objects.count() == 1
    assert lying(folder) == {"": 0, "done": 1, "refused": 0}


def test_a_large_table_is_taken_in_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("junheng.commons.imports.SMALL_BYTES", 1)
    put(folder, "households-2026-06-01.csv")
    assert picking_up.pick_up() == {"done": 1, "refused": 0}


@pytest.mark.parametrize("name", ["..", "a/b", "Police", "", "police"])
def test_a_folder_is_a_plain_name_of_one_connection(folder: Path, name: str) -> None:
    if name:
        with pytest.raises(NoSuchFolder):
            connect(folder=name, name="Other")
    assert folder.exists()


def test_whoever_waits_is_told_when_a_pause_is_over(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    register = tables()
    heard: list[str] = []

    def listen(path: str, **_: object) -> None:
        heard.append(path)

    connection_back.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            try_services_again()
            breaker.failed(register, "down", "", until_pause=2, pause_seconds=60)
            try_services_again()
            breaker.failed(register, "down", "", until_pause=2, pause_seconds=60)
            try_services_again()
    finally:
        connection_back.disconnect(listen)
    assert heard == [register.path]


def test_figures_of_old_hours_are_forgotten() -> None:
    register = tables()
    for days in (1, 500):
        hour = timezone.now() - timedelta(days=days)
        ServiceHour.objects.create(connection=register, hour=hour, asked=1)
    forget_old_hours()
    assert ServiceHour.objects.count() == 1
