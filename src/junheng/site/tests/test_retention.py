"""Every field of the register of personal data is really emptied at night, histories included."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pgtrigger
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.utils import timezone
from pytest_django import Settings

from junheng.accounts.models import PhoneCode, ReadLog, SignIn, User
from junheng.accounts.services.families import family_of_phone
from junheng.accounts.tests import cast
from junheng.admissions.models import (
    Application,
    ApplicationDraft,
    HouseClaim,
    NoticeText,
    Objection,
    Round,
    RoundDate,
    RoundRun,
    SeatDecision,
)
from junheng.admissions.services.telling import RECEIVED
from junheng.admissions.services.verifying import subject_of
from junheng.admissions.tests.after import builders as after
from junheng.aid.tests import long_held as aid
from junheng.cases.engine.flow import Deed
from junheng.cases.models import Case, CaseEntry, Consultation
from junheng.cases.services import cases, desk
from junheng.cases.tests.builders import answered, kinds, matter
from junheng.cases.tests.test_desk import ASKED, here
from junheng.commons import messages, personal, retention
from junheng.commons.models import Attempt, DataRequest, Erasure, ImportBatch, Message, Upload
from junheng.commons.snapshots import freeze
from junheng.commons.tests.roles import as_the_site
from junheng.evidence.models import Delivery, Finding, Record
from junheng.evidence.tests import builders as evidence
from junheng.registry.models import (
    Arrival,
    AttendanceMark,
    ClassAssignment,
    DrawnPupil,
    Guardian,
    Pupil,
    RollCall,
    SchoolClass,
    Standing,
)
from junheng.registry.tests.builders import a_class
from junheng.registry.tests.staff_builders import staff_member, staff_post

__all__ = ["kinds"]  # a fixture that is always on
pytestmark = pytest.mark.django_db
PHONE = "13800000077"
NOW = timezone.now()
LONG_AGO = NOW - timedelta(days=7 * 365)
NOTHING: tuple[Any, ...] = (None, "", "–", {})
FUNCTIONS = {
    "admissions_forget_application": (uuid4(), b"", b"", b"", b""),
    "admissions_forget_objection": (uuid4(), b"", b"", b""),
    "admissions_forget_decision": (uuid4(), b""),
    "cases_forget_caller": (uuid4(),),
    "cases_forget_asker": (uuid4(),),
    "commons_forget_request": (uuid4(), b"", b""),
    "registry_forget_pupil": (uuid4(), b""),
    "accounts_forget_family": (1,),
    "aid_forget_household": (1,),
}
LOGS = ("accounts_forget_sign_ins", "accounts_forget_addresses", "commons_forget_attempts")


@pytest.fixture
def family(settings: Settings, tmp_path: Path) -> User:
    """A family of whom all is held that can be, all of it long ago."""
    settings.STORAGE_ROOT = tmp_path / "files"
    personal.take_in()
    made, li, wu = family_of_phone(PHONE), cast.li(), cast.wu()
    record = after.published(li, wu)
    with pgtrigger.ignore():
        child = applied(record, made)
        followed(child, record, li, wu)
        asked(made, li)
        logged(made)
        registers(child)
        at_school()
        aid.paid_out(LONG_AGO)
        aid.in_a_village()
        aid.decided_of(LONG_AGO)
        grow_old(record.round)
    return made


def applied(record: RoundRun, family: User) -> Application:
    """Its application, with a statement, a house, a draft beside it, a photo and a record."""
    child = after.of_family(record, family)
    child.statement, child.child_key, child.born_on = "{}", "K" * 32, NOW.date()
    child.save()
    HouseClaim.objects.create(application=child, house_key="H", family_key="F", year=2019)
    notice = NoticeText.objects.create(
        kind="consent", version="1", body="x", sha256="c" * 64, since=NOW
    )
    ApplicationDraft.objects.create(
        round=record.round, owner=family, answers="{}", consent=notice,
        consented_at=NOW, began_at=NOW, saved_at=NOW,
    )  # fmt: skip
    Upload.objects.create(
        subject=subject_of(child), owner=family, key="k", name="deed.jpg", length=3, received=3,
        state="ready", sha256="a" * 64, begun_at=NOW, expires_at=NOW,
    )  # fmt: skip
    left = (LONG_AGO + timedelta(days=200)).date()
    pupil = Pupil.objects.create(
        number="PU26-1", organisation=cast.school(), name="王小涵",
        resident_id="990100202002290022", born_on=NOW.date(), entered_on=LONG_AGO.date(),
        left_on=left, source=child.pk, entered_by=cast.li(),
        resident_id_key="K", national_number="G1", national_number_key="K",
        household_number="H1", household_key="K",
    )  # fmt: skip
    Guardian.objects.create(
        pupil=pupil, name="王敏", phone="13800001234", resident_id="990100198001010010",
        resident_id_key="K", valid_from=LONG_AGO.date(),
    )  # fmt: skip
    for day, end, state in (
        (LONG_AGO.date(), left, "studying"),
        (left, None, "left"),
    ):
        Standing.objects.create(
            pupil=pupil, organisation=pupil.organisation, school_year=2019, grade=1, state=state,
            valid_from=day, valid_to=end, movement="entered" if end else "left",
            entered_by=cast.li(),
        )  # fmt: skip
    return child


def followed(child: Application, record: RoundRun, li: User, wu: User) -> None:
    """An objection with its answer, a decision, a message."""
    objection = Objection.objects.create(
        number="OB26-1", round=record.round, application=child, words="We live next door.",
        state="rejected", answer="No.", answered_by=li, answered_at=NOW, began_at=NOW,
        raised_at=NOW, satisfied=False, remark="Nobody came.", said_at=NOW,
    )  # fmt: skip
    objection.save()
    SeatDecision.objects.create(
        round=record.round, application=child, former=record.input.schools.get(code="school-1"),
        why="absent", words="Did not come.", by=li, second=wu, at=NOW,
    )  # fmt: skip
    messages.send(
        PHONE, RECEIVED.key, {"number": child.number}, subject=child.number
    )  # fmt: skip
    Message.objects.update(state="sent", ended_at=NOW, written_at=LONG_AGO)


def asked(family: User, li: User) -> None:
    """A call to the desk, a case that was settled, a request about data."""
    call = desk.answer_now(ASKED, desk=here(), by=li, said="So.")
    case = cases.heard_back(answered(matter()).number, Deed.SATISFIED, by=cast.zhou())
    Case.objects.filter(pk=case.pk).update(closed_at=LONG_AGO, facts={"who": "王大明"}, words="So.")
    CaseEntry.objects.filter(case=case).update(words="Went there", place="East", photo="b" * 64)
    Consultation.objects.filter(pk=call.pk).update(answered_at=LONG_AGO)
    request = personal.ask_right(family, "correct", subject="x", path="/99/", words="Wrong name")
    personal.answer_right(request.pk, done=True, words="Right now.", by=li)
    DataRequest.objects.update(answered_at=LONG_AGO)


def logged(family: User) -> None:
    """What is written by the way."""
    address = "10.0.0.7"
    SignIn.objects.create(user=family, username="x", outcome="signed_in", address=address)
    ReadLog.objects.create(
        reader=cast.li(), kind="t", key="1", fields=["phone"], reason="r", address=address
    )
    Attempt.objects.create(deed="t", answer="no", address=address)
    ImportBatch.objects.create(
        kind="t", file_name="x.xlsx", sha256="a" * 64, report_sha256="b" * 64,
        errors_sha256="c" * 64, by=cast.li(),
    )  # fmt: skip
    for log in (SignIn, ReadLog, Attempt, ImportBatch):
        log._base_manager.update(at=LONG_AGO)
    PhoneCode.objects.create(
        phone_mark="m", ticket="t", address=address, sent_at=LONG_AGO, day=LONG_AGO.date()
    )


def registers(child: Application) -> None:
    """A row of another department, and what was found about the child."""
    delivery = evidence.delivered(evidence.tables(), evidence.row())
    Delivery.objects.update(loaded_at=LONG_AGO)
    Record.objects.update(key_index="K")
    Finding.objects.create(
        subject=subject_of(child), register="household", slot="child", state="found",
        connection=delivery.connection, sealed="{}", purpose="p", legal_basis="b",
    )  # fmt: skip

    Finding.objects.create(
        subject="transfer:TR-2019-AAAA-AAAAA", register="household", slot="child", state="found",
        connection=delivery.connection, sealed="{}", purpose="p", legal_basis="b", at=LONG_AGO,
    )  # fmt: skip


def at_school() -> None:
    """A child in class without a record, and a teacher who left."""
    row = a_class(size=0, school_year=LONG_AGO.year)
    call = RollCall.objects.create(
        organisation=row.organisation, school_class=row, day=LONG_AGO.date(), entered_by=cast.li()
    )
    AttendanceMark.objects.create(
        call=call, mark="guest", name="赵小雨", resident_id="990100201705010029",
        resident_id_key="K",
    )  # fmt: skip
    Arrival.objects.create(
        organisation=row.organisation, grade=3, on=LONG_AGO.date(), movement="from_outside",
        paper="x", told="{}", asked_by=cast.li(), asked_at=LONG_AGO,
    )  # fmt: skip
    teacher = staff_member(resident_id="990100199001010010", resident_id_key="K")
    listed_in_a_draw(row)
    began = (LONG_AGO - timedelta(days=9)).date()
    staff_post(teacher, valid_from=began, valid_to=LONG_AGO.date())


def listed_in_a_draw(school_class: SchoolClass) -> None:
    """A pupil's number in a list of long ago that was given up."""
    draw = ClassAssignment.objects.create(
        organisation=school_class.organisation, school_year=LONG_AGO.year, grade=3,
        targets=[[1, 45]], pupils=1, snapshot=freeze("t", {"pupils.csv": b""}),
        frozen_by=cast.li(), frozen_at=LONG_AGO,
    )  # fmt: skip
    one = DrawnPupil.objects.create(assignment=draw, pupil=Pupil.objects.all()[0], listed=7)
    DrawnPupil.objects.filter(pk=one.pk).update(number=1)
    ClassAssignment.objects.filter(pk=draw.pk).update(state="withdrawn")


def grow_old(the_round: Round) -> None:
    """The round is over since long, and the family never came back."""
    RoundDate.objects.filter(round=the_round, what="closing").update(
        begins_at=LONG_AGO, ends_at=LONG_AGO
    )
    Round.objects.filter(pk=the_round.pk).update(state="closed")
    User.objects.filter(kind="family").update(created_at=LONG_AGO, last_login=LONG_AGO)
    history: Any = User.pgh_event_model  # type: ignore[attr-defined]  # given by @tracked
    history.objects.update(pgh_created_at=LONG_AGO)


def said(key: str) -> list[Any]:
    """What a field says in all rows and all entries of its history; of accounts, those of families.

    Only what belongs to the family above: other children of the round are as old, and emptied too.
    """
    label, _dot, name = key.rpartition(".")
    model = apps.get_model(label)
    history = getattr(model, "pgh_event_model", None)
    tables: list[type[Model]] = [model, *([history] if history else [])]
    return [_plain(row, name) for table in tables for row in _rows(table) if _told(row, name)]


def _rows(table: type[Model]) -> Any:
    rows = table._base_manager.all()
    return rows.filter(kind="family") if table._meta.model_name in ("user", "userevent") else rows


def _plain(row: Model, name: str) -> Any:
    return getattr(row, name)


def _told(row: Model, name: str) -> bool:
    value = getattr(row, name)
    if value in NOTHING or str(value).startswith(("gone:", "gone-")):
        return False
    return not (name == "title" and value in (getattr(row, "number", ""), row.subject))  # type: ignore[attr-defined]  # of a case


def test_every_field_of_the_register_is_emptied_when_due(family: User) -> None:
    keys = sorted(retention.carried())
    assert [key for key in keys if not said(key)] == [], "without a sample nothing is shown here"
    with as_the_site():
        retention.erase_due()
        retention.erase_due()  # the account goes when nothing is held any more
    assert {key: left for key in keys if (left := said(key))} == {}
    assert set(Erasure.objects.values_list("kind", flat=True)) == set(retention.titles())
    assert set(retention.erase_due().values()) == {0}
    family.refresh_from_db()
    assert (family.is_active, family.username) == (False, f"gone-{family.pk}")
    assert family_of_phone(PHONE).pk != family.pk


def test_nothing_goes_that_is_still_held_or_came_lately(family: User) -> None:
    with pgtrigger.ignore():
        Round.objects.update(state="published")
    retention.erase_due()
    family.refresh_from_db()
    assert family.is_active
    assert said("admissions.Objection.words")
    with pgtrigger.ignore():
        Round.objects.update(state="closed")
    User.objects.filter(pk=family.pk).update(last_login=NOW)
    retention.erase_due()
    retention.erase_due()
    family.refresh_from_db()
    assert family.is_active
    assert not said("admissions.Objection.words")


def test_the_familys_page_tells_objections_messages_house_and_record(family: User) -> None:
    with pgtrigger.ignore():
        Application.objects.filter(family=family).update(statement=None)
    held = personal.held_for(family)
    assert [one.kind for one in held] == [
        "admissions.application",
        "admissions.applicationdraft",
        "registry.pupil",
        "accounts.user",
    ]
    told = {key for one in held for key, _label, _value in one.rows}
    assert told >= {
        "admissions.Objection.words",
        "admissions.Objection.answer",
        "admissions.SeatDecision.words",
        "admissions.HouseClaim.house_key",
        "commons.Message.content",
        "registry.Pupil.resident_id",
        "accounts.User.phone",
    }
    assert held[-1].path == held[0].path


def test_a_deletion_that_was_granted_goes_as_soon_as_the_law_allows(family: User) -> None:
    child = Application.objects.get(family=family)
    pupil = Pupil.objects.get()
    lately = NOW - timedelta(days=40)
    with pgtrigger.ignore():
        RoundDate.objects.filter(what="closing").update(begins_at=lately, ends_at=lately)
        Pupil.objects.update(left_on=lately.date())
    retention.erase_due()
    assert said("registry.Pupil.name")
    for number in (child.number, pupil.number):
        request = personal.ask_right(family, "delete", subject=number, path="/99/", words="All")
        personal.answer_right(request.pk, done=True, words="Yes.", by=cast.li())
    retention.erase_due()
    retention.erase_due()
    left = Application.objects.get(pk=child.pk)
    assert (left.child_name, list(left.objections.values_list("state"))) == ("", [("rejected",)])
    assert str(left.objections.get().words) == ""
    assert str(left.objections.get().remark) == ""
    assert not said("registry.Pupil.name")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_database_forgets_nothing_that_is_not_written_down(function: str) -> None:
    with pytest.raises(DatabaseError, match="not due"), transaction.atomic():
        retention.call(function, *FUNCTIONS[function])


def test_written_down_is_not_enough_when_it_is_not_due(family: User) -> None:
    with pgtrigger.ignore():
        Pupil.objects.update(left_on=None)
        DataRequest.objects.update(answered_at=NOW)
        Case.objects.filter(closed_at__isnull=False).update(closed_at=NOW)
        Round.objects.update(state="published")
    User.objects.filter(pk=family.pk).update(last_login=NOW)
    for kind, table, function, more in (
        ("registry.pupil", Pupil, "registry_forget_pupil", [b""]),
        ("commons.request", DataRequest, "commons_forget_request", [b"", b""]),
        ("cases.case", Case, "cases_forget_asker", []),
        ("admissions.objection", Objection, "admissions_forget_objection", [b"", b"", b""]),
        ("admissions.seat_decision", SeatDecision, "admissions_forget_decision", [b""]),
    ):
        pk: Any = table._base_manager.values_list("pk", flat=True)[0]
        Erasure.objects.create(kind=kind, subject=str(pk), path="", why="x", at=NOW)
        with pytest.raises(DatabaseError, match="not due"), transaction.atomic():
            retention.call(function, pk, *more)
    Erasure.objects.create(kind="accounts.family", subject=str(family.pk), path="", why="", at=NOW)
    with pytest.raises(DatabaseError, match="not due"), transaction.atomic():
        retention.call("accounts_forget_family", family.pk)


@pytest.mark.parametrize("function", LOGS)
def test_logs_are_kept_for_half_a_year(function: str) -> None:
    with pytest.raises(DatabaseError, match="half a year"), transaction.atomic():
        retention.call(function, NOW - timedelta(days=179), 10)


def test_the_site_still_changes_no_history_after_a_night(family: User) -> None:
    with as_the_site():
        retention.erase_due()
    for table in ("cases_caseentry", "admissions_objectionevent", "commons_datarequest"):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 -- names above
