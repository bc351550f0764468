"""Findings and attendance on pages: who sees what, and what the buttons do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.commons.models import Job
from junheng.places.models import Role
from junheng.registry.models import AttendanceMark, IntegrityFinding, RollCall, SchoolClass
from junheng.registry.services.attendance import (
    Guest,
    NoSuchDay,
    NoSuchGuest,
    NotInThisClass,
    write_roll_call,
)
from junheng.registry.services.integrity.settling import mark_false_alarm
from junheng.registry.tests.integrity.builders import (
    SOUND,
    a_class,
    called,
    checked,
    child,
    guest,
    this_year,
)
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
RULE = "birth_date_differs"


def other_head() -> User:
    """The head of another school of the county."""
    return cast.person("he", Role.SCHOOL_HEAD, cast.school("school-2"))


@pytest.fixture
def wrong() -> IntegrityFinding:
    """A finding at school-1 that somebody has to look into."""
    child(a_class(), resident_id=SOUND, born_on=date(2017, 1, 5))
    checked()
    return IntegrityFinding.objects.get(rule=RULE)


def page(finding: IntegrityFinding, name: str = "finding") -> str:
    return reverse(f"registry:{name}", args=[finding.pk])


def test_the_list_says_what_is_open_and_what_could_not_be_checked(
    signed_in: SignedIn, wrong: IntegrityFinding
) -> None:
    client = signed_in(cast.li())
    with same_queries("registry", "integrity/"):
        text = client.get("/registry/integrity/").content.decode()
    assert "I-02 The birth date is not the one in the identity number." in text
    assert "Undecided: civil registration not delivered" in text
    assert "Check now" in text


def test_what_is_open_stands_above_what_is_settled_however_urgent_that_was(
    signed_in: SignedIn, wrong: IntegrityFinding
) -> None:
    two = a_class(number=2)
    child(two, resident_id=SOUND[:-1] + "1", born_on=date(2017, 5, 1), sex="1")
    checked()
    mark_false_alarm(wrong, reason="The paper is right", by=cast.li())
    rows = signed_in(cast.li()).get("/registry/integrity/").context["list"].table.rows
    assert [row.record.state for row in rows] == ["open", "false_alarm"]


def test_a_list_that_nobody_checked_yet_says_so(signed_in: SignedIn) -> None:
    text = signed_in(cast.li()).get("/registry/integrity/").content.decode()
    assert "The register was not checked yet" in text


def test_a_school_reads_its_findings_and_cannot_silence_them(
    signed_in: SignedIn, wrong: IntegrityFinding
) -> None:
    client = signed_in(cast.wang())
    assert "Check now" not in client.get("/registry/integrity/").content.decode()
    with same_queries("registry", "integrity/finding/"):
        text = client.get(page(wrong)).content.decode()
    assert "王*涵" in text
    assert "2017-01-05" in text
    assert "register of pupils" in text
    assert SOUND not in text
    assert "Mark as a false alarm" not in text
    answer = client.post(page(wrong, "false_alarm"), {"reason": "no"})
    assert answer.status_code in {403, 404}
    wrong.refresh_from_db()
    assert wrong.state == "open"


@pytest.mark.parametrize("who", [other_head, cast.qian])
def test_the_head_of_another_school_does_not_learn_that_there_is_a_finding(
    signed_in: SignedIn, wrong: IntegrityFinding, who: Callable[[], User]
) -> None:
    client = signed_in(who())
    assert client.get(page(wrong)).status_code == 404
    assert str(wrong.pk) not in client.get("/registry/integrity/").content.decode()


def test_an_officer_marks_a_false_alarm_and_everybody_reads_why(
    signed_in: SignedIn, wrong: IntegrityFinding
) -> None:
    client = signed_in(cast.li())
    assert client.post(page(wrong, "false_alarm"), {"reason": ""}).status_code == 422
    told = client.post(page(wrong, "false_alarm"), {"reason": "The paper is right"}, follow=True)
    assert "The paper is right" in told.content.decode()
    again = client.post(page(wrong, "false_alarm"), {"reason": "once more"}, follow=True)
    assert "This finding is not open any more." in again.content.decode()


def test_mending_what_nobody_confirms_is_refused_in_words(
    signed_in: SignedIn, wrong: IntegrityFinding
) -> None:
    told = signed_in(cast.li()).post(page(wrong, "mend"), follow=True)
    assert "so it is not mended" in told.content.decode()


def test_a_finding_that_there_is_not_is_not_found(signed_in: SignedIn) -> None:
    client = signed_in(cast.li())
    assert client.get(reverse("registry:finding", args=[uuid4()])).status_code == 404


def test_the_button_asks_for_a_check_and_leads_to_its_progress(signed_in: SignedIn) -> None:
    answer = signed_in(cast.li()).post("/registry/integrity/check/")
    assert answer["Location"] == reverse("commons:job", args=[Job.objects.get().pk])


def test_a_child_without_a_record_is_shown_by_a_mask_of_its_name(signed_in: SignedIn) -> None:
    here = a_class()
    child(here)
    called(here, 1, guests=[Guest(name="赵小雨", resident_id=SOUND)])
    checked()
    found = IntegrityFinding.objects.get(rule="no_record")
    text = signed_in(cast.wang()).get(page(found)).content.decode()
    assert "赵*雨" in text
    assert "赵小雨" not in text
    assert f"daily attendance · {timezone.localdate()}" in text


def test_a_pair_shows_both_children_and_where_they_are(signed_in: SignedIn) -> None:
    keys = {"household_number": "H1", "household_key": "key of H1"}
    child(a_class(), resident_id=SOUND, **keys)
    child(a_class("school-2"), **keys)
    checked()
    found = IntegrityFinding.objects.get(rule="likely_same_child")
    text = signed_in(cast.li()).get(page(found)).content.decode()
    assert "Primary School school-1" in text
    assert "Primary School school-2" in text
    assert "Probability of one child" in text


# Attendance.


def sheet(row: SchoolClass, day: date | None = None) -> str:
    return reverse("registry:roll_call", args=[row.pk, day or timezone.localdate()])


def test_a_clerk_writes_down_a_day_and_finds_it_again(signed_in: SignedIn) -> None:
    here, there = a_class(), a_class("school-2")
    ill, present, visitor = child(here), child(here), child(there)
    client = signed_in(cast.sun())
    with same_queries("registry", "attendance/class/"):
        assert "王*涵" in client.get(sheet(here)).content.decode()
    data = {f"pupil_{ill.pk}": "ill", f"pupil_{present.pk}": "", "guest_0_number": visitor.number}
    assert client.post(sheet(here), data)["Location"] == "/registry/attendance/"
    marks = AttendanceMark.objects.values_list("pupil", "mark")
    assert set(marks) == {(ill.pk, "ill"), (visitor.pk, "guest")}
    text = client.get(sheet(here)).content.decode()
    assert "Written down already" in text
    assert visitor.number in text
    [kept] = AttendanceMark.objects.filter(mark="guest")
    client.post(sheet(here), {f"keep_{kept.pk}": "on"})
    assert list(AttendanceMark.objects.all()) == [kept]
    client.post(sheet(here), {})
    assert AttendanceMark.objects.count() == 0
    assert RollCall.objects.count() == 1


def test_the_list_shows_which_classes_delivered_today(signed_in: SignedIn) -> None:
    here = a_class()
    a_class(number=2)
    child(here)
    called(here, 1)
    client = signed_in(cast.sun())
    with same_queries("registry", "attendance/"):
        text = client.get("/registry/attendance/").content.decode()
    assert "not yet" in text
    assert "delivered" in text


def test_a_guest_who_was_written_down_is_shown_in_masks(signed_in: SignedIn) -> None:
    here = a_class()
    called(here, 1, guests=[Guest(name="赵小雨", resident_id=SOUND)])
    text = signed_in(cast.sun()).get(sheet(here)).content.decode()
    assert "赵*雨" in text
    assert "赵小雨" not in text
    assert SOUND not in text


def test_a_guest_whom_nobody_knows_is_refused_in_words(signed_in: SignedIn) -> None:
    here = a_class()
    answer = signed_in(cast.sun()).post(sheet(here), {"guest_0_number": "PU-1"})
    assert answer.status_code == 422
    assert "There is no pupil with the number PU-1." in answer.content.decode()


def test_a_class_of_another_school_is_not_found_and_an_auditor_writes_nothing(
    signed_in: SignedIn,
) -> None:
    there = a_class("school-2")
    assert signed_in(cast.sun()).get(sheet(there)).status_code == 404
    assert signed_in(cast.zheng()).post(sheet(there), {}).status_code in {403, 404}
    assert not RollCall.objects.exists()


def test_a_day_to_come_or_of_another_year_and_a_stranger_to_the_class_are_refused() -> None:
    here = a_class()
    pupil, other = child(here), child(a_class("school-2"))
    today = timezone.localdate()
    with pytest.raises(NoSuchDay):
        write_roll_call(here, day=today + timedelta(days=1), marks={}, by=cast.sun())
    with pytest.raises(NoSuchDay):
        write_roll_call(here, day=date(this_year(), 8, 31), marks={}, by=cast.sun())
    with pytest.raises(NotInThisClass):
        write_roll_call(here, day=today, marks={other.pk: "absent"}, by=cast.sun())
    for nobody in (Guest(resident_id=SOUND), guest(pupil)):
        with pytest.raises(NoSuchGuest):
            write_roll_call(here, day=today, marks={}, guests=[nobody], by=cast.sun())
    assert not RollCall.objects.exists()


def test_the_database_wants_to_know_of_whom_a_mark_is() -> None:
    here = a_class()
    called(here, 1)
    call = RollCall.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        AttendanceMark.objects.create(call=call, mark="absent")
    with pytest.raises(IntegrityError), transaction.atomic():
        RollCall.objects.create(
            organisation=here.organisation, school_class=here, day=call.day, entered_by=cast.li()
        )
