"""Families are reminded of what only they can do: by day, once, and the officer reads it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from junheng.accounts.facade import family_of_phone
from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, RoundDate, RoundRun, SeatOffer, Verification
from junheng.admissions.services import calling_up, checking_in, reminding
from junheng.admissions.tests.after import builders as after
from junheng.admissions.tests.applying import builders
from junheng.commons.messages import text_of
from junheng.commons.models import Message

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def noon(day: datetime) -> datetime:
    return timezone.localtime(day).replace(hour=12, minute=0)


def last_noon(end: datetime) -> datetime:
    """The last noon before a moment; it lies within a day of it."""
    return noon(end) if noon(end) < end else noon(end - DAY)


def told(template: str = "admissions.remind") -> list[str]:
    rows = Message.objects.filter(template__startswith=template).order_by("written_at")
    return [text_of(row) for row in rows]


@pytest.fixture
def asked(li: User) -> Application:
    """An application to which something is missing since now."""
    the_round = builders.taking(li, cast.wu())
    made = builders.applied(the_round, family_of_phone("13800000001"))
    Application.objects.filter(pk=made.pk).update(state="checking")
    Application.objects.filter(pk=made.pk).update(state="asked")
    Verification.objects.create(
        application=made, outcome="asked", rules_sha256="x", at=timezone.now()
    )
    return made


def test_who_was_asked_for_papers_is_reminded_after_two_days_and_the_day_before_the_end(
    asked: Application,
) -> None:
    freeze = RoundDate.objects.get(round=asked.round, what="freeze").begins_at
    for moment, many in (
        (noon(timezone.now() + DAY), 0),
        (noon(timezone.now() + 3 * DAY), 1),
        (noon(timezone.now() + 4 * DAY), 1),
        (last_noon(freeze), 2),
    ):
        reminding.remind(moment)
        reminding.remind(moment)
        assert len(told()) == many, moment
    assert asked.number in told()[0]
    assert f"{timezone.localtime(freeze):%Y-%m-%d %H:%M}" in told()[0]


def test_nobody_is_woken(asked: Application) -> None:
    moment = noon(timezone.now() + 3 * DAY)
    for hour in (0, 7, 20, 23):
        assert reminding.remind(moment.replace(hour=hour)) == 0
    assert reminding.remind(moment) == 1


def test_what_was_completed_is_not_asked_for_again(asked: Application) -> None:
    Application.objects.filter(pk=asked.pk).update(state="received")
    assert reminding.remind(noon(timezone.now() + 3 * DAY)) == 0


def test_the_officer_reads_which_messages_went_out(
    client: Client, asked: Application, li: User
) -> None:
    reminding.remind(noon(timezone.now() + 3 * DAY))
    client.force_login(li)
    client.cookies["django_language"] = "en"
    page = client.get(f"/rounds/applications/{asked.number}/").content.decode()
    assert "Messages to the family" in page
    assert "still lacks something" in page


def test_an_offer_is_recalled_on_its_last_day_once_and_check_in_before_it_ends(
    client: Client, li: User, wu: User
) -> None:
    record = after.published(li, wu, check_in=timedelta(seconds=0.5))
    [gone, *_rest] = after.seated(record)
    for school in record.input.schools.all():
        there = [one.number for one in after.seated(record, school.code) if one != gone]
        checking_in.tick(record.round, school, there, "came", by=li)
    after.released(record, li, wu)
    calling_up.call_up(record.round, by=li)
    offers = list(SeatOffer.objects.select_related("application"))
    late = last_noon(offers[0].until)
    assert reminding.remind(late - DAY) == 0
    assert reminding.remind(late) == len(offers)
    assert reminding.remind(late) == 0
    assert offers[0].application.number in " ".join(told(reminding.OFFER.key))
    client.force_login(li)
    client.cookies["django_language"] = "en"
    page = client.get(f"/rounds/{record.round_id}/waiting/").content.decode()
    assert page.count(f"{timezone.localtime():%Y-%m-%d} ") >= len(offers)


def test_check_in_is_recalled_before_it_ends_to_those_who_have_not_come(
    client: Client, li: User, wu: User
) -> None:
    record: RoundRun = after.published(li, wu)
    span = checking_in.time_for_check_in(record.round)
    assert span is not None
    assert reminding.remind(last_noon(span.begins_at)) == 6
    assert reminding.remind(last_noon(span.begins_at)) == 0
    [came, *_rest] = after.seated(record)
    school = record.input.schools.get(code="school-1")
    checking_in.tick(record.round, school, [came.number], "came", by=li)
    moment = last_noon(span.ends_at)
    assert reminding.remind(moment - DAY) == 0
    assert reminding.remind(moment) == 5
    assert reminding.remind(moment) == 0
    assert came.number not in " ".join(told(reminding.ENDS.key))
    client.force_login(li)
    client.cookies["django_language"] = "en"
    page = client.get(f"/rounds/{record.round_id}/check-in/").content.decode()
    assert "6 families were reminded" in page
