"""Check-in and waiting lists: who came keeps the seat, and the next in the order is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import (
    Application,
    Attendance,
    CallUp,
    Letter,
    Round,
    RoundRun,
    SeatDecision,
    SeatOffer,
)
from junheng.admissions.selectors.seats import absentees, attended, holders
from junheng.admissions.services import calling_up, checking_in, telling
from junheng.admissions.services.acts import OutOfTurn
from junheng.admissions.services.calling_up import AnsweredAlready, NobodyWaits
from junheng.admissions.services.checking_in import NotAtThisSchool
from junheng.admissions.snapshots.waiting import waiting_lists
from junheng.admissions.tests.after import builders
from junheng.admissions.tests.after.builders import of_family, released, seated
from junheng.admissions.tests.letters.builders import school_of
from junheng.admissions.tests.rounds import builders as rounds
from junheng.commons.approvals import NotTheirs
from junheng.commons.models import Message

pytestmark = pytest.mark.django_db
SOON = timedelta(seconds=0.5)


@pytest.fixture
def record(li: User, wu: User) -> RoundRun:
    return builders.published(li, wu)


@pytest.fixture
def short(li: User, wu: User) -> RoundRun:
    """Check-in is over as soon as it began."""
    return builders.published(li, wu, check_in=SOON)


def tick(record: RoundRun, children: list[Application], state: str = "came") -> int:
    school = school_of(record)
    numbers = [one.number for one in children]
    return checking_in.tick(record.round, school, numbers, state, by=cast.sun())


def test_at_a_school_open_by_lottery_children_wait_in_the_order_of_their_tickets(
    li: User, wu: User
) -> None:
    """Tier and older child are nothing there: c2's sister at school-3 does not help it."""
    children = rounds.CHILDREN.replace("1,school-1,", "1,school-3,")
    choices = "applicant_id,rank,school_id\n" + "".join(
        f"{code},1,school-3\n" for code in ("c1", "c2", "c3", "c4")
    )
    record = builders.published(li, wu, applicants=children, choices=choices, by_lottery="school-3")
    waiting = waiting_lists(record).waiting
    claims = {one.child: dict(zip(one.schools, one.claims, strict=True)) for one in waiting}
    rows = record.placements.filter(code__in=claims).values_list("code", "ticket_order")
    for code, order in rows:
        assert claims[code]["school-3"] == (order, code)
        assert len(claims[code].get("school-1", (0, 0, 0, 0))) == 4
    assert len(claims) == 3


def everybody_else(record: RoundRun, gone: Application) -> None:
    """All of the county come, but one child."""
    for school in record.input.schools.all():
        there = [one.number for one in seated(record, school.code) if one != gone]
        checking_in.tick(record.round, school, there, "came", by=cast.li())


def next_up(short: RoundRun, li: User, wu: User) -> SeatOffer:
    """A seat of school-1 is released, and offered to the next child."""
    [gone, _stays] = seated(short)
    everybody_else(short, gone)
    released(short, li, wu)
    calling_up.call_up(short.round, by=li)
    return SeatOffer.objects.get(school__code="school-1")


def test_the_desk_ticks_and_undoes_and_several_at_once(record: RoundRun) -> None:
    children = seated(record)
    assert tick(record, children) == 2
    assert tick(record, children[:1], "excused") == 1
    assert tick(record, children[1:], "") == 1
    assert list(Attendance.objects.values_list("state", flat=True)) == ["excused"]
    assert children[1] in absentees(record)


def test_a_child_of_another_school_is_not_ticked(record: RoundRun) -> None:
    with pytest.raises(NotAtThisSchool):
        tick(record, [*seated(record), *seated(record, "school-2")])
    assert not Attendance.objects.exists()


def test_nothing_is_released_before_the_end_nor_by_hand(
    record: RoundRun, li: User, wu: User
) -> None:
    with pytest.raises(OutOfTurn, match="after the end"):
        checking_in.ask_to_release(record.round, by=li, reason="Did not come.")
    [child, _other] = seated(record)
    decision = SeatDecision(
        round=record.round,
        application=child,
        former=school_of(record),
        why="absent",
        words="-",
        by=li,
        second=wu,
        at=timezone.now(),
    )
    with pytest.raises(DatabaseError, match="after check-in"), transaction.atomic():
        decision.save(force_insert=True)


def test_who_did_not_come_loses_the_seat_and_the_next_is_asked(
    short: RoundRun, li: User, wu: User
) -> None:
    [gone, stays] = seated(short)
    offer = next_up(short, li, wu)
    assert seated(short) == [stays]
    assert offer.application.code in {"c3", "c4", "c1", "c2"} - {gone.code, stays.code}
    receipt = CallUp.objects.get().receipt
    assert ["school-1", offer.application.code] in receipt["calls"]
    assert gone.code not in {child for child, *_ in receipt["waiting"]}
    told = Message.objects.get(template=telling.OFFERED.key, subject=offer.application.number)
    assert told.path == offer.application.path


def test_an_accepted_seat_is_the_childs_and_its_old_one_is_free(
    short: RoundRun, li: User, wu: User
) -> None:
    offer = next_up(short, li, wu)
    zhao = cast.zhao()
    of_family(short, zhao, offer.application.code)
    assert Attendance.objects.get(application=offer.application).state == "came"
    calling_up.accept(offer, by=zhao)
    assert offer.application in holders(short, "school-1")
    assert not Attendance.objects.filter(application=offer.application).exists()
    assert offer.application not in absentees(short)
    assert len(seated(short)) == 2
    decision = SeatDecision.objects.newest().get(application=offer.application)
    assert (decision.why, decision.offer, decision.second) == ("waiting", offer, None)
    assert Letter.objects.get(application=offer.application, end="").decision == decision
    with pytest.raises(AnsweredAlready):
        calling_up.refuse(offer, by=zhao)


def test_who_refuses_keeps_its_place_and_is_not_asked_again(
    short: RoundRun, li: User, wu: User
) -> None:
    first = next_up(short, li, wu)
    calling_up.refuse(first, by=cast.zhao())
    assert not SeatDecision.objects.filter(application=first.application).exists()
    calling_up.call_up(short.round, by=li)
    second = SeatOffer.objects.get(school__code="school-1", state="offered")
    assert second.application != first.application
    calling_up.refuse(second, by=cast.zhao())
    with pytest.raises(NobodyWaits):
        calling_up.call_up(short.round, by=li)


def test_silence_leaves_everything_as_it_is(short: RoundRun, li: User, wu: User) -> None:
    first = next_up(short, li, wu)
    late = first.until + timedelta(minutes=1)
    calling_up.call_up(short.round, by=li, now=late)
    first.refresh_from_db()
    assert first.state == "lapsed"
    assert not SeatDecision.objects.filter(application=first.application).exists()


def test_the_site_cannot_offer_or_give_past_the_list(short: RoundRun, li: User, wu: User) -> None:
    offer = next_up(short, li, wu)
    other = SeatOffer(
        call_up=offer.call_up,
        round=short.round,
        application=seated(short)[0],
        school=offer.school,
        until=offer.until,
    )
    with pytest.raises(DatabaseError, match="whom the call-up names"), transaction.atomic():
        other.save(force_insert=True)
    decision: dict[str, Any] = {
        "round": short.round,
        "application": offer.application,
        "school": offer.school,
        "school_path": offer.school.path,
        "why": "waiting",
        "words": "-",
        "offer": offer,
        "by": li,
        "at": timezone.now(),
    }
    placed = short.placements.get(code=offer.application.code)
    with pytest.raises(DatabaseError, match="offered and accepted"), transaction.atomic():
        SeatDecision(**decision, former=placed.school).save(force_insert=True)
    calling_up.refuse(offer, by=li)
    for change in (lambda: SeatOffer.objects.update(state="accepted"), offer.delete):
        with pytest.raises(DatabaseError, match=r"answered once|kept"), transaction.atomic():
            change()
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        CallUp.objects.update(number=9)


def test_only_the_officer_calls_up(record: RoundRun, wu: User) -> None:
    with pytest.raises(NotTheirs):
        calling_up.call_up(record.round, by=wu)


def test_families_are_told_once_that_the_result_is_out(record: RoundRun) -> None:
    assert telling.tell_result(record) == 7
    telling.tell_result(record)
    assert Message.objects.filter(template=telling.PUBLISHED.key).count() == 7


def test_the_desk_finds_by_name_number_or_the_letters_code(
    client: Client, record: RoundRun
) -> None:
    client.force_login(cast.sun())
    client.cookies["django_language"] = "en"
    first, second = seated(record)
    desk = f"/rounds/{record.round_id}/check-in/{school_of(record).pk}/"
    page = client.get(desk, {"q": f"https://x/l/{first.number}?c=1"}).content.decode()
    assert (first.number in page, f'value="{second.number}"' in page) == (True, False)
    page = client.get(desk, {"q": str(second.child_name)}).content.decode()
    assert (f'value="{first.number}"' in page, second.number in page) == (False, True)
    assert str(first.child_name) not in page
    client.post(desk, {"tick": f"came:{first.number}"})
    client.post(desk, {"tick": "excused", "child": [second.number]})
    assert set(Attendance.objects.values_list("application__number", "state")) == {
        (first.number, "came"),
        (second.number, "excused"),
    }
    client.post(desk, {"tick": f"undo:{first.number}"})
    client.post(desk, {"tick": "nonsense", "child": ["x"]})
    assert Attendance.objects.count() == 1


def test_family_and_officer_see_the_offer_and_its_answer(
    client: Client, short: RoundRun, li: User, wu: User
) -> None:
    offer = next_up(short, li, wu)
    zhao = cast.zhao()
    of_family(short, zhao, offer.application.code)
    client.cookies["django_language"] = "en"
    client.force_login(zhao)
    page = f"/apply/numbers/{offer.application.number}/"
    assert "A seat is free for your child" in client.get(page).content.decode()
    assert client.post(f"{page}offer/", {"answer": "accept"}).status_code == 302
    assert "called up from the waiting list" in client.get(page).content.decode()
    client.force_login(li)
    waiting = client.get(f"/rounds/{short.round_id}/waiting/").content.decode()
    assert offer.application.number in waiting
    assert "accepted" in waiting


def test_a_round_without_a_result_has_no_desk(client: Client, li: User) -> None:
    the_round: Round = rounds.loaded(li)
    client.force_login(li)
    for tail in ("check-in", "waiting"):
        assert client.get(f"/rounds/{the_round.pk}/{tail}/").status_code == 404


def test_schools_that_the_register_does_not_know_are_counted_apart(li: User, wu: User) -> None:
    record = builders.published(
        li,
        wu,
        schools=rounds.SCHOOLS.replace(
            "school-2,Beihe Primary,Beihe Township", "school-8,,Elsewhere"
        ),
        zones=rounds.ZONES.replace("school-2", "school-8"),
    )
    schools = {one.code: one for one in record.input.schools.all()}
    assert schools["school-8"].path == schools["school-3"].path
    there = [one.number for one in seated(record, "school-8")]
    checking_in.tick(record.round, schools["school-8"], there, "came", by=li)
    assert attended(record, li) == {(schools["school-8"].pk, "came"): len(there)}
