"""Objections: in time, answered once, and upheld without taking anybody's seat away."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Letter, Objection, Round, RoundRun, SeatDecision
from junheng.admissions.selectors.seats import holders, room_at
from junheng.admissions.services import issuing, loading, objecting, publishing, upholding
from junheng.admissions.services.acts import OutOfTurn
from junheng.admissions.services.deciding import NoRoom, SeatHeld
from junheng.admissions.services.freezing import correction_of
from junheng.admissions.services.objecting import (
    AnsweredAlready,
    NothingSaid,
    NotInTime,
    ObjectedAlready,
)
from junheng.admissions.tests.after import builders
from junheng.admissions.tests.after.builders import child, objected, of_family, unplaced, upheld
from junheng.admissions.tests.letters import builders as letters
from junheng.admissions.tests.rounds import builders as rounds
from junheng.cases.facade import case_of
from junheng.commons import approvals
from junheng.commons.approvals import NeedsSomebodyElse

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(li: User, wu: User) -> RoundRun:
    return builders.published(li, wu)


@pytest.fixture
def zhao(db: None) -> User:
    return cast.zhao()


def seats(record: RoundRun) -> set[tuple[str, str | None]]:
    return set(record.placements.values_list("code", "school__code"))


def test_an_objection_is_a_case_with_a_date_for_the_officer(record: RoundRun, zhao: User) -> None:
    made = objected(of_family(record, zhao), zhao)
    case = case_of(objecting.CASE, made.number)
    assert case is not None
    assert (case.role, case.url) == ("admissions_officer", objecting.page_of(made.number))
    assert "next door" not in case.title + str(case.facts)


def test_what_the_family_says_is_sealed(record: RoundRun, zhao: User) -> None:
    objected(of_family(record, zhao), zhao)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM admissions_objection")
        assert b"next door" not in bytes(cursor.fetchone()[0])


def test_an_objection_upheld_wins_a_seat_and_takes_nobodys_away(
    record: RoundRun, zhao: User, li: User, wu: User
) -> None:
    before, code = seats(record), unplaced(record)
    made = upheld(objected(of_family(record, zhao, code), zhao), record, li, wu, "school-1")
    assert (made.state, made.answered_by, made.second) == ("upheld", li, wu)
    decision = SeatDecision.objects.get(application__code=code)
    assert decision.school is not None
    assert (decision.school.code, decision.former, decision.clause) == (
        "school-1",
        None,
        builders.CLAUSE,
    )
    assert seats(record) == before
    room = room_at(record, decision.school)
    assert (room.taken, room.seats) == (3, 2)
    case = case_of(objecting.CASE, made.number)
    assert case is not None
    assert case.is_closed


def test_the_letter_of_the_old_seat_is_superseded_by_one_for_the_new_seat(
    record: RoundRun, zhao: User, li: User, wu: User
) -> None:
    [old, *_] = letters.issued(record, "school-2")
    upheld(objected(child(record, old.application.code), zhao), record, li, wu, "school-1")
    old.refresh_from_db()
    fresh = Letter.objects.get(application=old.application, end="")
    assert (old.end, fresh.school.code) == ("superseded", "school-1")
    assert old.application not in holders(record, "school-2")
    assert issuing.issue(record.round, letters.school_of(record, "school-2"), by=li) == 0


def test_one_person_alone_upholds_nothing(record: RoundRun, zhao: User, li: User) -> None:
    made = objected(of_family(record, zhao), zhao)
    seat = letters.school_of(record, "school-2")
    asked = upholding.ask(made, seat, builders.CLAUSE, "Right.", by=li)
    with pytest.raises(NeedsSomebodyElse):
        approvals.agree(asked, li)
    made.refresh_from_db()
    assert made.state == "open"


def test_a_school_full_to_the_class_cap_takes_nobody(li: User, wu: User, zhao: User) -> None:
    record = builders.published(li, wu, cap=2)
    made = objected(child(record, unplaced(record)), zhao)
    with pytest.raises(NoRoom, match="2 of 2"):
        upholding.ask(made, letters.school_of(record), builders.CLAUSE, "Right.", by=li)
    with pytest.raises(DatabaseError, match="within the class cap"), transaction.atomic():
        by_hand(record, unplaced(record), made, li, wu)


def by_hand(
    record: RoundRun, code: str, made: Objection, li: User, wu: User, **different: Any
) -> None:
    """A decision past the services."""
    school = letters.school_of(record)
    values = {
        "round": record.round,
        "application": child(record, code),
        "school": school,
        "school_path": school.path,
        "former": None,
        "why": "objection",
        "clause": "1",
        "words": "-",
        "objection": made,
        "by": li,
        "second": wu,
        "at": timezone.now(),
    }
    SeatDecision(**{**values, **different}).save(force_insert=True)


def test_the_site_cannot_decide_past_the_rules(
    record: RoundRun, zhao: User, li: User, wu: User
) -> None:
    code = unplaced(record)
    made = objected(child(record, code), zhao)
    other = letters.school_of(record, "school-2")
    for different, words in (
        ({"second": li}, "by_two"),
        ({"second": None}, "by_two"),
        ({"clause": ""}, "of_an_objection"),
        ({"objection": None}, "of_an_objection|while it is open"),
        ({"former": other}, "begins with the seat"),
        ({"school_path": other.path}, "within the class cap"),
        ({"application": child(record, "c5")}, "while it is open"),
        ({"why": "absent", "objection": None}, "released after check-in"),
    ):
        with pytest.raises(DatabaseError, match=words), transaction.atomic():
            by_hand(record, code, made, li, wu, **different)
    by_hand(record, code, made, li, wu)
    decision = SeatDecision.objects.get()
    for change in (decision.delete, lambda: SeatDecision.objects.update(clause="2")):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            change()


def test_a_child_has_one_seat_whatever_is_decided(
    record: RoundRun, zhao: User, li: User, wu: User
) -> None:
    code = unplaced(record)
    made = upheld(objected(child(record, code), zhao), record, li, wu, "school-1")
    again = objected(child(record, code), zhao, "And again")
    with pytest.raises(SeatHeld):
        upholding.ask(again, letters.school_of(record), "1", "No", by=li)
    with pytest.raises(DatabaseError), transaction.atomic():
        by_hand(record, code, made, li, wu)
    upheld(again, record, li, wu, "school-2")
    held = [s for s in ("school-1", "school-2") if child(record, code) in holders(record, s)]
    assert held == ["school-2"]


def test_a_list_is_not_corrected_once_seats_were_decided(
    record: RoundRun, zhao: User, li: User, wu: User
) -> None:
    upheld(objected(child(record, unplaced(record)), zhao), record, li, wu, "school-1")
    upload = rounds.uploaded(li, applicants=rounds.CHILDREN.replace(",2,,", ",3,,"))
    loaded = loading.load_correction(upload, li)
    with pytest.raises(OutOfTurn, match="one by one"):
        correction_of(record.round, loaded.pk)


def test_one_objection_at_a_time_and_none_without_words(record: RoundRun, zhao: User) -> None:
    application = of_family(record, zhao)
    with pytest.raises(NothingSaid):
        objected(application, zhao, "  ")
    first = objected(application, zhao)
    with pytest.raises(ObjectedAlready):
        objected(application, zhao)
    objecting.withdraw(first, by=zhao)
    assert objected(application, zhao).state == "open"


def test_an_answer_is_given_once_with_its_reasons(record: RoundRun, zhao: User, li: User) -> None:
    made = objected(of_family(record, zhao), zhao)
    with pytest.raises(NothingSaid):
        objecting.reject(made, " ", by=li)
    objecting.reject(made, "The ticket decided.", by=li)
    with pytest.raises(AnsweredAlready):
        objecting.reject(made, "Once more.", by=li)
    for state in ("open", "withdrawn"):
        with pytest.raises(DatabaseError, match="answered once"), transaction.atomic():
            Objection.objects.filter(pk=made.pk).update(state=state)


def test_the_site_cannot_uphold_without_a_decision(
    record: RoundRun, zhao: User, li: User, wu: User
) -> None:
    made = objected(of_family(record, zhao), zhao)
    made.state, made.answer, made.answered_at = "upheld", "yes", timezone.now()
    made.answered_by, made.second = li, wu
    with pytest.raises(DatabaseError, match="with a decision"), transaction.atomic():
        made.save()
    with pytest.raises(DatabaseError, match="kept"), transaction.atomic():
        made.delete()


def test_the_days_hold_with_their_grace(record: RoundRun, zhao: User) -> None:
    application = of_family(record, zhao)
    span = objecting.time_for_objections(record.round)
    assert span is not None
    minute = timedelta(minutes=1)
    for now, began in (
        (span.begins_at - minute, span.begins_at - minute),
        (span.ends_at + minute, span.ends_at + minute),
        (span.ends_at + 31 * minute, span.ends_at - minute),
    ):
        with pytest.raises(NotInTime, match="from"):
            objecting.object_to(application, "No", by=zhao, began_at=began, now=now)
    objecting.require_time(application, span.ends_at + 29 * minute, span.ends_at - minute)
    assert not objecting.may_object(application, span.ends_at + minute)


def test_the_site_cannot_write_an_objection_out_of_time(record: RoundRun, zhao: User) -> None:
    made = objected(of_family(record, zhao), zhao)
    objecting.withdraw(made, by=zhao)
    for different, words in (
        ({"began_at": made.began_at - 2 * builders.DAY}, "in the time"),
        ({"raised_at": made.raised_at + 8 * builders.DAY}, "in the time"),
        ({"state": "rejected"}, "begins open"),
        ({"application": child(record, "c2"), "round_id": record.round_id + 1}, "in the time"),
    ):
        copy = Objection(
            id=uuid.uuid4(),
            number=f"OB-{len(words)}",
            round=record.round,
            application=made.application,
            words="x",
            began_at=made.began_at,
            raised_at=made.raised_at,
            raised_by=zhao,
        )
        for name, value in different.items():
            setattr(copy, name, value)
        with pytest.raises(DatabaseError, match=words), transaction.atomic():
            copy.save(force_insert=True)


def test_a_round_is_not_closed_while_an_objection_is_open(
    record: RoundRun, zhao: User, li: User
) -> None:
    made = objected(of_family(record, zhao), zhao)
    with pytest.raises(OutOfTurn, match=made.number):
        publishing.close(record.round, by=li)
    with pytest.raises(DatabaseError, match="waits for its answer"), transaction.atomic():
        Round.objects.filter(pk=record.round_id).update(state="closed")
    objecting.reject(made, "The tickets decided.", by=li)
    publishing.close(record.round, by=li)
    record.round.refresh_from_db()
    assert record.round.state == "closed"


@pytest.mark.django_db(transaction=True)
def test_of_a_close_and_an_objection_at_the_same_moment_one_comes_first(
    record: RoundRun, zhao: User, li: User
) -> None:
    """The round is held for closing in one connection while the family sends its objection."""
    mine, told = of_family(record, zhao), []

    def send() -> None:
        try:
            objected(mine, zhao)
        except NotInTime:
            told.append(True)
        finally:
            connection.close()

    family = threading.Thread(target=send)
    with transaction.atomic():
        publishing.close(record.round, by=li)
        family.start()
        family.join(0.5)
        assert family.is_alive()  # it waits for the round
    family.join(20)
    assert told == [True]
    assert not Objection.objects.exists()
