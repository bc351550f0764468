"""Taking down what people ask, calling them back, and writing the collection of answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.cases.models import AnswerVersion, Case, Consultation, StandardAnswer
from junheng.cases.selectors.calendar import calendars
from junheng.cases.services import cases
from junheng.commons.history import reason
from junheng.commons.refusals import Refusal

CALL_BACK = "cases.consultation"
"""The kind of case that a promised call is."""

MOST_DAYS = 60


class NothingSaid(Refusal):
    """Neither an answer of the collection nor words of one's own."""


class NoWayBack(Refusal):
    """Nobody can be called back without a number."""


class BadDay(Refusal):
    """A call is promised for today or a day to come."""


class AnsweredAlready(Refusal):
    """Somebody else called back meanwhile."""


class AskedAlready(Refusal):
    """The collection has this question already."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked, and who, as far as they said."""

    channel: str
    question: str
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody sits: the path of what is taken down there, and the role."""

    path: str
    role: str


def answer_now(
    asked: Asked, *, desk: Desk, by: User, answer: StandardAnswer | None = None, said: str = ""
) -> Consultation:
    """Take down a question that was answered on the spot.

    Raises:
        NothingSaid: Without an answer.
    """
    made = _taken_down(asked, desk, by)
    _say(made, answer, said, by)
    made.save(force_insert=True)
    return made


def promise_call(asked: Asked, *, desk: Desk, by: User, until: date | None = None) -> Consultation:
    """Take down a question and promise a call; it is a case of whoever took it down.

    Args:
        asked: What and who.
        desk: Where.
        by: Who took it down.
        until: The day by which they are called, the next working day unless said otherwise.

    Raises:
        NoWayBack: If there is no number to call.
        BadDay: If the day has gone by, or is too far away.
    """
    if not asked.phone and asked.channel != "message":
        raise NoWayBack(
            _("Write down the telephone number first: without it nobody can call back.")
        )
    calendar, today = calendars().at(desk.path), timezone.localdate()
    until = until or calendar.after(today, 1)
    days = max(1, calendar.between(today, until))
    if until < today or days > MOST_DAYS:
        raise BadDay(
            _("A call is promised for today or one of the next %d working days.") % MOST_DAYS
        )
    with transaction.atomic():
        made = _taken_down(asked, desk, by)
        made.call_back_by = until
        made.save(force_insert=True)
        cases.open_case(
            CALL_BACK,
            subject=made.number,
            title=made.question,
            path=desk.path,
            by=by,
            due_days=days,
            holder=cases.Holder(by, desk.role),
        )
    return made


def call_back(
    consultation: Consultation, *, by: User, answer: StandardAnswer | None = None, said: str = ""
) -> Consultation:
    """Write down what was answered by the call; its case is settled.

    Raises:
        AnsweredAlready: If somebody else did meanwhile.
        NothingSaid: Without an answer.
    """
    with transaction.atomic():
        held = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
        if held.answered_at is not None:
            raise AnsweredAlready(_("Somebody has called back already."))
        _say(held, answer, said, by)
        held.save()
        for case in Case.objects.under_way().filter(kind=CALL_BACK, subject=held.number):
            cases.settle(case.number, outcome="called_back", words=held.said, by=by)
    return held


def not_reached(consultation: Consultation, *, by: User) -> None:
    """Write down that a call was tried in vain; it stays promised."""
    words = _("Called, nobody answered.")
    for case in Case.objects.under_way().filter(kind=CALL_BACK, subject=consultation.number):
        cases.note(case.number, words, by=by)


def write_answer(
    answer: StandardAnswer | None,
    *,
    path: str,
    topic: str,
    question: str,
    text: str,
    key_words: str,
    basis: str,
    by: User | None,
) -> StandardAnswer:
    """Add an answer to the collection, or give one a new version if what it says changes.

    Raises:
        AskedAlready: If another answer has the question.
    """
    with transaction.atomic():
        held = answer and StandardAnswer.objects.select_for_update().get(pk=answer.pk)
        row = held or StandardAnswer(path=path, version=0)
        _alone(row, question)
        says_else = (row.question, row.text) != (question, text)
        row.topic, row.question, row.text = topic, question, text
        row.key_words, row.basis = key_words, basis
        row.version += says_else
        row.save()
        if says_else:
            AnswerVersion.objects.create(
                answer=row, version=row.version, question=question, text=text, written_by=by
            )
    return row


def withdraw(answer: StandardAnswer, *, why: str) -> None:
    """Take an answer out of use; what was said by it stays."""
    with reason(why):
        StandardAnswer.objects.filter(pk=answer.pk, withdrawn_at=None).update(
            withdrawn_at=timezone.now()
        )


def _alone(row: StandardAnswer, question: str) -> None:
    others = StandardAnswer.objects.in_use().filter(path=row.path, question=question)
    if others.exclude(pk=row.pk).exists():
        raise AskedAlready(_("The collection has this question already. Change the answer there."))


def _taken_down(asked: Asked, desk: Desk, by: User) -> Consultation:
    return Consultation(
        number=cases.new_number("CQ"),
        path=desk.path,
        taken_by=by,
        channel=asked.channel,
        question=asked.question.strip()[:500],
        name=asked.name.strip() or None,
        phone=asked.phone.strip() or None,
    )


def _say(row: Consultation, answer: StandardAnswer | None, said: str, by: User) -> None:
    words = said.strip() or (answer.text if answer is not None else "")
    if not words:
        raise NothingSaid(_("Pick an answer or write down what you said."))
    row.said, row.answered_by, row.answered_at = words, by, timezone.now()
    row.answer = answer
    row.answer_version = answer.version if answer is not None else None
