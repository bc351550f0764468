"""A family finds its child's result; nobody finds anybody else's."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, Round, RoundRun
from junheng.admissions.services import look_up as service
from junheng.admissions.services import steps
from junheng.admissions.services.applications import look_up_key
from junheng.admissions.tests.letters.builders import corrected, issued, told
from junheng.admissions.tests.rounds import builders
from junheng.commons import brakes
from junheng.commons.models import Attempt
from junheng.commons.web import kept
from junheng.kernel.ref import Ref
from tests.query_baselines import same_queries

NUMBER, DIGITS = str(Ref.draw("AR", 2026, Random(1).randrange)), "0001"


@pytest.fixture
def zhao(client: Client) -> Client:
    """Zhao, a guardian who reads English and is not signed in."""
    client.cookies["django_language"] = "en"
    return client


def applied(the_round: Round, code: str = "c1", number: str = NUMBER, name: str = "王一涵") -> None:
    Application.objects.create(
        round=the_round,
        number=number,
        code=code,
        child_name=name,
        guardian_name="赵敏",
        phone="13800000001",
        look_up=look_up_key(number, DIGITS),
        path=the_round.path,
    )


@pytest.fixture
def record(li: User, wu: User) -> RoundRun:
    """A published round; Zhao's child is c1."""
    found = builders.published(li, wu)
    applied(found.round)
    return found


def address(the_round: Round) -> str:
    return reverse("public:look_up", args=[cast.COUNTY, the_round.ref])


def ask(
    reader: Client,
    the_round: Round,
    number: str = NUMBER,
    digits: str = DIGITS,
    come_from: str = "",
) -> Any:
    sent = {"number": number, "digits": digits}
    found: Any = reader.post(address(the_round), sent, REMOTE_ADDR=come_from or "127.0.0.1")
    return found


def text(response: Any) -> str:
    return html.unescape(response.content.decode())


# --- right ---------------------------------------------------------------------------------


def test_a_family_reads_seat_reasons_and_what_comes_next(zhao: Client, record: RoundRun) -> None:
    told(record.round)
    with same_queries("admissions", "look-up, found"):
        response = ask(zhao, record.round)
    shown = text(response)
    assert response.status_code == 200
    assert "王*涵" in shown
    assert "Chengguan Primary" in shown
    assert "came in time" in shown
    assert "29 August, 8:30" in shown
    assert 'href="/r/990100/2026-g1/#objection"' in shown
    for secret in ("王一涵", "赵敏", "13800000001"):
        assert secret not in shown


def test_the_letter_is_told_once_it_is_made_out(zhao: Client, record: RoundRun) -> None:
    told(record.round)
    assert "comes from the school or the bureau" in text(ask(zhao, record.round))
    (letter, *_rest) = issued(record)
    assert letter.number in text(ask(zhao, record.round))


def test_a_number_is_understood_however_it_is_typed(zhao: Client, record: RoundRun) -> None:
    typed = f" {NUMBER.lower().replace('-', ' ')} "
    assert ask(zhao, record.round, typed, "\uff10\uff10 01").status_code == 200


def test_a_child_without_a_seat_is_told_what_the_bureau_does(
    zhao: Client, record: RoundRun
) -> None:
    unplaced = record.placements.get(how="unplaced")
    applied(record.round, unplaced.code, "AR-2")
    assert "Every child has a right to a seat." in text(ask(zhao, record.round, "AR-2"))


def test_twins_are_told_the_code_that_their_ticket_was_drawn_for(
    zhao: Client, record: RoundRun
) -> None:
    applied(record.round, "c7", "AR-7")
    assert "printf %s '2026|c6' |" in text(ask(zhao, record.round, "AR-7"))


def test_a_child_that_is_not_on_the_list_is_told_so(zhao: Client, record: RoundRun) -> None:
    applied(record.round, "c99", "AR-9")
    shown = text(ask(zhao, record.round, "AR-9"))
    assert "not on the frozen list" in shown
    assert "The ticket" not in shown


def test_after_a_correction_only_the_new_result_is_told(
    zhao: Client, record: RoundRun, li: User, wu: User
) -> None:
    before = {p.code: p.how for p in record.placements.all()}
    again = corrected(record, li, wu)
    moved = [p for p in again.placements.all() if before[p.code] != p.how]
    assert moved
    Application.objects.filter(round=record.round).delete()
    for number, placement in enumerate(moved):
        applied(record.round, placement.code, f"AR-M{number}")
        assert placement.get_how_display() in text(ask(zhao, record.round, f"AR-M{number}"))


# --- a stranger ----------------------------------------------------------------------------


def asked_sql(
    reader: Client, the_round: Round, number: str, digits: str, come_from: str
) -> list[str]:
    """What the database is asked, without the values."""
    with CaptureQueriesContext(connection) as asked:
        assert ask(reader, the_round, number, digits, come_from).status_code == 404
    return [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in asked.captured_queries]


def test_whatever_is_wrong_the_answer_and_the_work_are_the_same(
    zhao: Client, record: RoundRun, li: User, wu: User
) -> None:
    other = builders.published(li, wu, ref="2026-g2")
    applied(other.round, "c2", "AR-OTHER")
    wrong = [(NUMBER, "0002"), ("AR-NONE", DIGITS), ("AR-OTHER", DIGITS), ("c1", DIGITS)]
    ask(zhao, record.round, "AR-WARM", DIGITS)
    queries = [asked_sql(zhao, record.round, *pair, f"10.0.0.{n}") for n, pair in enumerate(wrong)]
    assert all(one == queries[0] for one in queries)
    shown = {re.sub(r'value="[^"]*"', "", text(ask(zhao, record.round, *pair))) for pair in wrong}
    assert len(shown) == 1
    assert "There is no result with this number and these digits." in shown.pop()


def test_who_guesses_digits_is_stopped_after_five_wherever_they_come_from(
    zhao: Client, record: RoundRun
) -> None:
    statuses = [
        ask(zhao, record.round, digits=f"{n:04}", come_from=f"10.0.0.{n}").status_code
        for n in range(2, 10)
    ]
    assert statuses == [404] * 5 + [429] * 3
    assert ask(zhao, record.round, come_from="10.0.1.1").status_code == 429


def test_an_hour_later_the_number_answers_again_but_not_for_ever(
    zhao: Client, record: RoundRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "NUMBER_WINDOW", timedelta(seconds=-1))
    wrong = [ask(zhao, record.round, digits="9999", come_from=f"10.0.0.{n}") for n in range(16)]
    assert [response.status_code for response in wrong] == [404] * 15 + [429]


def test_who_guesses_numbers_is_stopped_and_a_neighbour_is_not(
    zhao: Client, record: RoundRun
) -> None:
    statuses = [
        ask(zhao, record.round, f"AR-{n}", come_from="10.0.0.1").status_code for n in range(22)
    ]
    assert statuses == [404] * 20 + [429] * 2
    assert ask(zhao, record.round, come_from="10.0.0.2").status_code == 200


def test_right_tries_never_count(zhao: Client, record: RoundRun) -> None:
    assert {ask(zhao, record.round).status_code for _again in range(25)} == {200}


def test_two_tries_at_one_moment_never_share_a_slot() -> None:
    taken = [brakes.take("x", "who", most=3, within=timedelta(hours=1)) for _try in range(4)]
    assert len(set(taken)) == 4
    assert taken[3] is None
    brakes.give_back(taken[0] or "")
    assert brakes.take("x", "who", most=3, within=timedelta(hours=1)) == taken[0]


def test_attempts_are_noted_without_what_was_typed(zhao: Client, record: RoundRun) -> None:
    for _again in range(7):
        ask(zhao, record.round, digits="4711")
    notes = Attempt.objects.filter(deed=service.DEED)
    assert sorted(notes.values_list("answer", flat=True)) == [
        *["nothing found"] * 5,
        "too many tries: number",
    ]
    for note in notes.values():
        said = str(note | {"at": None})  # any four digits may stand among those of a second
        assert "4711" not in said
        assert NUMBER not in str(note)
        assert note["path"] == record.round.path


def test_before_publication_nothing_is_looked_for(zhao: Client, li: User, wu: User) -> None:
    the_round = builders.official(li, wu).round
    applied(the_round)
    with CaptureQueriesContext(connection) as asked:
        response = ask(zhao, the_round)
    assert "No result is published yet" in text(response)
    assert not any("admissions_application" in query["sql"] for query in asked.captured_queries)
    assert "Look up a result" not in text(zhao.get(f"/r/990100/{the_round.ref}/"))


def test_of_a_planned_round_nobody_learns(zhao: Client, li: User) -> None:
    the_round = builders.loaded(li)
    assert zhao.get(address(the_round)).status_code == 404
    assert ask(zhao, the_round).status_code == 404
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("digits", ["", "12", "12345", "abcd", "\u0661\u0662\u0663\u0664"])
def test_what_are_no_four_digits_is_said_and_not_counted(
    zhao: Client, record: RoundRun, digits: str
) -> None:
    assert ask(zhao, record.round, digits=digits).status_code == 422
    assert not Attempt.objects.exists()


def test_answers_are_kept_nowhere_and_leave_no_trace(zhao: Client, record: RoundRun) -> None:
    for response in (ask(zhao, record.round), ask(zhao, record.round, digits="9998")):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert not response.cookies
        assert "Location" not in response.headers
    form = zhao.get(f"{address(record.round)}?number={NUMBER}")
    assert NUMBER not in text(form)
    assert 'method="post"' in text(form)
    assert not form.cookies


def test_the_form_appears_within_a_second_of_publication(
    zhao: Client, li: User, wu: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = builders.official(li, wu)
    assert "No result is published yet" in text(zhao.get(address(record.round)))
    builders.both(steps.PUBLISH, record.round, li, wu, run=record.run.ref)
    monkeypatch.setattr(kept, "LOOK_EVERY", 0.0)
    assert "Show the result" in text(zhao.get(address(record.round)))
