"""The calendar: who sets it, what is out of order, and that it stays once announced."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.engine.calendar import Span
from junheng.admissions.models import Round, RoundDate
from junheng.admissions.selectors.calendar import calendar_of, on_today
from junheng.admissions.services import steps
from junheng.admissions.services.acts import OutOfTurn
from junheng.admissions.services.calendar import BadCalendar, set_calendar
from junheng.admissions.tests.rounds import builders
from junheng.commons.tests import roles

DAY = timedelta(days=1)


def window(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def address(the_round: Round) -> str:
    return reverse("admissions:calendar", args=[the_round.pk])


def typed(**dates: str) -> dict[str, str]:
    """What the form sends: a whole calendar, but for what is given."""
    return {
        "applications_begins": "2026-07-01T08:00",
        "applications_ends": "2026-07-10T18:00",
        "freeze_begins": "2026-07-12T09:00",
        "publication_begins": "2026-07-20T09:00",
        "objections_begins": "2026-07-20T09:00",
        "objections_ends": "2026-07-25T18:00",
        "check_in_begins": "2026-08-29T08:00",
        "check_in_ends": "2026-08-30T17:00",
        "closing_begins": "2026-09-05T17:00",
    } | dates


def test_the_officer_sets_all_dates_on_one_page(li: User) -> None:
    the_round = builders.loaded(li)
    page = window(li).post(address(the_round), typed(), follow=True).content.decode()
    assert "The calendar is saved." in page
    assert "2026-07-01 08:00" in page
    assert the_round.dates.count() == len(RoundDate.What)
    assert the_round.acts.filter(deed="planned", by=li).count() == 1


def test_saving_the_same_again_writes_nothing_into_the_log(li: User) -> None:
    the_round = builders.loaded(li)
    for _time in range(2):
        window(li).post(address(the_round), typed())
    assert the_round.acts.filter(deed="planned").count() == 1


def test_every_contradiction_is_told_at_once_and_nothing_is_saved(li: User) -> None:
    the_round = builders.loaded(li)
    wrong = typed(freeze_begins="2026-07-02T09:00", closing_begins="2026-08-01T00:00")
    answer = window(li).post(address(the_round), wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“List frozen” begins before “Applications” is over." in page
    assert "“Round closed” begins before “Check-in at the schools” is over." in page
    assert not the_round.dates.exists()


def test_half_a_span_is_asked_for_whole(li: User) -> None:
    the_round = builders.loaded(li)
    answer = window(li).post(address(the_round), typed(check_in_ends=""))
    assert answer.status_code == 422
    assert "needs both, from and until" in answer.content.decode()


def test_a_calendar_may_be_set_bit_by_bit_and_emptied_again(li: User) -> None:
    the_round = builders.loaded(li)
    window(li).post(address(the_round), {"freeze_begins": "2026-07-12T09:00"})
    assert list(the_round.dates.values_list("what", flat=True)) == ["freeze"]
    window(li).post(address(the_round), {})
    assert not the_round.dates.exists()


def test_a_round_with_gaps_in_its_calendar_is_not_opened(li: User) -> None:
    the_round = builders.loaded(li)
    builders.named(the_round, li, after=DAY)
    the_round.dates.filter(what__in=["closing", "check_in"]).delete()
    with pytest.raises(OutOfTurn, match="Check-in at the schools, Round closed"):
        steps.ask(steps.OPEN, the_round, by=li)


def test_an_event_named_after_the_publication_is_told_at_opening(li: User) -> None:
    the_round = builders.loaded(li)
    builders.named(the_round, li, after=DAY)
    builders.named(the_round, li, after=90 * DAY)
    with pytest.raises(BadCalendar, match="“Result published” begins before “Public event”"):
        steps.ask(steps.OPEN, the_round, by=li)


def test_once_announced_it_stays(li: User) -> None:
    the_round = builders.opened(li, cast.wu(), after=DAY)
    with pytest.raises(OutOfTurn):
        set_calendar(the_round, [], by=li)
    assert "Set the dates" not in window(li).get(address(the_round)).content.decode()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE admissions_rounddate SET ends_at = ends_at + interval '1 day'",
        "DELETE FROM admissions_rounddate WHERE what = 'objections'",
        "UPDATE admissions_rounddate SET round_id = (SELECT max(id) FROM admissions_round)",
    ],
)
def test_the_site_cannot_change_an_announced_calendar_by_sql(li: User, sql: str) -> None:
    builders.opened(li, cast.wu(), after=DAY)
    builders.loaded(li, ref="2026-other")
    refused = pytest.raises(DatabaseError, match="stays as it was announced")
    with refused, transaction.atomic(), roles.as_the_site(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_site_cannot_open_a_round_without_a_calendar_by_sql(li: User) -> None:
    the_round = builders.loaded(li)
    builders.named(the_round, li, after=DAY)
    the_round.dates.filter(what="closing").delete()
    refused = pytest.raises(DatabaseError, match="its calendar has gaps")
    with refused, transaction.atomic(), roles.as_the_site(), connection.cursor() as cursor:
        cursor.execute("UPDATE admissions_round SET state = 'open'")


def test_the_leader_and_schools_read_and_cannot_set(li: User) -> None:
    the_round = builders.loaded(li)
    for reader in (cast.wu(), cast.wang()):
        client = window(reader)
        assert "Set the dates" not in client.get(address(the_round)).content.decode()
        assert client.post(address(the_round), typed()).status_code == 404


def test_event_and_contributions_stand_in_the_calendar_from_where_they_are_named(li: User) -> None:
    the_round = builders.loaded(li)
    event = builders.named(the_round, li, after=DAY)
    rows = {entry.what: entry for entry in calendar_of(the_round)}
    assert rows["event"].begins_at == event.takes_place_at
    assert rows["contributions"].ends_at == event.contributions_until
    assert len(rows) == len(RoundDate.What) + 2


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        pytest.param(0, "on", id="as it ends"),
        pytest.param(30, "grace", id="half an hour later"),
        pytest.param(31, "over", id="a minute more"),
    ],
)
def test_what_was_begun_in_time_may_be_finished(li: User, minutes: int, expected: str) -> None:
    the_round = builders.loaded(li)
    ends = datetime(2026, 7, 10, 18, tzinfo=timezone.get_default_timezone())
    set_calendar(the_round, [Span("applications", ends - DAY, ends)], by=li)
    (entry,) = on_today(the_round, ends + timedelta(minutes=minutes))
    assert entry.standing == expected
