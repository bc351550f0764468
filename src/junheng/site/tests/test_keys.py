"""Keys change without a value being lost, whenever it is killed."""

from __future__ import annotations

import base64
import json
import os
from collections import Counter
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from click.testing import CliRunner
from cryptography.hazmat.primitives import hashes, hmac
from django.apps import apps
from django.core import signing
from django.db import ProgrammingError, connection, transaction
from pytest_django import Settings

from junheng.accounts.services import sealed_factors
from junheng.accounts.tests import cast
from junheng.admissions.files.letter_codes import code_of, is_code_of
from junheng.admissions.models import Application, Round
from junheng.admissions.services.applications import look_up_key
from junheng.cli import keys as cli_keys
from junheng.cli import main
from junheng.commons import resealing
from junheng.commons.sealing import BlindIndexField, blind_index, seal, unseal
from junheng.places.facade import Place
from junheng.site import keys
from junheng.site.doctor.database import look_ups_find
from junheng.site.doctor.findings import Patient
from junheng.site.keys import KeyRing, changing
from junheng.site.prepare import settle_keys

NUMBER, PHONE = "A0001", "13800001234"
LETTER = "AL-2026-7KQ4-9XMFY"


@pytest.fixture
def file(tmp_path: Path, settings: Settings) -> Path:
    """A file of keys that the settings use, and no photo that another test left behind."""
    path = tmp_path / "keys.json"
    settings.STORAGE_ROOT = tmp_path / "storage"
    settings.KEYS = KeyRing(path)
    return path


@pytest.fixture
def application(db: None, file: Path) -> Application:
    cast.everybody()
    Authenticator.objects.all().delete()  # their secrets have tests of their own
    county = Place.objects.get(code=cast.COUNTY)
    the_round = Round.objects.create(
        place=county, path=county.path, ref="2026-g1", year=2026, level="primary"
    )
    made: Application = Application.objects.create(
        round=the_round,
        number=NUMBER,
        code="c1",
        child_name="王小涵",
        guardian_name="王敏",
        phone=PHONE,
        look_up=look_up_key(NUMBER, PHONE[-4:]),
        path=the_round.path,
    )
    made.guardian_name = "王小敏"
    made.save()  # a history of two
    return made


def test_a_new_key_counts_in_every_process_at_once(file: Path, settings: Settings) -> None:
    another = KeyRing(file)
    old = seal("words", "row")
    assert keys.add_sealing_key(file) == 2
    new = seal("words", "row")
    assert (old[0], new[0]) == (1, 2)
    settings.KEYS = another
    assert unseal(new, "row") == unseal(old, "row") == "words"


def test_the_file_is_replaced_whole_and_stays_its_owners(file: Path) -> None:
    file.chmod(0o600)
    keys.add_sealing_key(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in file.parent.iterdir()) == ["keys.json", "keys.json.lock"]


def test_a_power_cut_leaves_the_old_keys(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = file.read_text()

    def cut(*_args: Any) -> Any:
        raise OSError("no power")

    monkeypatch.setattr(os, "fsync", cut)
    with pytest.raises(OSError, match="no power"):
        keys.add_sealing_key(file)
    assert file.read_text() == before
    assert not list(file.parent.glob("keys.json.[0-9]*"))


def test_a_change_that_fails_changes_nothing(file: Path) -> None:
    def fail_inside() -> None:
        with changing(file) as held:
            held["sealing"]["9"] = "x"
            raise KeyboardInterrupt

    before = file.read_text()
    with pytest.raises(KeyboardInterrupt):
        fail_inside()
    assert file.read_text() == before


def test_a_file_that_is_away_for_a_moment_changes_nothing(file: Path) -> None:
    ring = KeyRing(file)
    held = dict(ring)
    file.write_text("{")
    assert dict(ring) == held
    file.unlink()
    assert (dict(ring), len(ring)) == (held, 4)


def test_there_is_an_end_of_versions(file: Path) -> None:
    with changing(file) as held:
        held["sealing"]["255"] = "0" * 32
    with pytest.raises(keys.NoVersionLeft):
        keys.add_sealing_key(file)


def test_the_newest_key_cannot_be_removed(file: Path) -> None:
    keys.add_sealing_key(file)
    keys.drop_sealing_keys(file, {1, 2})
    assert list(json.loads(file.read_text())["sealing"]) == ["2"]


def test_sessions_of_before_stay_open_once(file: Path, settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = settings.KEYS["django"], []
    signed = signing.dumps("session")
    keys.change_django_key(file)
    settings.SECRET_KEY = settings.KEYS["django"]
    settings.SECRET_KEY_FALLBACKS = settings.KEYS["django_old"]
    assert signing.loads(signed) == "session"
    keys.change_django_key(file)
    settings.SECRET_KEY = settings.KEYS["django"]
    settings.SECRET_KEY_FALLBACKS = settings.KEYS["django_old"]
    with pytest.raises(signing.BadSignature):
        signing.loads(signed)


# ------------------------------------------------------------------------------- letters


def printed_before(number: str, key: str) -> str:
    """What an older version printed beside a number: it used the secret of sessions itself."""
    mac = hmac.HMAC(key.encode(), hashes.SM3())
    mac.update(f"admissions.letter\0{number}".encode())
    return base64.b32encode(mac.finalize()).decode()[:16]


@pytest.mark.parametrize("changes", [2, 3])
def test_letters_stay_valid_however_often_keys_change(file: Path, changes: int) -> None:
    codes = [code_of(LETTER)]
    for change in range(changes):
        keys.change_django_key(file)
        assert keys.add_letter_key(file) == change + 2
        codes.append(code_of(LETTER))
    assert len(set(codes)) == changes + 1
    assert all(is_code_of(LETTER, code) for code in codes)
    assert not is_code_of(LETTER, "A" * 16)


@pytest.mark.parametrize("changes", [1, 2, 3])
def test_letters_of_an_older_version_stay_valid(
    file: Path, settings: Settings, changes: int
) -> None:
    older = {"django": "now", "django_old": ["before"], "sealing": {"1": "0"}, "blind_index": "1"}
    file.write_text(json.dumps(older))
    settings.KEYS = KeyRing(file)
    codes = [printed_before(LETTER, key) for key in ("before", "now")]
    assert code_of(LETTER) == codes[1]
    for _change in range(changes):
        keys.change_django_key(file)
        assert code_of(LETTER) == codes[1]  # no longer the secret of sessions, still the same
        assert all(is_code_of(LETTER, code) for code in codes)


def test_a_start_writes_down_the_keys_of_letters(file: Path, settings: Settings) -> None:
    older = {"django": "now", "sealing": {"1": "0"}, "blind_index": "1"}
    file.write_text(json.dumps(older))
    settle_keys(KeyRing(file))
    assert json.loads(file.read_text()) == {**older, "letters": {"1": "now"}}
    before = file.stat()
    settle_keys(KeyRing(file))
    assert file.stat().st_mtime_ns == before.st_mtime_ns


def test_keys_in_a_vault_that_cannot_be_written_are_used_as_they_are(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_args: Any) -> Any:
        raise PermissionError

    older = json.dumps({"django": "now", "sealing": {"1": "0"}, "blind_index": "1"})
    file.write_text(older)
    monkeypatch.setattr(keys, "_draft", closed)
    keys.write_down(file)
    assert file.read_text() == older
    assert KeyRing(file)["letters"] == {"1": "now"}


# ----------------------------------------------------------------------------- resealing


def events(application: Any) -> list[Any]:
    return list(application.history.order_by("pgh_id"))


def test_everything_is_sealed_again_history_too_and_no_event_tells_of_it(
    application: Application, file: Path
) -> None:
    before = resealing.carried()
    assert set(before) == {1}
    assert before[1] == 9  # three fields of the row and of its two events
    keys.add_sealing_key(file)
    steps: list[int] = []
    assert resealing.reseal(steps.append) == resealing.Resealed(done=9, broken=0)
    assert sum(steps) == 9
    assert resealing.carried() == Counter({2: 9})
    fresh = Application.objects.get(pk=application.pk)
    assert (fresh.child_name, fresh.guardian_name, fresh.phone) == ("王小涵", "王小敏", PHONE)
    assert [event.guardian_name for event in events(fresh)] == ["王敏", "王小敏"]
    assert resealing.reseal() == resealing.Resealed(0, 0)


def test_the_old_key_may_go_then_and_everything_still_opens(
    application: Application, file: Path
) -> None:
    keys.add_sealing_key(file)
    resealing.reseal()
    keys.drop_sealing_keys(file, {1})
    assert Application.objects.get(pk=application.pk).phone == PHONE


def test_killed_halfway_it_is_done_at_the_second_time(
    application: Application, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.add_sealing_key(file)
    monkeypatch.setattr(resealing, "BATCH", 1)

    def killed(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        resealing.reseal(killed)
    assert resealing.carried() == Counter({1: 8, 2: 1})
    assert resealing.reseal().done == 8


def test_a_value_that_does_not_open_is_left_and_keeps_its_key(
    application: Application, file: Path
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE admissions_application SET child_name = guardian_name")
    keys.add_sealing_key(file)
    result = resealing.reseal()
    assert result.broken >= 1
    assert resealing.carried()[1] == result.broken


def test_a_row_that_changes_meanwhile_keeps_what_it_says(
    application: Application, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.add_sealing_key(file)

    def meanwhile(sealed: bytes, where: str) -> str:
        with transaction.atomic(), connection.cursor() as cursor:
            if where.startswith("admissions.application.phone"):
                fresh = seal("13800009999", where)
                cursor.execute("UPDATE admissions_application SET phone = %s", [bytes(fresh)])
        return unseal(sealed, where)

    monkeypatch.setattr(resealing, "unseal", meanwhile)
    resealing.reseal()
    assert Application.objects.get(pk=application.pk).phone == "13800009999"


def test_second_factors_are_sealed_again(db: None, file: Path) -> None:
    def secret(text: str) -> str:
        return base64.b64encode(seal(text, sealed_factors.BOUND_TO)).decode()

    somebody = cast.everybody().family
    Authenticator.objects.all().delete()
    Authenticator.objects.create(user=somebody, type="totp", data={"secret": secret("T")})
    data = {"seed": secret("S"), "used_mask": 3, "migrated_codes": [secret("a"), secret("b")]}
    Authenticator.objects.create(user=somebody, type="recovery_codes", data=data)
    keys.add_sealing_key(file)
    assert sealed_factors.reseal() == (4, 0)
    assert sealed_factors.carried() == Counter({2: 4})
    assert sealed_factors.reseal() == (0, 0)
    kept = Authenticator.objects.get(type="recovery_codes").data
    assert kept["used_mask"] == 3
    codes = [base64.b64decode(each) for each in kept["migrated_codes"]]
    assert [unseal(code, sealed_factors.BOUND_TO) for code in codes] == ["a", "b"]


def test_a_factor_that_does_not_open_is_counted(db: None, file: Path) -> None:
    broken = base64.b64encode(seal("T", "another row")).decode()
    somebody = cast.everybody().family
    Authenticator.objects.all().delete()
    Authenticator.objects.create(user=somebody, type="totp", data={"secret": broken})
    keys.add_sealing_key(file)
    assert sealed_factors.reseal() == (0, 1)


def test_the_application_cannot_touch_history_so_resealing_is_the_owners(
    application: Application, file: Path
) -> None:
    keys.add_sealing_key(file)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE junheng_app")
    try:
        for model, field in resealing.sealed_columns():
            if model._meta.label == "admissions.ApplicationEvent":
                with pytest.raises(ProgrammingError), transaction.atomic():
                    list(resealing._column(model, field))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


# ------------------------------------------------------------------------- blind indexes


def test_look_ups_find_with_the_new_key_what_the_old_one_indexed(
    application: Application, file: Path
) -> None:
    old = blind_index("x")
    key = keys.next_blind_index_key(file)
    assert keys.next_blind_index_key(file) == key  # killed and run again: the same
    assert blind_index("x") == old
    assert resealing.make_indexes_again(key) == 3
    keys.promote_blind_index_key(file)
    assert blind_index("x") != old
    found = Application.objects.get(look_up=look_up_key(NUMBER, PHONE[-4:]))
    assert found.pk == application.pk
    assert len(events(application)) == 2
    assert {event.look_up for event in events(application)} == {found.look_up}


def test_every_column_with_a_blind_index_is_made_again() -> None:
    """A new room that names a column to nobody would find nothing after a change of keys."""
    columns = {
        (model, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if isinstance(field, BlindIndexField) and not hasattr(model, "pgh_tracked_model")
    }
    named = resealing.registered_indexes()
    assert columns
    assert columns == {(index.model, index.field) for index in named}


def test_whoever_makes_a_blind_index_keeps_it_in_such_a_column() -> None:
    package = Path(keys.__file__).parents[1]

    def calling(function: str) -> set[str]:
        return {
            "junheng." + ".".join(file.relative_to(package).with_suffix("").parts)
            for file in package.rglob("*.py")
            if "tests" not in file.parts and f"{function}(" in file.read_text()
        }

    makers = calling("blind_index")
    makers = {each for each in makers if each.split(".")[1] not in ("commons", "site", "cli")}
    makers -= {"junheng.registry.snapshots.people"}  # a secret for one run, kept in no column
    named = {index.made_from.__module__ for index in resealing.registered_indexes()}
    assert makers <= named
    assert named - makers <= calling("number_index")  # the key that registers have, by evidence


@pytest.fixture
def command(application: Application, file: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command in this process, on the tests' database."""
    monkeypatch.setattr(cli_keys, "as_owner", lambda **_how: nullcontext())
    monkeypatch.setattr(cli_keys, "keys_file", lambda: file)
    return CliRunner(env={"LANG": "C.UTF-8"})


def say(command: CliRunner, *args: str, code: int = 0) -> str:
    done = command.invoke(main, ["keys", *args])
    assert done.exit_code == code, done.output
    return done.output


class Killed(BaseException):
    """What no `except` of the program catches."""


@pytest.fixture
def killed_before_the_key_counts(
    command: CliRunner, application: Application, monkeypatch: pytest.MonkeyPatch
) -> Application:
    def killed(_path: Path) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(keys, "promote_blind_index_key", killed)
        with pytest.raises(Killed):
            command.invoke(main, ["keys", "rotate", "blind-index"], catch_exceptions=False)
    return application


def found() -> bool:
    return Application.objects.filter(look_up=look_up_key(NUMBER, PHONE[-4:])).exists()


def look_ups(file: Path) -> list[tuple[str, str]]:
    """What the doctor says of them."""
    patient = Patient(file.parent, file)
    return [(each.level, " ".join(each.said(str))) for each in look_ups_find.look(patient)]


def test_killed_between_rows_and_key_the_next_start_mends_it(
    killed_before_the_key_counts: Application, file: Path, settings: Settings
) -> None:
    assert not found()
    settle_keys(settings.KEYS)
    assert found()
    assert "blind_index_next" not in json.loads(file.read_text())
    assert look_ups(file) == []


def test_killed_between_rows_and_key_the_doctor_names_the_command(
    killed_before_the_key_counts: Application, command: CliRunner, file: Path
) -> None:
    ((level, said),) = look_ups(file)
    assert level == "fault"
    assert "1 of 1" in said
    assert "`junheng keys rotate blind-index`" in said
    say(command, "rotate", "blind-index")
    assert found()
    assert look_ups(file) == []


def test_rows_of_two_keys_are_told_and_made_again(
    killed_before_the_key_counts: Application, command: CliRunner, file: Path, settings: Settings
) -> None:
    newer = {"number": "A0002", "code": "c2", "look_up": look_up_key("A0002", PHONE[-4:])}
    old = killed_before_the_key_counts
    Application.objects.create(
        round=old.round, path=old.path, child_name="李", guardian_name="李", phone=PHONE, **newer
    )
    settle_keys(settings.KEYS)
    assert not found()
    assert "find 1 of " in look_ups(file)[0][1]  # of as many columns as rooms have made
    say(command, "rotate", "blind-index")
    assert found()
    assert look_ups(file) == []


def test_a_change_that_was_killed_before_the_rows_is_told_and_hurts_nobody(
    application: Application, file: Path, settings: Settings
) -> None:
    keys.next_blind_index_key(file)
    settle_keys(settings.KEYS)
    assert found()
    ((level, said),) = look_ups(file)
    assert level == "warning"
    assert "`junheng keys rotate blind-index`" in said


# ----------------------------------------------------------------------------- the command


def test_the_whole_change_of_keys_by_command(command: CliRunner, file: Path) -> None:
    assert "sealing 1: carried by 9 values" in say(command, "list")
    assert "Key 2 seals" in say(command, "rotate", "sealing")
    said = say(command, "reseal")
    assert "9 values were sealed again" in said
    assert "Key 1 stays until" in said
    assert "1" in json.loads(file.read_text())["sealing"]
    with changing(file) as held:
        held["sealing_since"] = (datetime.now(UTC) - keys.REST).isoformat()
    assert "Key 1, which nothing carries, was removed" in say(command, "reseal")
    assert "Restart" in say(command, "rotate", "django")
    assert "3 blind indexes" in say(command, "rotate", "blind-index")
    assert "Key 2 prints letters" in say(command, "rotate", "letters")
    said = say(command, "list")
    assert "sealing 2: carried by 9 values" in said
    assert "sealing 1" not in said
    held = json.loads(file.read_text())
    assert "blind_index_next" not in held
    secrets = [*held["sealing"].values(), *held["letters"].values()]
    for secret in (held["django"], held["blind_index"], *secrets):
        assert secret not in said


def test_what_does_not_open_keeps_its_key_and_is_told(command: CliRunner, file: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE admissions_application SET child_name = guardian_name")
    say(command, "rotate", "sealing")
    assert "do not open" in say(command, "reseal", code=1)
    assert "1" in json.loads(file.read_text())["sealing"]


def test_without_a_version_left_the_command_says_so(command: CliRunner, file: Path) -> None:
    with changing(file) as held:
        held["sealing"]["255"] = held["sealing"]["1"]
    assert "255" in say(command, "rotate", "sealing", code=1)
