"""A check of the register: what it finds, what becomes of it, and what it never leaves behind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.cases.facade import case_of
from junheng.commons import worker
from junheng.commons.models import Job
from junheng.commons.runs import AlreadyRunning, thaw
from junheng.evidence.facade import Register
from junheng.evidence.tests import builders as registers
from junheng.registry.jobs.integrity import check_registers, check_soon
from junheng.registry.models import AttendanceMark, IntegrityFinding, Pupil, RollCall
from junheng.registry.runners.integrity import from_files
from junheng.registry.services.forgetting_attendance import clear, clear_findings, clear_marks
from junheng.registry.services.integrity import findings as taking_over
from junheng.registry.services.integrity.cases import KIND
from junheng.registry.services.integrity.requesting import freeze_and_request
from junheng.registry.services.integrity.running import execute
from junheng.registry.services.integrity.settling import (
    NoReason,
    NotOpen,
    NotSafe,
    mark_false_alarm,
    repair,
)
from junheng.registry.tests.integrity.builders import (
    BORN,
    SOUND,
    a_class,
    called,
    checked,
    child,
    findings,
    guest,
)

pytestmark = pytest.mark.django_db
WRONG = date(2017, 1, 5)
RULE = "birth_date_differs"


@pytest.fixture
def wrong() -> Pupil:
    """A girl whose record has another birthday than her number."""
    return child(a_class(), resident_id=SOUND, born_on=WRONG)


def only(rule: str = RULE) -> IntegrityFinding:
    [found] = findings(rule)
    return found


def corrected(pupil: Pupil, born_on: date = BORN) -> None:
    pupil.born_on = born_on
    pupil.save(update_fields=["born_on"])


def test_a_finding_says_what_speaks_since_when_and_lies_as_a_case_with_the_school(
    wrong: Pupil,
) -> None:
    run = checked()
    found = only()
    assert (found.pupil, found.organisation.code, found.state) == (wrong, "school-1", "open")
    assert found.figures == {"recorded": "2017-01-05", "in_number": "2017-05-01", "civil": None}
    assert (found.first_run, found.first_on) == (run, timezone.localdate())
    case = case_of(KIND, "school-1")
    assert case is not None
    assert case.state != "closed"


def test_a_receipt_says_what_was_found_and_what_could_not_be_decided(wrong: Pupil) -> None:
    receipt = checked().receipt
    assert receipt is not None
    assert receipt["found"][RULE] == 1
    assert receipt["undecided"]["died"] == ["civil"]
    assert "died" not in receipt["found"]


def test_two_runs_find_the_same_thing_once(wrong: Pupil) -> None:
    first, second = checked(), checked()
    found = only()
    assert (found.first_run, found.last_run) == (first, second)
    assert first.result_sha256 == second.result_sha256


def test_a_run_that_was_killed_halfway_leaves_nothing_and_can_be_done_again(
    wrong: Pupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = freeze_and_request(
        cast.counties(), on=timezone.localdate(), by=None, enqueue=lambda _run: None
    )

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(taking_over, "keep_cases", killed)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            execute(run, lambda _done, _total: None)
    assert not IntegrityFinding.objects.exists()
    run.refresh_from_db()
    execute(run, lambda _done, _total: None)
    execute(run, lambda _done, _total: None)
    assert only().last_run == run


def test_what_was_mended_closes_by_itself_and_names_the_run(wrong: Pupil) -> None:
    checked()
    corrected(wrong)
    run = checked()
    found = only()
    assert (found.state, found.mended_run) == ("mended", run)
    case = case_of(KIND, "school-1")
    assert case is not None
    assert case.state == "closed"


def test_what_comes_back_is_open_again_in_the_same_place(wrong: Pupil) -> None:
    checked()
    corrected(wrong)
    checked()
    corrected(wrong, WRONG)
    checked()
    found = only()
    assert (found.state, found.mended_run) == ("open", None)


def test_a_false_alarm_is_silent_until_a_fact_changes(wrong: Pupil) -> None:
    checked()
    mark_false_alarm(only(), reason="Looked at the paper", by=cast.li())
    case = case_of(KIND, "school-1")
    assert case is not None
    assert case.state == "closed"
    checked()
    assert only().state == "false_alarm"
    corrected(wrong, date(2017, 1, 6))
    checked()
    found = only()
    assert (found.state, found.reason, found.marked_by) == ("open", "", None)


def test_a_false_alarm_needs_a_reason_and_a_finding_that_is_open(wrong: Pupil) -> None:
    checked()
    with pytest.raises(NoReason):
        mark_false_alarm(only(), reason="  ", by=cast.li())
    mark_false_alarm(only(), reason="Looked at the paper", by=cast.li())
    with pytest.raises(NotOpen):
        mark_false_alarm(only(), reason="Again", by=cast.li())


def test_the_database_knows_no_false_alarm_without_a_reason(wrong: Pupil) -> None:
    checked()
    with pytest.raises(IntegrityError), transaction.atomic():
        IntegrityFinding.objects.update(state="false_alarm")
    with pytest.raises(IntegrityError), transaction.atomic():
        IntegrityFinding.objects.update(state="mended")


ENDS_IN_ZEROS, LOST = "990100201705021000", "990100201705026000"


def test_three_zeros_at_the_end_are_held_against_nobody_whose_check_character_fits() -> None:
    here = a_class()
    child(here, resident_id=ENDS_IN_ZEROS, born_on=date(2017, 5, 2))
    lost = child(here, resident_id=LOST, born_on=date(2017, 5, 2))
    checked()
    assert only("number_fails").pupil == lost
    assert not findings("birth_date_differs")


def civil(*rows: dict[str, Any]) -> None:
    registers.delivered(registers.tables(), *(registers.row(**row) for row in rows))


def test_a_birth_date_that_civil_registration_confirms_is_mended_by_a_button(wrong: Pupil) -> None:
    civil({"resident_id": SOUND, "name": "王小涵", "born_on": BORN})
    checked()
    repair(only(), by=cast.li())
    wrong.refresh_from_db()
    assert wrong.born_on == BORN
    checked()
    assert only().state == "mended"


def test_a_sex_is_mended_as_well() -> None:
    pupil = child(a_class(), resident_id=SOUND, sex="1")
    civil({"resident_id": SOUND, "name": "王小涵", "born_on": BORN})
    checked()
    repair(only("sex_differs"), by=cast.li())
    pupil.refresh_from_db()
    assert pupil.sex == "2"


def test_nothing_is_mended_that_was_changed_since_or_that_nobody_confirms(wrong: Pupil) -> None:
    checked()
    with pytest.raises(NotSafe):
        repair(only(), by=cast.li())
    civil({"resident_id": SOUND, "name": "王小涵", "born_on": BORN})
    checked()
    corrected(wrong, date(2017, 1, 6))
    with pytest.raises(NotSafe):
        repair(only(), by=cast.li())


def test_a_death_is_found_and_a_check_that_is_undecided_later_changes_nothing() -> None:
    child(a_class(), resident_id=SOUND)
    connection = registers.tables()
    row = registers.row(resident_id=SOUND, name="王小涵", status="died", status_on="2026-01-01")
    registers.delivered(connection, row)
    checked()
    assert only("died").figures["same_name"] is True
    connection.ended_on = timezone.localdate()
    connection.save()
    checked()
    assert only("died").state == "open"


def test_a_false_alarm_stays_silent_through_the_next_deliveries_of_other_registers() -> None:
    child(a_class(), resident_id=SOUND)
    civil_rows, rolls = registers.tables(), registers.tables(Register.ENROLMENT)
    died = registers.row(resident_id=SOUND, name="王小涵", status="died", status_on="2026-01-01")
    facts = {"resident_id": SOUND, "name": "王小涵", "district": "990200"}
    on_a_roll = registers.row(Register.ENROLMENT, **facts)
    for as_of in (date(2026, 6, 1), date(2026, 7, 1)):
        registers.delivered(civil_rows, died, as_of=as_of)
        registers.delivered(rolls, on_a_roll, as_of=as_of)
        checked()
        for rule in ("died", "same_child_elsewhere"):
            found = only(rule)
            if found.state == "open":
                mark_false_alarm(found, reason="Looked at the paper", by=cast.li())
    assert {only(rule).first_run for rule in ("died", "same_child_elsewhere")} == {
        only("died").first_run
    }
    assert only("died").first_run != only("died").last_run
    assert (only("died").state, only("same_child_elsewhere").state) == ("false_alarm",) * 2


def test_a_record_in_another_district_is_found() -> None:
    child(a_class(), resident_id=SOUND)
    rolls = registers.tables(Register.ENROLMENT)
    facts = {"resident_id": SOUND, "name": "王小涵", "district": "990200", "guardian_phone": "x"}
    registers.delivered(rolls, registers.row(Register.ENROLMENT, **facts))
    checked()
    assert only("same_child_elsewhere").figures["district"] == "990200"


def test_a_child_that_sits_elsewhere_than_its_record_is_found() -> None:
    here, there = a_class(), a_class("school-2")
    pupil = child(here)
    called(here, 2, marks={pupil.pk: "absent"})
    called(there, 2, guests=[guest(pupil)])
    checked()
    found = only("record_elsewhere")
    assert (found.pupil, found.organisation.code) == (pupil, "school-2")


def test_a_record_whose_child_nobody_saw_is_found() -> None:
    here = a_class()
    pupil, ill = child(here), child(here, name="李小草")
    called(here, 10, marks={pupil.pk: "not_listed", ill.pk: "ill"})
    checked()
    assert only("record_without_pupil").pupil == pupil


def test_the_same_child_in_two_schools_is_found_though_one_number_is_missing() -> None:
    keys = {"household_number": "H1", "household_key": "key of H1"}
    child(a_class(), resident_id=SOUND, **keys)
    child(a_class("school-2"), **keys)
    checked()
    found = only("likely_same_child")
    assert found.other_pupil is not None
    assert found.figures["name"] == "same"


def test_no_name_and_no_number_of_anybody_is_in_a_snapshot(wrong: Pupil) -> None:
    called(a_class("school-2"), 1, guests=[])
    run = checked()
    files = thaw(run.snapshot)
    engine, _snapshot = from_files(files)
    with engine:
        rows = engine.execute("SELECT * FROM pupils").fetchall()
    written = " ".join(str(value) for row in rows for value in row)
    assert str(wrong.pk) in written
    assert SOUND not in written
    assert "王小涵" not in written
    assert all(SOUND.encode() not in data for data in files.values())


def test_one_check_of_a_register_is_under_way_at_a_time(wrong: Pupil) -> None:
    county, today = cast.counties(), timezone.localdate()
    freeze_and_request(county, on=today, by=None, enqueue=lambda _run: None)
    with pytest.raises(AlreadyRunning):
        freeze_and_request(county, on=today, by=None, enqueue=lambda _run: None)


def test_by_the_button_a_job_freezes_and_another_checks(wrong: Pupil) -> None:
    check_soon(cast.counties(), by=cast.li())
    worker.work_off()
    assert only().state == "open"
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_every_night_the_counties_with_pupils_are_checked(wrong: Pupil) -> None:
    check_registers()
    worker.work_off()
    assert only().state == "open"
    assert Job.objects.filter(kind="registry.freeze_register").count() == 1


def test_marks_are_forgotten_in_time_and_the_day_of_the_class_stays() -> None:
    here = a_class()
    pupil = child(here)
    called(here, 1, marks={pupil.pk: "ill"})
    soon = timezone.now() + timedelta(days=2)
    assert clear_marks(timezone.now() - timedelta(days=2), 10) == 0
    assert clear_marks(soon, 10) == 1
    assert (AttendanceMark.objects.count(), RollCall.objects.count()) == (0, 1)
    assert clear_findings(soon, 10) == 0


def test_what_a_mended_finding_compared_is_emptied_in_time(wrong: Pupil) -> None:
    checked()
    corrected(wrong)
    checked()
    assert clear(timezone.now() + timedelta(days=2), 10) == 1
    assert only().figures == {}
