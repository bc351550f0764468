"""What the database refuses of a second round, whoever asks: two seats, another child."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import (
    Application,
    CallUp,
    FrozenList,
    Placement,
    Round,
    RoundRun,
    SeatDecision,
    SeatOffer,
)
from junheng.admissions.selectors.seats import holders
from junheng.admissions.services import (
    calling_up,
    carrying,
    freezing,
    planning,
    reminding,
    second_rounds,
    steps,
)
from junheng.admissions.services.acts import OutOfTurn
from junheng.admissions.services.calling_up import NobodyWaits
from junheng.admissions.services.carrying import HasSeat, NoSuchChoice
from junheng.admissions.services.deciding import Ground, Why, decide
from junheng.admissions.services.left_over import FewerLeft
from junheng.admissions.services.second_rounds import FollowedAlready, NothingLeft
from junheng.admissions.tests.after import builders
from junheng.admissions.tests.after.builders import DAY
from junheng.admissions.tests.rounds import builders as rounds
from junheng.commons.approvals import NotTheirs
from junheng.commons.models import Message
from junheng.commons.refusals import Refusal

pytestmark = pytest.mark.django_db
REF = "2026-g1-2"


@pytest.fixture
def over(li: User, wu: User) -> RoundRun:
    """The first round after its check-in: nobody came, and every seat is released."""
    record = builders.over(builders.published(li, wu))
    builders.released(record, li, wu)
    return record


@pytest.fixture
def made(over: RoundRun, li: User) -> Round:
    """Its second round, planned; the seat of school-3 is left to the waiting list."""
    planned = second_rounds.hold(over.round, REF, newcomers=False, by=li)
    row = planned.plan.get(code="school-3")
    facts = {"classes": 1, "class_size": 1, "continuing": 1, "reserved": 0}
    planning.change_row(planned, row.code, by=li, **facts)
    return planned


def by_day(end: datetime) -> datetime:
    """A moment of the day, within a day before the end."""
    noon = timezone.localtime(end).replace(hour=12, minute=0)
    return noon if noon < end else noon - DAY


def offered(record: RoundRun, li: User, code: str, school: str = "school-3") -> SeatOffer:
    """A free seat, offered to a child as a call-up would."""
    now = timezone.now()
    number = record.round.call_ups.count() + 1
    receipt = {"calls": [[school, code]]}
    call = CallUp.objects.create(
        round=record.round, number=number, receipt=receipt, sha256="0" * 64, by=li, at=now
    )
    return SeatOffer.objects.create(
        call_up=call,
        round=record.round,
        application=builders.child(record, code),
        school=record.input.schools.get(code=school),
        until=now + DAY,
    )


def refused(words: str, act: Any) -> None:
    """The database says no, with these words."""
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        act()


def test_a_second_round_follows_a_published_one_once(li: User, wu: User) -> None:
    record = builders.published(li, wu)
    first = record.round
    facts = {name: getattr(first, name) for name in ("place", "path", "year", "level")}

    def follow(before: Round, **other: Any) -> Round:
        found: Round = Round.objects.create(
            **{**facts, "ref": f"{before.ref}-2", "second_of": before, **other}
        )
        return found

    with pytest.raises(OutOfTurn, match="end of check-in"):
        second_rounds.hold(first, REF, newcomers=False, by=li)
    refused("after check-in and objections", lambda: follow(first))
    builders.over(record)
    with pytest.raises(NotTheirs):
        second_rounds.hold(first, REF, newcomers=False, by=cast.zhao())
    with pytest.raises(NothingLeft, match="No school"):
        second_rounds.hold(first, REF, newcomers=False, by=li)
    refused("after check-in and objections", lambda: follow(first, year=2027))
    second = follow(first)
    with pytest.raises(FollowedAlready):
        second_rounds.hold(first, REF, newcomers=False, by=li)
    refused("second_of_id", lambda: follow(first, ref="another"))
    refused("after check-in and objections", lambda: follow(second))
    refused(
        "corrected no more",
        lambda: FrozenList.objects.create(
            round=first,
            version=2,
            reason="x",
            input=record.input,
            list_sha256="0" * 64,
            content={},
            approval=FrozenList.objects.get(round=first).approval,
        ),
    )
    with pytest.raises(OutOfTurn, match="second round follows"):
        freezing.correction_of(first, record.input_id)
    with pytest.raises(OutOfTurn, match="no third one"):
        second_rounds.hold(second, REF, newcomers=False, by=li)
    refused("never changes", lambda: Round.objects.filter(pk=second.pk).update(second_of=None))


def test_it_opens_with_no_more_than_is_left(
    over: RoundRun, made: Round, li: User, wu: User
) -> None:
    calling = offered(over, li, "c1", "school-1")
    calling_up.accept(calling, by=cast.zhao())
    with pytest.raises(FewerLeft, match="Chengguan Primary"):
        builders.opened_second(made, li, wu)
    refused(
        "school-1 has fewer seats left",
        lambda: Round.objects.filter(pk=made.pk).update(state="open"),
    )
    assert second_rounds.plan_again(made, by=li) == 5
    rounds.both(steps.OPEN, made, li, wu)
    assert Message.objects.filter(template="admissions.second").count() == 6
    carrying.take_part(builders.child(over, "c2"), ["school-2"], by=cast.zhao())
    ends = made.dates.get(what="applications").ends_at
    assert [reminding.remind(by_day(ends)) for _time in range(2)] == [5, 0]
    with pytest.raises(OutOfTurn):
        second_rounds.plan_again(made, by=li)


def test_only_a_child_without_a_seat_is_carried_over_and_only_as_it_was_found(
    over: RoundRun, made: Round, li: User, wu: User
) -> None:
    zhao = cast.zhao()
    seated = offered(over, li, "c3")
    calling_up.accept(seated, by=zhao)
    c1, c3, c5 = (builders.child(over, code) for code in ("c1", "c3", "c5"))
    assert carrying.open_second_round(c1) is None
    with pytest.raises(Refusal, match="Applications are not taken in"):
        carrying.take_part(c1, ["school-1"], by=zhao)
    builders.opened_second(made, li, wu)
    assert carrying.open_second_round(c3) is None
    with pytest.raises(HasSeat):
        carrying.take_part(c3, ["school-1"], by=zhao)
    for wishes in ([], ["school-3"], ["school-1", "school-1"], ["nowhere"]):
        with pytest.raises(NoSuchChoice):
            carrying.take_part(c1, wishes, by=zhao)
    mine = carrying.take_part(c1, ["school-1"], by=zhao)
    again = carrying.take_part(c1, ["school-2", "school-1"], by=zhao)
    assert (again.pk, again.wishes) == (mine.pk, ["school-2", "school-1"])
    assert (mine.tier, mine.zone, mine.family, mine.channel) == (1, cast.VILLAGE, zhao, "family")

    def copied(of: Application, **other: Any) -> None:
        row = Application.objects.get(pk=mine.pk)
        for name in ("code", "path", "child_key"):
            setattr(row, name, getattr(of, name))
        facts = {"tier": 1, "zone": "Z2", "carried_from": of, "number": "AP-X", "state": "passed"}
        for name, value in {**facts, **other}.items():
            setattr(row, name, value)
        row.pk = None
        row._state.adding = True
        row.save(force_insert=True)

    for different in ({"tier": 2}, {"zone": cast.VILLAGE}, {"code": "c4"}, {"group": "twins"}):
        refused("with what the first round found", lambda given=different: copied(c5, **given))
    refused("with what the first round found", lambda: copied(c5, state="received"))
    late = {"submitted_at": timezone.now() - 9 * DAY}
    refused("asks in time", lambda: copied(c5, **late))
    refused("with what the first round found", lambda: copied(c5, round=over.round))
    refused("not in the second round", lambda: copied(c3, zone=cast.VILLAGE, tier=2))
    refused("seats left are wished", lambda: copied(c5, wishes=["school-3"]))
    refused("by asking to be carried", lambda: copied(c5, carried_from=None, channel="roster"))
    refused("carried_by_somebody", lambda: copied(c5, channel="roster"))
    rows = Application.objects.filter(pk=mine.pk)
    refused("in the first round stays", lambda: rows.update(tier=2))
    refused("in the first round stays", lambda: rows.update(state="review"))
    refused("carried never changes", lambda: rows.update(carried_from=c5))
    refused("seats left are wished", lambda: rows.update(wishes=[]))


def test_waiting_lists_leave_alone_what_the_second_round_gives_and_end_with_its_list(
    over: RoundRun, made: Round, li: User, wu: User
) -> None:
    zhao = cast.zhao()
    builders.opened_second(made, li, wu)
    with pytest.raises(NobodyWaits):
        calling_up.call_up(over.round, by=li)
    spoken = offered(over, li, "c2", "school-1")
    refused("those of the second round", lambda: calling_up.accept(spoken, by=zhao))
    carrying.take_part(builders.child(over, "c1"), ["school-1"], by=zhao)
    listed = builders.listed_second(made, li)
    assert listed.input is not None
    with pytest.raises(OutOfTurn, match="still offered"):
        rounds.both(steps.FREEZE, listed, li, wu, input=listed.input_id)
    calling_up.refuse(spoken, by=zhao)
    rounds.both(steps.FREEZE, listed, li, wu, input=listed.input_id)
    with pytest.raises(OutOfTurn, match="waiting lists have ended"):
        calling_up.call_up(over.round, by=li)
    refused("waiting lists have ended", lambda: offered(over, li, "c2"))
    c2, seat = builders.child(over, "c2"), over.input.schools.get(code="school-3")
    said = {Why.WAITING: "waiting lists have ended", Why.OBJECTION: "from waiting lists only"}
    for why, words in said.items():
        facts = {"application": c2, "school": seat, "school_path": seat.path, "why": why}
        last = SeatDecision.objects.newest().filter(application=c2).first()
        facts |= {"round": over.round, "replaces": last, "words": "x", "at": timezone.now()}
        row = SeatDecision(by=li, **facts)
        refused(words, lambda one=row: one.save(force_insert=True))


def test_who_gets_a_seat_from_the_waiting_list_leaves_the_second_round(
    over: RoundRun, made: Round, li: User, wu: User
) -> None:
    zhao = cast.zhao()
    builders.opened_second(made, li, wu)
    mine = carrying.take_part(builders.child(over, "c1"), ["school-1"], by=zhao)
    carrying.take_part(builders.child(over, "c2"), ["school-1"], by=zhao)
    listed = builders.listed_second(made, li)
    calling_up.accept(offered(over, li, "c1"), by=zhao)
    mine.refresh_from_db()
    assert mine.state == "withdrawn"
    with pytest.raises(Refusal, match=mine.number):
        rounds.both(steps.FREEZE, listed, li, wu, input=listed.input_id)
    assert listed.input is not None
    again = builders.listed_second(made, li)
    rounds.both(steps.FREEZE, again, li, wu, input=again.input_id)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_press_at_once_one_seats_the_child(
    over: RoundRun, made: Round, li: User, wu: User
) -> None:
    """The family accepts in one connection while the list is frozen in another one."""
    zhao = cast.zhao()
    builders.opened_second(made, li, wu)
    carrying.take_part(builders.child(over, "c1"), ["school-1"], by=zhao)
    listed = builders.listed_second(made, li)
    offer, holding, told = offered(over, li, "c1"), threading.Event(), []

    def press() -> None:
        with transaction.atomic():
            calling_up.accept(offer, by=zhao)
            holding.set()
            time.sleep(0.5)
        connection.close()

    def by_hand() -> None:
        try:
            with transaction.atomic():
                _freeze_by_hand(listed, li)
        except DatabaseError as error:
            told.append(str(error))
        connection.close()

    family = threading.Thread(target=press)
    family.start()
    assert holding.wait(10)
    officer = threading.Thread(target=by_hand)
    officer.start()
    for thread in (family, officer):
        thread.join(20)
    assert len(told) == 1
    assert "child c1 holds a seat in the first round" in told[0]
    assert builders.child(over, "c1") in holders(over, "school-3")
    assert not FrozenList.objects.filter(round=made).exists()


def _freeze_by_hand(the_round: Round, li: User) -> None:
    assert the_round.input is not None
    FrozenList.objects.create(
        round=the_round,
        version=1,
        input=the_round.input,
        list_sha256="0" * 64,
        content={},
        approval=FrozenList.objects.get(round=the_round.second_of_id).approval,
    )


def test_a_child_seated_in_the_second_round_gets_no_seat_of_the_first(
    over: RoundRun, made: Round, li: User, wu: User
) -> None:
    zhao = cast.zhao()
    builders.opened_second(made, li, wu)
    mine = carrying.take_part(builders.child(over, "c1"), ["school-1"], by=zhao)
    record = builders.published_second(made, li, wu)
    assert Placement.objects.get(run=record, code="c1").school is not None
    ground, seat = Ground(Why.WAITING, "x", zhao), over.input.schools.get(code="school-3")
    refused("waiting lists have ended", lambda: decide(builders.child(over, "c1"), seat, ground))
    mine.refresh_from_db()
    assert mine.state == "passed"
