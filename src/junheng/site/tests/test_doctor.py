"""The doctor: each check is silent when all is well and speaks when it is not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import namedtuple
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import make_password
from django.core import checks
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from junheng.accounts.facade import User
from junheng.commons import demo
from junheng.commons.models import Job, Message
from junheng.commons.storage import store
from junheng.commons.uploads.shelf import photo_path, put_photo
from junheng.places.facade import Place
from junheng.site.backups.notes import note_backup
from junheng.site.doctor import database, examine, findings, installation, machine, work
from junheng.site.doctor.findings import Check, Level, Patient
from junheng.site.postgres import APP

PROJECT = Path(__file__).parents[4]
JUNHENG = (sys.executable, "-c", "from junheng.cli import main; main()")
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    keys = tmp_path / "keys.json"
    keys.touch(mode=0o600)
    secrets = {"django": "x", "sealing": {"1": "0"}, "blind_index": "y", "letters": {"1": "z"}}
    keys.write_text(json.dumps(secrets))
    return Patient(tmp_path, keys)


def found(check: Check, patient: Patient) -> list[tuple[Level, str]]:
    """Level and sentence; forming them proves that every hole has its figure."""
    return [(each.level, " ".join(each.said(str))) for each in check.look(patient)]


def levels(check: Check, patient: Patient) -> list[Level]:
    return [level for level, _said in found(check, patient)]


# ------------------------------------------------------------------------------ machine


@pytest.mark.parametrize(
    "check",
    [
        machine.python_is_new_enough,
        machine.data_folder_is_ours,
        machine.keys_can_be_read,
        machine.keys_are_private,
        machine.letters_have_keys,
    ],
    ids=lambda check: check.slug,
)
def test_a_sound_machine_is_not_complained_about(check: Check, patient: Patient) -> None:
    assert found(check, patient) == []


def test_an_old_python_is_told(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 1, "final", 0))
    ((level, said),) = found(machine.python_is_new_enough, patient)
    assert level == Level.FAULT
    assert "3.10.1" in said


@pytest.mark.parametrize(("version", "wrong"), [(None, 1), (16, 1), (18, 0)])
def test_node_is_needed_for_the_next_upgrade(
    version: int | None, wrong: int, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "node_version", lambda: version)
    assert levels(machine.node_is_new_enough, patient) == [Level.WARNING] * wrong


def test_the_version_of_node_is_read_or_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.node_version() is not None
    monkeypatch.setenv("PATH", "")
    assert machine.node_version() is None


@pytest.mark.parametrize(
    ("free", "expected"),
    [(500_000_000, [Level.FAULT]), (3_000_000_000, [Level.WARNING]), (9_000_000_000, [])],
)
def test_little_room_on_the_disk_is_told(
    free: int, expected: list[Level], patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(0, 0, free))
    assert levels(machine.disk_has_room, patient) == expected


def test_a_missing_folder_of_data_is_told(patient: Patient, tmp_path: Path) -> None:
    nowhere = Patient(tmp_path / "nowhere", patient.keys)
    assert levels(machine.data_folder_is_ours, nowhere) == [Level.FAULT]
    assert machine.nearest(nowhere.var) == tmp_path


def test_a_folder_of_somebody_else_is_told(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_args: False)
    assert levels(machine.data_folder_is_ours, patient) == [Level.FAULT]


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"django": "x", "sealing": {}}', "7"])
def test_damaged_keys_are_told(text: str, patient: Patient) -> None:
    patient.keys.write_text(text)
    assert levels(machine.keys_can_be_read, patient) == [Level.FAULT]


def test_empty_keys_are_damaged_keys(patient: Patient) -> None:
    patient.keys.write_text('{"django": "", "sealing": {"1": "a"}, "blind_index": "b"}')
    assert levels(machine.keys_can_be_read, patient) == [Level.FAULT]


@pytest.mark.parametrize(
    ("text", "wrong"), [('{"django": "x"}', 1), ('{"letters": {}}', 1), ("{", 0), ("[]", 0)]
)
def test_letters_without_keys_of_their_own_are_told(
    text: str, wrong: int, patient: Patient
) -> None:
    patient.keys.write_text(text)
    assert levels(machine.letters_have_keys, patient) == [Level.WARNING] * wrong


def test_missing_keys_are_told_and_not_made(patient: Patient) -> None:
    patient.keys.unlink()
    assert levels(machine.keys_can_be_read, patient) == [Level.FAULT]
    assert found(machine.keys_are_private, patient) == []
    answers = {answer.slug: answer for answer in examine.examine(patient)}
    assert not answers["settings"].asked
    assert not answers["database"].asked
    assert not patient.keys.exists()


def test_keys_in_a_closed_place_are_told(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", closed)
    ((_level, said),) = found(machine.keys_can_be_read, patient)
    assert "Permission denied" in said


def test_keys_that_others_can_read_are_told(patient: Patient) -> None:
    patient.keys.chmod(0o640)
    ((_level, said),) = found(machine.keys_are_private, patient)
    assert "0640" in said


# ------------------------------------------------------------------------- installation

GATEWAY = {"SMS_URL": "https://sms.example/", "SMS_KEY": "k", "SMS_SECRET": "s"}


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (installation.debug_is_off, {"DEBUG": True}, [Level.FAULT]),
        (installation.debug_is_off, {"DEBUG": True, "DEMO": True}, []),
        (installation.hosts_are_named, {"ALLOWED_HOSTS": ["*"]}, [Level.FAULT]),
        (installation.hosts_are_named, {"ALLOWED_HOSTS": ["localhost"]}, [Level.WARNING]),
        (installation.hosts_are_named, {"ALLOWED_HOSTS": ["seats.example"]}, []),
        (installation.hosts_are_named, {"DEMO": True}, []),
        (installation.https_is_on, {"ALLOWED_HOSTS": ["seats.example"]}, [Level.FAULT]),
        (installation.https_is_on, {"ALLOWED_HOSTS": ["seats.example"], "SECURE": True}, []),
        (installation.https_is_on, {"ALLOWED_HOSTS": ["localhost"]}, []),
        (installation.proxies_are_counted, {"SECURE": True}, [Level.WARNING]),
        (installation.proxies_are_counted, {"ALLAUTH_TRUSTED_PROXY_COUNT": 1}, [Level.WARNING]),
        (
            installation.proxies_are_counted,
            {"SECURE": True, "ALLAUTH_TRUSTED_PROXY_COUNT": 1},
            [],
        ),
        (installation.messages_reach_telephones, {}, [Level.WARNING]),
        (installation.messages_reach_telephones, {"DEMO": True}, []),
        (installation.messages_reach_telephones, GATEWAY, []),
        (
            installation.messages_reach_telephones,
            GATEWAY | {"SMS_URL": "http://sms.example/"},
            [Level.FAULT],
        ),
        (installation.messages_reach_telephones, GATEWAY | {"SMS_SECRET": ""}, [Level.FAULT]),
        (installation.static_files_are_collected, {"NODE_MODULES": "/nowhere"}, [Level.FAULT]),
        (installation.django_is_content, {}, []),
        (installation.backup_is_fresh, {"DEMO": True}, []),
    ],
)
def test_settings_are_judged(
    check: Check, changes: dict[str, Any], expected: list[Level], patient: Patient,
    settings: Settings,
) -> None:  # fmt: skip
    for name, value in {"DEMO": False, "DEBUG": False, **changes}.items():
        setattr(settings, name, value)
    assert levels(check, patient)[:1] == expected


def test_software_that_is_not_whole_is_told(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = checks.Error("a model lacks its field", id="commons.E001")
    monkeypatch.setattr(installation, "run_checks", lambda: [error, checks.Warning("meh")])
    ((_level, said),) = found(installation.django_is_content, patient)
    assert "commons.E001 a model lacks its field" in said


def test_page_components_of_another_version_are_told(
    patient: Patient, settings: Settings, tmp_path: Path
) -> None:
    settings.STATIC_ROOT = tmp_path
    (tmp_path / ".collected").write_text("another version")
    assert levels(installation.static_files_are_collected, patient) == [Level.FAULT]


def test_a_changed_file_is_named(patient: Patient, settings: Settings, tmp_path: Path) -> None:
    settings.STORAGE_ROOT = tmp_path / "files"
    blob = store().path(store().put(b"what was decided").sha256)
    assert found(installation.stored_files_are_sound, patient) == []
    blob.write_bytes(b"what somebody likes better")
    ((level, said),) = found(installation.stored_files_are_sound, patient)
    assert level == Level.FAULT
    assert str(blob) in said


def test_a_sample_of_the_files_is_read_unless_all_are_asked_for(
    patient: Patient, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STORAGE_ROOT = tmp_path / "files"
    monkeypatch.setattr(installation, "SAMPLE", 2)
    for number in range(5):
        store().path(store().put(str(number).encode()).sha256).write_bytes(b"damaged")
    assert len(found(installation.stored_files_are_sound, patient)) == 2
    thorough = Patient(patient.var, patient.keys, thorough=True)
    assert len(found(installation.stored_files_are_sound, thorough)) == 5


def test_photos_that_do_not_open_are_told(
    patient: Patient, settings: Settings, tmp_path: Path
) -> None:
    settings.STORAGE_ROOT = tmp_path / "files"
    first, second = uuid4(), uuid4()
    for upload in (first, second):
        put_photo(upload, b"a photo")
    assert found(installation.stored_files_are_sound, patient) == []
    photo_path(first).write_bytes(photo_path(second).read_bytes())
    ((level, said),) = found(installation.stored_files_are_sound, patient)
    assert (level, str(photo_path(first)) in said) == (Level.FAULT, True)


def test_the_last_backup_is_asked_for(patient: Patient, settings: Settings, tmp_path: Path) -> None:
    settings.DEMO, settings.VAR = False, tmp_path
    assert levels(installation.backup_is_fresh, patient) == [Level.WARNING]
    kept = tmp_path / "b.zip"
    note_backup(tmp_path, at=timezone.now(), file=kept)
    ((_level, said),) = found(installation.backup_is_fresh, patient)
    assert "not there" in said
    kept.touch()
    assert found(installation.backup_is_fresh, patient) == []
    note_backup(tmp_path, at=timezone.now() - timedelta(days=2), file=kept)
    assert levels(installation.backup_is_fresh, patient) == [Level.WARNING]


# ----------------------------------------------------------------------------- database


@pytest.fixture
def as_application(db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {APP}")
        yield
        cursor.execute("RESET ROLE")


def test_a_role_that_owns_nothing_is_fine(as_application: None, patient: Patient) -> None:
    assert found(database.role_owns_nothing, patient) == []


def test_a_role_that_owns_the_tables_is_told(db: None, patient: Patient) -> None:
    assert levels(database.role_owns_nothing, patient) == [Level.FAULT]


@pytest.mark.parametrize(
    "check",
    [
        database.migrations_are_applied,
        database.triggers_are_there,
        database.triggers_cannot_be_silenced,
        database.clocks_agree,
        database.encoding_is_utf8,
        database.demo_accounts_are_absent,
        database.sealed_values_have_keys,
        database.look_ups_find,
        work.jobs_do_not_wait_long,
        work.jobs_did_not_fail,
    ],
    ids=lambda check: check.slug,
)
def test_a_sound_database_is_not_complained_about(check: Check, db: None, patient: Patient) -> None:
    assert found(check, patient) == []


@pytest.mark.parametrize(
    ("sql", "check"),
    [
        (
            "DELETE FROM django_migrations WHERE app = 'commons' AND name LIKE '0001%'",
            database.migrations_are_applied,
        ),
        (
            "INSERT INTO django_migrations (app, name, applied) VALUES ('commons', '9999', now())",
            database.migrations_are_applied,
        ),
        ("ALTER TABLE commons_run DISABLE TRIGGER USER", database.triggers_are_there),
        (
            "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) "
            "RETURNS BOOLEAN LANGUAGE sql AS 'SELECT true'",
            database.triggers_cannot_be_silenced,
        ),
        ("SET TimeZone = 'America/New_York'", database.clocks_agree),
    ],
)
def test_what_somebody_did_to_the_database_is_told(
    sql: str, check: Check, db: None, patient: Patient
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
    assert len(found(check, patient)) == 1


@pytest.mark.parametrize(
    ("seconds", "expected"), [(1, []), (5, [Level.WARNING]), (900, [Level.FAULT])]
)
def test_a_clock_that_is_off_is_told(
    seconds: int, expected: list[Level], db: None, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + seconds)
    assert levels(database.clocks_agree, patient) == expected


def test_an_encoding_without_rare_characters_is_told(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "one_row", lambda _sql: ("SQL_ASCII",))
    assert levels(database.encoding_is_utf8, patient) == [Level.FAULT]


def test_a_published_password_is_found_whatever_the_account_does(
    db: None, patient: Patient, settings: Settings
) -> None:
    settings.DEMO = False
    account = demo.published()[0]
    User.objects.create(username=account.username, password=make_password("of-my-own-1"))
    assert found(database.demo_accounts_are_absent, patient) == []
    User.objects.update(password=make_password(account.password))
    assert levels(database.demo_accounts_are_absent, patient) == [Level.FAULT]
    settings.DEMO = True
    assert found(database.demo_accounts_are_absent, patient) == []


def test_the_invented_county_in_real_data_is_told(
    db: None, patient: Patient, settings: Settings
) -> None:
    settings.DEMO = False
    Place.objects.create(code="990000", name="Yunhuai", level="county", path="/990000/")
    assert levels(database.demo_accounts_are_absent, patient) == [Level.WARNING]


def test_a_lost_key_is_told(db: None, patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "carried", lambda: {250: 3})
    ((level, said),) = found(database.sealed_values_have_keys, patient)
    assert level == Level.FAULT
    assert "250" in said


# --------------------------------------------------------------------------------- work


def heartbeat(seconds_ago: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) "
            "VALUES (now() - make_interval(secs => %s))",
            [seconds_ago],
        )


def test_a_worker_that_is_silent_is_missed(db: None, patient: Patient) -> None:
    assert levels(work.worker_does_jobs, patient) == [Level.FAULT]
    heartbeat(seconds_ago=5)
    assert found(work.worker_does_jobs, patient) == []
    heartbeat(seconds_ago=300)
    assert levels(work.worker_does_jobs, patient) == [Level.FAULT]


def test_jobs_that_wait_or_run_too_long_are_told(db: None, patient: Patient) -> None:
    long_ago = timezone.now() - timedelta(days=1)
    Job.objects.create(kind="test", title="Test")
    Job.objects.update(queued_at=long_ago)
    Job.objects.create(kind="test", title="Test", state=Job.State.RUNNING, started_at=long_ago)
    assert levels(work.jobs_do_not_wait_long, patient) == [Level.WARNING, Level.WARNING]


def test_jobs_that_failed_are_told(db: None, patient: Patient) -> None:
    Job.objects.create(
        kind="test", title="Test", state=Job.State.FAILED, finished_at=timezone.now()
    )
    assert levels(work.jobs_did_not_fail, patient) == [Level.WARNING]


# ---------------------------------------------------------------------- all of it, in order


def test_every_check_has_a_question_and_a_name_of_its_own() -> None:
    slugs = [check.slug for check in findings.CHECKS]
    assert len(slugs) == len(set(slugs))
    assert all(check.question.endswith("?") for check in findings.CHECKS)


def test_the_guide_names_every_check() -> None:
    guide = (PROJECT / "docs" / "operations" / "README.md").read_text()
    assert [check.slug for check in findings.CHECKS if f"`{check.slug}`" not in guide] == []


def doctor(var: Path, *options: str, **environment: str) -> tuple[int, dict[str, Any]]:
    """The real command, in a process of its own."""
    inherited = {name: value for name, value in os.environ.items() if name != "JUNHENG_AS_OWNER"}
    done = subprocess.run(
        [*JUNHENG, "doctor", "--json", "--lang", "en", *options],
        env={**inherited, "JUNHENG_VAR": str(var), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, {answer["check"]: answer for answer in answers}


def test_with_the_database_down_the_doctor_says_so_and_goes_on(patient: Patient) -> None:
    keys = json.loads(patient.keys.read_text()) | {"sealing": {"1": "01" * 16}}
    patient.keys.write_text(json.dumps(keys))
    code, answers = doctor(patient.var)
    assert code == 1
    assert "does not answer" in answers["database"]["findings"][0]["what"]
    assert answers["hosts"]["asked"]
    assert answers["stored-files"]["findings"] == []
    assert not answers["migrations"]["asked"]
    assert set(answers) == {check.slug for check in findings.CHECKS} | {"settings", "database"}


def test_settings_that_cannot_be_read_are_told(patient: Patient) -> None:
    code, answers = doctor(patient.var, JUNHENG_PASSWORD_DAYS="many")
    assert code == 1
    assert "JUNHENG_" in answers["settings"]["findings"][0]["do"]
    assert not answers["database"]["asked"]


def test_a_check_that_loses_the_database_is_no_crash(patient: Patient) -> None:
    def look(_patient: Patient) -> Any:
        raise OSError("gone")

    ((told,),) = [examine._ask(Check("gone", findings.Needs.DATABASE, look), patient).findings]
    assert "gone" in told.said(str)[0]


@pytest.mark.django_db
def test_messages_that_were_not_sent_are_told(patient: Patient) -> None:
    assert found(work.messages_are_sent, patient) == []
    past = timezone.now() - 2 * work.WAITS
    common = {"template": "x", "phone": "13800000001", "content": "{}", "expires_at": past}
    Message.objects.create(**common, written_at=past)
    Message.objects.create(**common, state=Message.State.GIVEN_UP, ended_at=past)
    Message.objects.create(**common, state=Message.State.SENT, ended_at=past)
    ((level, said),) = found(work.messages_are_sent, patient)
    assert (level, said.split()[0]) == (Level.WARNING, "2")
