"""Letters and notice of a drill say when, what to bring and where to object, by its calendar."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from junheng.accounts.models import User
from junheng.admissions import facade
from junheng.admissions.models import Round, RoundDate, RoundPapers
from junheng.admissions.selectors import notices
from junheng.admissions.services.acts import OutOfTurn
from junheng.admissions.services.printing import what_is_said
from junheng.admissions.tests.rounds import builders

pytestmark = pytest.mark.django_db
WORDS = facade.PaperWords("9:00–11:30", "the register", "1380000 9901", "Front Street 1")


def drilled(li: User, wu: User) -> Round:
    the_round = builders.loaded(li)
    facade.hold_drill(
        the_round.pk, officer=li, leader=wu, contributions=["a"], figures=builders.FIGURES
    )
    return builders.fresh(the_round)


def days(the_round: Round, what: str) -> list[date]:
    row = the_round.dates.get(what=what)
    return [timezone.localdate(row.begins_at), timezone.localdate(row.ends_at)]


def test_a_letter_of_a_drill_is_whole(li: User, wu: User) -> None:
    the_round = drilled(li, wu)
    facade.say_in_papers(the_round.pk, WORDS)
    said = what_is_said(the_round)("school-1")
    first, last = days(the_round, RoundDate.What.CHECK_IN)
    assert said.when == f"{first} – {last}, {WORDS.hours}"
    assert (said.bring, said.contact) == (WORDS.bring, WORDS.contact)
    notice = notices.notice_of(the_round.pk, timezone.localdate())
    assert notice is not None
    posted = RoundPapers.objects.get()
    assert [posted.notice_from, posted.notice_until] == days(the_round, RoundDate.What.OBJECTIONS)
    assert posted.objections == WORDS.objections


def test_what_the_bureau_said_stays(li: User, wu: User) -> None:
    the_round = drilled(li, wu)
    RoundPapers.objects.create(round=the_round, check_in_when="31 August, 9:00")
    facade.say_in_papers(the_round.pk, WORDS)
    assert RoundPapers.objects.get().check_in_when == "31 August, 9:00"


def test_a_round_without_a_calendar_has_nothing_to_say(li: User) -> None:
    the_round = builders.loaded(li)
    the_round.dates.all().delete()
    with pytest.raises(OutOfTurn):
        facade.say_in_papers(the_round.pk, WORDS)
    assert not RoundPapers.objects.exists()
