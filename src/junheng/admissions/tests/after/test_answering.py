"""Families rank on their own page what they are offered; the second run takes it as they said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pgtrigger
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import (
    AnswerPeriod,
    Application,
    OfferAnswer,
    OfferedSchool,
    RoundRun,
)
from junheng.admissions.services import (
    answering,
    loading,
    publishing,
    reminding,
    second_rounds,
    steps,
)
from junheng.admissions.services.acts import OutOfTurn
from junheng.admissions.services.answer_workbooks import answers_workbook
from junheng.admissions.services.answering import (
    AskedAlready,
    MayNotDecline,
    NotAsked,
    NotOffered,
)
from junheng.admissions.tests.after import builders as after
from junheng.admissions.tests.letters import builders as letters
from junheng.admissions.tests.rounds import builders
from junheng.admissions.tests.rounds.test_answer_workbooks import filled, sent
from junheng.admissions.tests.rounds.test_modes import OPEN, SCHOOLS, hows
from junheng.commons.approvals import NotTheirs
from junheng.commons.models import Message
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
LATER = timedelta(days=3)
DECLINE = OPEN.replace('silence = "nearest"', 'silence = "decline"')


def published(li: User, wu: User, diversion: str = OPEN) -> RoundRun:
    """A first result: c3 and c4 are offered what the lists left over."""
    record = builders.published(li, wu, schools=SCHOOLS, diversion=diversion)
    letters.applied(record.round)
    letters.told(record.round)
    return record


@pytest.fixture
def offered(li: User, wu: User) -> RoundRun:
    return published(li, wu)


def of(record: RoundRun, code: str, family: User | None = None) -> Application:
    found: Application = Application.objects.select_related("round").get(
        round=record.round_id, code=code
    )
    if family is not None:
        found.family = family
        found.save(update_fields=["family"])
    return found


def by_day(end: datetime) -> datetime:
    """A moment of the day, within a day before the end."""
    noon = timezone.localtime(end).replace(hour=12, minute=0)
    return noon if noon < end else noon - timedelta(days=1)


def ended(record: RoundRun) -> None:
    """The time for answers, over a moment ago."""
    with pgtrigger.ignore("admissions.AnswerPeriod:answer_period_never_changes"):
        AnswerPeriod.objects.filter(run=record).update(until=timezone.now())


def as_(client: Client, who: User) -> Client:
    client.force_login(who)
    client.cookies["django_language"] = "en"
    return client


def refused(words: str, act: Any) -> None:
    """The database says no, with these words."""
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        act()


def test_a_family_answers_on_its_page_and_the_second_run_follows_it(
    offered: RoundRun, li: User, wu: User, client: Client
) -> None:
    zhao = cast.zhao()
    mine = of(offered, "c4", zhao)
    until = timezone.localtime(timezone.now() + LATER)
    address = f"/rounds/{offered.round_id}/act/families/"
    assert as_(client, li).post(address, {"until": f"{until:%Y-%m-%dT%H:%M:%S}"}).status_code == 302
    assert Message.objects.filter(template="admissions.asked_about_offers").count() == 2
    page = as_(client, zhao).get(f"/apply/numbers/{mine.number}/").content.decode()
    assert "Schools are offered to your child" in page
    answers = f"/apply/numbers/{mine.number}/answer/"
    with same_queries("admissions", "offered schools, family"):
        assert "Old Mill Building" in client.get(answers).content.decode()
    assert client.post(answers, {"wish_1": "school-2"}).status_code == 302
    assert client.post(answers, {"wish_1": "host", "wish_2": "host"}).status_code == 422
    assert client.post(answers, {"wish_1": "host"}).status_code == 302
    counter = f"/rounds/{offered.round_id}/answers/for/?number={of(offered, 'c3').number}"
    assert as_(client, li).get(counter).status_code == 200
    assert client.post(counter, {"wish_1": "host"}).status_code == 302
    kept = OfferAnswer.objects.order_by("application__code")
    assert [(one.schools, one.by) for one in kept] == [(["host"], li), (["host"], zhao)]
    assert "2 of 2" in client.get(f"/rounds/{offered.round_id}/act/").content.decode()

    book = f"/rounds/runs/{offered.run.ref}/answers.xlsx"
    assert client.get(book).status_code == 302
    ended(offered)
    upload = sent(li, client.get(book).content)
    made = loading.load_correction(upload, li)
    facts = {"input": made.pk, "reason": "answers of the families"}
    builders.both(steps.CORRECT, offered.round, li, wu, **facts)
    second = builders.ran(builders.fresh(offered.round), seed="", by=li)
    builders.both(steps.PUBLISH, offered.round, li, wu, run=second.run.ref)
    assert {hows(second)[child] for child in ("c3", "c4")} == {"offered host"}
    now = publishing.published_run(builders.fresh(offered.round))
    assert now is not None
    assert now.pk == second.pk
    assert (
        "Schools are offered"
        not in as_(client, zhao).get(f"/apply/numbers/{mine.number}/").content.decode()
    )


def test_late_foreign_and_double_answers_are_refused(
    offered: RoundRun, li: User, wu: User, client: Client
) -> None:
    zhao = cast.zhao()
    mine, seated = of(offered, "c4", zhao), of(offered, "c1")
    with pytest.raises(NotAsked):
        answering.answer(mine, ["host"], by=zhao)
    with pytest.raises(NotTheirs):
        answering.ask_families(offered.round, timezone.now() + LATER, by=zhao)
    with pytest.raises(OutOfTurn, match="lies ahead"):
        answering.ask_families(offered.round, timezone.now(), by=li)
    period = answering.ask_families(offered.round, timezone.now() + LATER, by=li)
    with pytest.raises(AskedAlready):
        answering.ask_families(offered.round, timezone.now() + LATER, by=li)
    with pytest.raises(NotAsked):
        answering.answer(seated, ["host"], by=zhao)
    for schools in (["school-1"], ["host", "host"], ["nowhere"]):
        with pytest.raises(NotOffered):
            answering.answer(mine, schools, by=zhao)
    with pytest.raises(MayNotDecline):
        answering.answer(mine, [], by=zhao)
    other = f"/apply/numbers/{of(offered, 'c3').number}/answer/"
    assert as_(client, zhao).get(other).status_code == 404
    assert client.post(other, {"wish_1": "host"}).status_code == 404
    kept = answering.answer(mine, ["host"], by=zhao)
    assert [reminding.remind(by_day(period.until)) for _time in range(2)] == [1, 0]

    def by_hand(of_whom: Application, schools: Any = ("host",), **other: Any) -> None:
        facts = {"period": period, "round": offered.round, "by": zhao, "at": timezone.now()}
        facts |= {"application": of_whom, "schools": list(schools)}
        OfferAnswer(**facts | other).save(force_insert=True)

    refused("offer_answer_once", lambda: by_hand(mine))
    refused("only a child that is offered", lambda: by_hand(seated))
    refused("schools that are offered", lambda: by_hand(of(offered, "c3"), ["school-1"]))
    refused("schools that are offered", lambda: by_hand(of(offered, "c3"), ["host", "host"]))
    refused("by_somebody", lambda: by_hand(of(offered, "c3"), by=None))
    rows = OfferAnswer.objects.filter(pk=kept.pk)
    refused("stays whose it is", lambda: rows.update(application=of(offered, "c3")))
    refused("is kept", rows.delete)
    refused("never changes", lambda: AnswerPeriod.objects.update(until=timezone.now() + 2 * LATER))
    one = OfferedSchool.objects.filter(code="c4").first()
    assert one is not None
    refused("without a seat", lambda: _offered_by_hand(one))
    ended(offered)
    with pytest.raises(NotAsked):
        answering.answer(mine, ["host"], by=zhao)
    refused("while families are asked", lambda: rows.update(schools=[]))
    refused("while families are asked", lambda: by_hand(of(offered, "c3")))
    assert as_(client, zhao).get(f"/apply/numbers/{mine.number}/answer/").status_code == 302


def _offered_by_hand(one: OfferedSchool) -> None:
    OfferedSchool(period=one.period, code="c1", rank=1, school=one.school, free=1).save()


def test_files_that_say_something_else_than_the_families_are_refused(
    offered: RoundRun, li: User
) -> None:
    mine = of(offered, "c4")
    answering.ask_families(offered.round, timezone.now() + LATER, by=li)
    answering.answer(mine, ["host"], by=li)
    book = answers_workbook(offered)
    with pytest.raises(OutOfTurn, match="may answer until"):
        loading.load_correction(sent(li, book), li)
    ended(offered)
    with pytest.raises(OutOfTurn, match="1 family"):
        loading.load_correction(sent(li, filled(book, offer_choices=[("c3", 1, "host")])), li)
    with pytest.raises(OutOfTurn, match="Take their answers in first"):
        second_rounds.require_over(after.over(offered).round)
    loading.load_correction(sent(li, book), li)


def test_where_silence_means_no_seat_a_family_may_decline(
    li: User, wu: User, client: Client
) -> None:
    record, zhao = published(li, wu, DECLINE), cast.zhao()
    mine = of(record, "c4", zhao)
    answering.ask_families(record.round, timezone.now() + LATER, by=li)
    answers = f"/apply/numbers/{mine.number}/answer/"
    assert "No seat at these schools is wanted" in as_(client, zhao).get(answers).content.decode()
    assert client.post(answers, {"decline": "1"}).status_code == 302
    assert OfferAnswer.objects.get().schools == []
    assert "wants no seat" in client.get(f"/apply/numbers/{mine.number}/").content.decode()
    ended(record)
    loading.load_correction(sent(li, answers_workbook(record)), li)
