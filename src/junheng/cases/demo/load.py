"""A desk with a day's work and a few cases in every state, for a demonstration."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from junheng.accounts.facade import User
from junheng.cases.engine.flow import Deed
from junheng.cases.models import AnswerVersion, Case, Consultation, StandardAnswer
from junheng.cases.selectors.calendar import calendars
from junheng.cases.services import cases, desk, sweeping

CONSULTATIONS = 280
TODAY = 30
"""Of these so many came in the last half hour, so that the desk of today is not empty."""
OPENS_AT, MINUTES = time(8, 30), 510
MATTER = "cases.matter"
CHANNELS = ("phone",) * 7 + ("visit",) * 2 + ("message",)


class NotADemonstration(Exception):
    """Invented matters are put nowhere else."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Who does what in the demonstration."""

    officer: User
    leader: User
    township: User
    clerk: User


def load(*, path: str, school_path: str, crew: Crew) -> int:
    """Fill the desk and open some cases; how many consultations there are. Once is enough.

    Raises:
        NotADemonstration: If this installation is none.
    """
    if not settings.DEMO:
        raise NotADemonstration("set JUNHENG_DEMO=1 for a demonstration")
    with transaction.atomic():
        if not StandardAnswer.objects.filter(path=path).exists():
            answers = _answers(path, crew.officer)
            _consultations(path, answers, crew)
            _promised(path, crew)
            for entry in _texts()["matters"]:
                _matter(entry, school_path, crew)
            sweeping.sweep()
    return Consultation.objects.filter(path__startswith=path).count()


@cache
def _texts() -> dict[str, Any]:
    source = files("junheng.cases.demo").joinpath("desk.toml")
    return tomllib.loads(source.read_text("utf-8"))


def _answers(path: str, by: User) -> list[StandardAnswer]:
    rows = [
        StandardAnswer(path=path, **{k: v for k, v in one.items() if k != "asked"})
        for one in _texts()["answers"]
    ]
    made = StandardAnswer.objects.bulk_create(rows)
    AnswerVersion.objects.bulk_create(
        AnswerVersion(answer=a, version=1, question=a.question, text=a.text, written_by=by)
        for a in made
    )
    return made


def _consultations(path: str, answers: list[StandardAnswer], crew: Crew) -> None:
    """A day of the desk; people ask about dates and zones more than about anything else."""
    chance, day = Random(7), _work_day_before(timezone.localdate())  # noqa: S311 -- a demonstration
    asked = [one["asked"] for one in _texts()["answers"]]
    weights = [len(words) ** 2 for words in asked]
    rows = []
    for number in range(CONSULTATIONS):
        (which,) = chance.choices(range(len(answers)), weights)
        late = number >= CONSULTATIONS - TODAY
        at = (
            timezone.now() - timedelta(minutes=CONSULTATIONS - number)
            if late
            else _moment(day, number * MINUTES // (CONSULTATIONS - TODAY))
        )
        row = _asked(path, chance.choice(asked[which]), chance.choice(CHANNELS), at, crew.officer)
        _say(row, answers[which], crew.officer, at + timedelta(seconds=chance.randint(20, 55)))
        if not late and row.channel == "phone" and chance.random() < 0.12:
            row.phone = f"1380000{chance.randint(1000, 9999)}"
            row.call_back_by, row.answered_at = day, at + timedelta(minutes=90)
        rows.append(row)
    Consultation.objects.bulk_create(rows)


def _promised(path: str, crew: Crew) -> None:
    """Questions that no answer of the collection fits: they wait for a call."""
    for number, entry in enumerate(_texts()["open"]):
        what = desk.Asked("phone", entry["question"], entry["who"], f"13800002{number:03}")
        desk.promise_call(what, desk=desk.Desk(path, "admissions_officer"), by=crew.officer)


def _asked(path: str, question: str, channel: str, at: datetime, by: User) -> Consultation:
    return Consultation(
        number=cases.new_number("CQ"),
        path=path,
        asked_at=at,
        taken_by=by,
        channel=channel,
        question=question,
    )


def _say(row: Consultation, answer: StandardAnswer, by: User, at: datetime) -> None:
    row.answer, row.answer_version, row.said = answer, answer.version, answer.text
    row.answered_by, row.answered_at = by, at


def _matter(entry: dict[str, str], path: str, crew: Crew) -> None:
    state, words = entry["state"], _texts()["texts"]
    case = cases.open_case(
        MATTER,
        subject=cases.new_number("CM"),
        title=entry["title"],
        path=path,
        asker=entry["ask"],
        by=crew.officer,
        holder=cases.Holder(crew.township),
    )
    if state in {"overdue", "soon"}:
        _begin_earlier(case, {"overdue": 7, "soon": 4}[state])
    if state == "open":
        to = cases.Holder(crew.clerk)
        cases.hand_over(case.number, to, by=crew.township, words=words["handed_over"])
    if state == "paused":
        until = timezone.localdate() + timedelta(days=14)
        cases.pause(case.number, until=until, words=words["paused"], by=crew.township)
    if state in {"done", "checked", "answered", "closed"}:
        done = {"words": words["done"], "place": words["place"]}
        cases.done(case.number, by=crew.township, **done)
    if state in {"checked", "answered", "closed"}:
        cases.check(case.number, by=crew.leader, words=words["checked"])
    if state == "answered":
        cases.answer(case.number, by=crew.township, words=words["answered"])
        cases.heard_back(case.number, Deed.SATISFIED, by=crew.township)


def _begin_earlier(case: Case, work_days: int) -> None:
    """As if it had been opened so many working days ago."""
    known, begun = calendars().at(case.path), timezone.localdate()
    while known.between(begun, timezone.localdate()) < work_days:
        begun -= timedelta(days=1)
    case.counts_from, case.due_on = begun, known.after(begun, case.days)
    case.save()


def _work_day_before(day: date) -> date:
    known = calendars().at("/")
    day -= timedelta(days=1)
    while not known.is_work_day(day):
        day -= timedelta(days=1)
    return day


def _moment(day: date, minutes: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, OPENS_AT)) + timedelta(minutes=minutes)
