"""Cases and the desk: everybody sees their part; holders, their role and leaders work on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.cases.models import CaseEntry, StandardAnswer, WorkDay
from junheng.cases.services import cases, desk
from junheng.cases.web.case import MATTER
from tests.permissions.table import BUSINESS, STRANGER, Row, World

EVERYBODY = f"{BUSINESS} {STRANGER}"
OPENERS = "admissions_officer bureau_leader township_officer"
KEEPERS = "admissions_officer bureau_leader"
WRITERS = "admissions_officer township_officer school_clerk"
CLERKS = f"{WRITERS} {STRANGER}"


def furnish(world: World) -> None:
    """A matter of the officer's at a school, a promised call at the county, an answer, a day."""
    school, li = cast.school(), cast.li()
    case = cases.open_case(
        MATTER, subject="M-1", title="A lamp is broken", path=school.path, asker="Zhao", by=li
    )
    cases.note(case.number, "Seen.", by=li, photo="0" * 64)
    asked = desk.Asked("phone", "When is the list published?", phone="13800000001")
    here = desk.Desk(school.path, "admissions_officer")
    world.things |= {
        "case": case.number,
        "entry": CaseEntry.objects.exclude(photo="").get().pk,
        "consultation": desk.promise_call(asked, desk=here, by=li).number,
        "answer": an_answer().pk,
        "day": WorkDay.objects.create(
            path=cast.counties().path, day=timezone.localdate(), works=True, name="Test"
        ).pk,
    }


def an_answer() -> StandardAnswer:
    return desk.write_answer(
        None,
        path=cast.counties().path,
        topic="Results",
        question="When?",
        text="On Monday.",
        key_words="",
        basis="",
        by=cast.li(),
    )


def case(world: World) -> dict[str, Any]:
    return {"number": world.things["case"]}


def entry(world: World) -> dict[str, Any]:
    return {**case(world), "entry": world.things["entry"]}


def deed(name: str) -> Any:
    return lambda world: {**case(world), "deed": name}


def consultation(world: World) -> dict[str, Any]:
    return {"number": world.things["consultation"]}


def answer(world: World) -> dict[str, Any]:
    return {"pk": world.things["answer"]}


def day(world: World) -> dict[str, Any]:
    return {"pk": world.things["day"]}


def words(_: World) -> dict[str, Any]:
    return {"words": "Looked into it.", "place": "", "photo": ""}


def pause(_: World) -> dict[str, Any]:
    return {"words": "Waits.", "until": timezone.localdate() + timedelta(days=3)}


def a_matter(_: World) -> dict[str, Any]:
    return {"title": "A lamp", "where": "school-1", "days": 5}


def next_county(_: World) -> dict[str, Any]:
    return {"title": "A lamp", "where": "school-9", "days": 5}


def a_day(_: World) -> dict[str, Any]:
    return {"day": "2026-10-03", "works": "worked", "name": "Test"}


def question(_: World) -> dict[str, Any]:
    return {"question": "When?", "channel": "visit", "said": "On Monday.", "how": "now"}


def new_answer(_: World) -> dict[str, Any]:
    return {"topic": "Results", "question": "Where?", "text": "At the school."}


ROWS = [
    Row("cases:mine", may=EVERYBODY),
    Row("cases:mine", may=EVERYBODY, method="POST"),
    Row("cases:all", may=EVERYBODY),
    Row("cases:all", may=EVERYBODY, method="POST"),
    Row("cases:closed", may=EVERYBODY),
    Row("cases:closed", may=EVERYBODY, method="POST"),
    Row("cases:load", may=EVERYBODY),
    Row("cases:calendar", may=EVERYBODY),
    Row("cases:calendar", may=KEEPERS, data=a_day, answer=302, method="POST"),
    Row("cases:day_back", may=KEEPERS, args=day, answer=302, method="POST"),
    Row("cases:new", may=OPENERS),
    Row("cases:new", may=OPENERS, data=a_matter, answer=302, method="POST"),
    Row("cases:new", may=OPENERS, data=next_county, answer=422, method="POST", note="elsewhere"),
    Row("cases:case", may=BUSINESS, args=case),
    Row("cases:act", may=KEEPERS, args=deed("done"), data=words, answer=302, method="POST"),
    Row(
        "cases:act",
        may=KEEPERS,
        args=deed("pause"),
        data=pause,
        answer=302,
        method="POST",
        note="pause",
    ),
    Row(
        "cases:act",
        may=KEEPERS,
        args=deed("check"),
        data=words,
        answer=422,
        method="POST",
        note="too early",
    ),
    Row("cases:act", args=deed("settle"), data=words, method="POST", note="by hand"),
    Row("cases:photo", args=entry, note="gone from the disk"),
    Row("desk:desk", may=CLERKS),
    Row("desk:desk", may=CLERKS, data=question, answer=302, method="POST"),
    Row("desk:suggest", may=EVERYBODY, data=question, method="POST"),
    Row("desk:waiting", may=EVERYBODY),
    Row("desk:waiting", may=EVERYBODY, method="POST"),
    Row("desk:consultations", may=EVERYBODY),
    Row("desk:consultations", may=EVERYBODY, method="POST"),
    Row("desk:statistics", may=EVERYBODY),
    Row("desk:answers", may=EVERYBODY),
    Row("desk:answers", may=EVERYBODY, method="POST"),
    Row("desk:new_answer", may="admissions_officer"),
    Row("desk:new_answer", may="admissions_officer", data=new_answer, answer=302, method="POST"),
    Row("desk:answer", may=BUSINESS, args=answer),
    Row(
        "desk:answer",
        may="admissions_officer",
        args=answer,
        data=new_answer,
        answer=302,
        method="POST",
    ),
    Row("desk:withdraw", may="admissions_officer", args=answer, answer=302, method="POST"),
    Row("desk:consultation", may=BUSINESS, args=consultation),
    Row(
        "desk:consultation",
        may=WRITERS,
        args=consultation,
        data=question,
        answer=302,
        method="POST",
    ),
    Row("desk:not_reached", may=WRITERS, args=consultation, answer=302, method="POST"),
]
