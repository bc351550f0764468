"""What a round has to be before it is opened: whole, in order, and one in all its parts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Round
from junheng.admissions.services import drill, making, steps
from junheng.admissions.tests.rounds import builders
from junheng.commons import approvals
from junheng.commons.tests import roles

DAY = timedelta(days=1)


@pytest.fixture
def ready(li: User) -> Round:
    """A planned round with nothing missing."""
    the_round = builders.loaded(li)
    builders.named(the_round, li, after=DAY)
    return builders.fresh(the_round)


def opened_by_sql(*before: str) -> None:
    """What the site's role can try: change something first, then the state."""
    with transaction.atomic(), roles.as_the_site(), connection.cursor() as cursor:
        for sql in (*before, "UPDATE admissions_round SET state = 'open'"):
            cursor.execute(sql)


def page(user: User, the_round: Round, name: str = "act") -> str:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client.get(reverse(f"admissions:{name}", args=[the_round.pk])).content.decode()


def test_a_round_that_is_ready_opens(ready: Round, li: User) -> None:
    builders.both(steps.OPEN, ready, li, cast.wu())
    assert builders.fresh(ready).state == Round.State.OPEN


def test_without_its_text_a_round_is_not_opened(ready: Round, li: User) -> None:
    nothing = making.Announced(" \n ", None, None)
    making.change_round(ready, nothing, by=li)
    with pytest.raises(making.NoText, match="Write the text of the rules first"):
        steps.ask(steps.OPEN, ready, by=li)
    shown = page(li, ready)
    assert "The text of the rules is written." in shown
    assert "Something is still missing" in shown


def test_a_text_that_is_taken_away_after_the_question_is_missed_at_the_answer(
    ready: Round, li: User
) -> None:
    asked = steps.ask(steps.OPEN, ready, by=li)
    making.change_round(ready, making.Announced("", None, None), by=li)
    with pytest.raises(making.NoText):
        approvals.agree(asked, cast.wu())
    assert builders.fresh(ready).state == Round.State.PLANNED


def test_the_second_person_reads_the_text_beside_the_other_facts(ready: Round, li: User) -> None:
    asked = steps.ask(steps.OPEN, ready, by=li)
    facts = [value for _name, value in approvals.step_of(steps.OPEN).facts(asked)]
    assert builders.TEXT in facts


@pytest.mark.parametrize("text", ["", " ", "\t\n"])
def test_the_site_cannot_open_a_round_without_its_text_by_sql(ready: Round, text: str) -> None:
    with pytest.raises(DatabaseError, match="the text of its rules is not written"):
        opened_by_sql(f"UPDATE admissions_round SET policy = '{text}'")  # noqa: S608 -- constants


LATE = "begins_at = begins_at + interval '60 days', ends_at = ends_at + interval '60 days'"
EARLY = LATE.replace("+", "-")


@pytest.mark.parametrize(
    ("what", "moved", "pair"),
    [
        ("applications", "ends_at = ends_at + interval '12 hours'", "applications and freeze"),
        ("freeze", LATE, "freeze and event"),
        ("publication", EARLY, "event and publication"),
        ("objections", EARLY, "publication and objections"),
        ("check_in", EARLY, "publication and check_in"),
        ("objections", "ends_at = ends_at + interval '60 days'", "objections and closing"),
        ("check_in", "ends_at = ends_at + interval '60 days'", "check_in and closing"),
    ],
)
def test_the_site_cannot_open_a_round_whose_dates_are_out_of_order_by_sql(
    ready: Round, what: str, moved: str, pair: str
) -> None:
    with pytest.raises(DatabaseError, match=f"{pair} are out of order"):
        opened_by_sql(f"UPDATE admissions_rounddate SET {moved} WHERE what = '{what}'")  # noqa: S608 -- constants


def test_the_site_cannot_collect_words_until_after_the_event_by_sql(ready: Round) -> None:
    late = "UPDATE admissions_publicevent SET contributions_until = takes_place_at + interval '1 h'"
    with pytest.raises(DatabaseError, match="event_after_contributions"):
        opened_by_sql(late)


def test_the_site_cannot_open_a_plan_with_another_cap_by_sql(ready: Round) -> None:
    with pytest.raises(DatabaseError, match="school school-1 is planned with another class cap"):
        opened_by_sql("UPDATE admissions_plannedintake SET class_cap = 54 WHERE code = 'school-1'")


def test_a_drill_writes_a_text_only_where_there_is_none(li: User) -> None:
    the_round = builders.loaded(li)
    Round.objects.filter(pk=the_round.pk).update(policy="Ours.")
    figures = builders.FIGURES
    drill.take_to_seed(the_round, officer=li, leader=cast.wu(), contributions=[], figures=figures)
    assert builders.fresh(the_round).policy == "Ours."
