"""Called up whole or not at all: twins, and what everybody may see of a call-up."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.engine.waiting import Waiting, call_up
from junheng.admissions.models import (
    Round,
    RoundRun,
    SeatOffer,
)
from junheng.admissions.services import calling_up, checking_in, publishing
from junheng.admissions.services.acts import OutOfTurn
from junheng.admissions.tests.after import builders
from junheng.admissions.tests.after.builders import of_family, released, seated
from junheng.admissions.tests.rounds import builders as rounds

pytestmark = pytest.mark.django_db
SOON = timedelta(seconds=0.5)

TWINS: dict[str, Any] = {
    "applicants": rounds.CHILDREN.replace("1,,twins", "3,,twins").replace("0,2,,", "0,4,,"),
    "choices": f"{rounds.CHOICES}c6,1,school-1\nc7,1,school-1\n",
}
"""The twins would rather be at school-1; they come before c3 and c4 there, after c1 and c2."""


def freed(li: User, wu: User, seats: int) -> RoundRun:
    """A round with twins in which so many seats of school-1 are released."""
    record = builders.published(li, wu, check_in=SOON, **TWINS)
    for school in record.input.schools.all():
        there = [one.number for one in seated(record, school.code)]
        stays = there[seats:] if school.code == "school-1" else there
        checking_in.tick(record.round, school, stays, "came", by=li)
    released(record, li, wu)
    return record


def test_twins_are_called_up_together_and_answered_for_together(
    client: Client, li: User, wu: User
) -> None:
    record = freed(li, wu, 2)
    made = calling_up.call_up(record.round, by=li)
    assert made.receipt["calls"] == [["school-1", "c6"], ["school-1", "c7"]]
    assert made.receipt["together_or_not_at_all"] == [["c6", "c7"]]
    zhao = cast.zhao()
    mine = of_family(record, zhao, "c7")
    client.force_login(zhao)
    client.cookies["django_language"] = "en"
    page = client.get(f"/apply/numbers/{mine.number}/").content.decode()
    assert "called up together" in page
    calling_up.accept(SeatOffer.objects.get(application=mine), by=zhao)
    assert {one.code for one in seated(record)} == {"c6", "c7"}
    assert set(SeatOffer.objects.values_list("state", flat=True)) == {"accepted"}


def test_the_receipt_of_a_call_up_is_for_whom_the_pack_is(
    client: Client, li: User, wu: User
) -> None:
    record = freed(li, wu, 2)
    made = calling_up.call_up(record.round, by=li)
    where = [record.round.place.code, record.round.ref]
    page, receipt = reverse("public:round", args=where), reverse("public:call_up", args=[*where, 1])
    client.cookies["django_language"] = "en"
    assert made.sha256 in client.get(page).content.decode()
    assert client.get(receipt).status_code == 404
    client.force_login(li)
    got = client.get(receipt)
    assert hashlib.sha256(got.content).hexdigest() == made.sha256
    free, waiting = got.json()["free"], got.json()["waiting"]
    rows = [Waiting(c, tuple(s), tuple(map(tuple, k)), (), t) for c, s, k, t in waiting]
    twins = dataclasses.replace(next(one for one in rows if one.child == "c6"), others=("c7",))
    again = call_up(free, [twins, *(one for one in rows if one.child != "c6")])
    assert [[one.school, one.child] for one in again] == got.json()["calls"]


def test_a_family_finds_offer_and_answer_among_its_own_data(
    client: Client, li: User, wu: User
) -> None:
    record, zhao = freed(li, wu, 2), cast.zhao()
    mine = of_family(record, zhao, "c7")
    calling_up.call_up(record.round, by=li)
    calling_up.accept(SeatOffer.objects.get(application=mine), by=zhao)
    client.force_login(zhao)
    client.cookies["django_language"] = "en"
    page = client.get("/accounts/my-data/").content.decode()
    assert "Chengguan Primary · accepted" in page


def test_one_free_seat_is_too_few_for_twins_and_goes_to_the_next(li: User, wu: User) -> None:
    record = freed(li, wu, 1)
    made = calling_up.call_up(record.round, by=li)
    [[school, child]] = made.receipt["calls"]
    assert (school, child in {"c3", "c4"}) == ("school-1", True)


def test_twins_refuse_together_and_are_not_asked_again(li: User, wu: User) -> None:
    record = freed(li, wu, 2)
    calling_up.call_up(record.round, by=li)
    calling_up.refuse(SeatOffer.objects.get(application__code="c6"), by=li)
    assert list(SeatOffer.objects.values_list("state", flat=True)) == ["refused", "refused"]
    made = calling_up.call_up(record.round, by=li)
    assert {child for _school, child in made.receipt["calls"]} == {"c3", "c4"}


def test_a_round_is_not_closed_while_a_family_may_answer_an_offer(li: User, wu: User) -> None:
    record = freed(li, wu, 2)
    calling_up.call_up(record.round, by=li)
    with pytest.raises(OutOfTurn, match="still offered; the last answer is due"):
        publishing.close(record.round, by=li)
    with pytest.raises(DatabaseError, match="has time to answer"), transaction.atomic():
        Round.objects.filter(pk=record.round_id).update(state="closed")
    calling_up.refuse(SeatOffer.objects.get(application__code="c6"), by=li)
    publishing.close(record.round, by=li)


def test_the_site_cannot_answer_for_one_of_two_twins(li: User, wu: User) -> None:
    record = freed(li, wu, 2)
    calling_up.call_up(record.round, by=li)
    one = SeatOffer.objects.filter(application__code="c6")

    def answer_for_one() -> None:
        with transaction.atomic():
            one.update(state="refused", answered_by=li, answered_at=timezone.now())
            connection.check_constraints()

    with pytest.raises(DatabaseError, match="answered for together"):
        answer_for_one()
