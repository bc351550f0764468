"""Who may do what with a case, and what a clock says."""

from __future__ import annotations

from datetime import date

import pytest

from junheng.accounts.tests import cast
from junheng.cases import access
from junheng.cases.engine.clock import Clock, Standing
from junheng.cases.engine.flow import Deed
from junheng.cases.services import cases as services
from junheng.cases.tests.builders import MATTER, REVIEW, matter, review
from junheng.cases.web.words import clock_tone, clock_words

pytestmark = pytest.mark.django_db


def test_readers_do_nothing_and_those_who_have_it_or_lead_do() -> None:
    case = matter()
    for reader in (cast.zheng(), cast.wang(), cast.sun()):
        assert access.deeds_of(reader, case, MATTER) == ()
    for worker in (cast.zhou(), cast.wu()):
        assert Deed.DONE in access.deeds_of(worker, case, MATTER)


def test_whoever_did_it_is_not_offered_the_check_and_another_is() -> None:
    case = services.done(matter().number, words="Mended.", by=cast.zhou())
    assert access.deeds_of(cast.zhou(), case, MATTER) == (Deed.NOTE,)
    offered = access.deeds_of(cast.wu(), case, MATTER)
    assert {Deed.CHECK, Deed.SEND_BACK} <= set(offered)


def test_another_rooms_case_is_not_closed_by_hand() -> None:
    offered = access.deeds_of(cast.li(), review(), REVIEW)
    assert set(offered) == {Deed.NOTE, Deed.HAND_OVER, Deed.PAUSE}


def test_desks_and_calendars_are_of_a_place() -> None:
    assert access.desk_of(cast.li()) == (cast.counties().path, "admissions_officer")
    assert access.desk_of(cast.zheng()) == ("", "")
    assert access.calendar_path(cast.li()) == cast.counties().path
    assert access.calendar_path(cast.sun()) == ""
    assert access.may_open(cast.li(), cast.school().path)
    assert not access.may_open(cast.li(), "/98/")


@pytest.mark.parametrize(
    ("used", "standing", "words", "tone"),
    [
        (1, Standing.FINE, "4 days left", "success"),
        (4, Standing.SOON, "1 day left", "warning"),
        (5, Standing.SOON, "due today", "warning"),
        (7, Standing.OVERDUE, "overdue by 2 days", "danger"),
        (3, Standing.PAUSED, "paused", "plain"),
        (5, Standing.STOPPED, "in time", "success"),
        (6, Standing.STOPPED, "1 day late", "danger"),
    ],
)
def test_a_clock_in_words(used: int, standing: Standing, words: str, tone: str) -> None:
    clock = Clock(5, used, date(2026, 11, 27), standing)
    assert (clock_words(clock), clock_tone(clock)) == (words, tone)
