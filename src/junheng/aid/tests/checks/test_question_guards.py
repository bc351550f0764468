"""What the database keeps true of questions to services, whichever way the rows come."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.aid.models import CheckQuestion, CheckRule
from junheng.aid.services import authorising, check_rules, forgetting_questions
from junheng.aid.tests.checks import builders as build
from junheng.evidence.facade import Connection, Register
from junheng.evidence.tests.services import Service, failing

pytestmark = pytest.mark.django_db


def question(of: CheckQuestion, **change: Any) -> None:
    """The database takes no copy of a question with this change."""
    copy = CheckQuestion.objects.get(pk=of.pk)
    blank = {"answered_at": None, "as_of": None, "digest": "", "sealed": None}
    for name, value in ({"pk": CheckQuestion().pk} | blank | change).items():
        setattr(copy, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def test_a_question_written_past_the_services_needs_a_signature_too(service: Service) -> None:
    build.signed(build.home())
    other = build.home("H-2", build.SECOND)
    deposits = build.signed(build.home("H-3", build.THIRD), registers=["deposit"])
    build.checked()
    of = CheckQuestion.objects.get()
    question(of, member=build.head(other))
    question(of, household=other, member=build.head(other))
    question(of, authorisation=deposits)
    question(of, register="deposit")
    question(of, connection=build.tables(Register.DEPOSIT))
    question(of, silence="slow")
    question(of, answered_at=of.answered_at, as_of=of.as_of, digest="x")
    authorising.withdraw(of.authorisation, by=cast.tian())
    question(of)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM aid_checkquestion",
        "UPDATE aid_checkquestion SET day = day - 1",
        "UPDATE aid_checkquestion SET digest = 'x'",
        "UPDATE aid_checkquestion SET silence = 'slow'",
        "UPDATE aid_checkquestion SET answered_at = NULL, as_of = NULL, digest = '', sealed = NULL",
    ],
)
def test_what_was_asked_and_what_came_back_stays(service: Service, statement: str) -> None:
    build.signed(build.home())
    build.checked()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        {"silence": "slow"},
        {"silence": ""},
        {"silence": "", "digest": "x", "as_of": build.today(), "answered_at": timezone.now()},
        {"digest": "x", "as_of": build.today(), "answered_at": timezone.now()},
    ],
)
def test_why_there_was_no_answer_stays_and_no_answer_comes_of_it(
    service: Service, change: dict[str, Any]
) -> None:
    build.signed(build.home())
    service.behave = failing
    build.checked()
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckQuestion.objects.update(**change)


def test_answers_are_emptied_in_time_and_that_they_came_stays(service: Service) -> None:
    build.signed(build.home())
    build.checked()
    row = CheckQuestion.objects.get()
    assert forgetting_questions.clear(row.asked_at, 9) == 0
    assert forgetting_questions.clear(timezone.now(), 9) == 1
    row.refresh_from_db()
    assert (row.sealed, len(row.digest)) == (None, 64)


def test_a_service_says_nothing_of_who_is_in_no_household(service: Service) -> None:
    source = Connection.objects.get()
    wanted = check_rules.wanted(source, speaks="for", test="any")
    with pytest.raises(check_rules.RuleDoesNotFit, match="接口"):
        check_rules.ask_for_rule(cast.counties(), wanted, by=cast.ma())
    row = CheckRule.objects.get()
    row.pk, row.ref, row.speaks = None, "8b1b9ac0-6d3f-4a55-9a43-0e2cb0d7a6a1", "for"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
