"""What a family states beside what a register says: line by line, with what differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from junheng.admissions.engine.statement import Proof, Statement
from junheng.admissions.services.homes import village_of
from junheng.admissions.services.proofs import questions_of
from junheng.commons.masks import mask_id
from junheng.evidence.facade import Answer, Question, title_of

NUMBER, PLACE = "resident_id", "place_code"
VILLAGE = _("Village or community")
"""What the column of its code shows here: the name."""
JUDGED_AS = {NUMBER: "number", "name": "name", "born_on": "birth", PLACE: "place"}
"""What a column is called among the things that agree or differ; any other by its own name."""
TONES = {"agrees": "success", "differs": "danger"}
WORDS = {"agrees": _("agrees"), "differs": _("differs")}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing, as it is stated and as a register has it; blank for nothing.

    Attributes:
        verdict: "agrees", "differs", or "" where the program compares nothing.
    """

    title: str
    stated: str
    said: str
    verdict: str

    @property
    def tone(self) -> str:
        return TONES.get(self.verdict, "plain")

    @property
    def words(self) -> str:
        return str(WORDS.get(self.verdict, ""))


def lines_of(answer: Answer, told: Statement, path: str) -> list[Line]:
    """The lines of one answer; none where the register has no row.

    Args:
        answer: Of a register about the family.
        told: What the family states.
        path: Of the round's county, in which villages are known by name.
    """
    asked = {
        (question.register, question.role): question for _proof, question in questions_of(told)
    }
    question = asked.get((answer.register, answer.role))
    stated = _stated(question, told) if question else {}
    return list(_lines(answer, stated, path))


def _stated(question: Question, told: Statement) -> dict[str, str]:
    """What the family says of the same columns."""
    person = question.person
    lives = question.role != Proof.WORK.value
    return {
        NUMBER: person.resident_id,
        "name": person.name,
        "born_on": person.born_on.isoformat() if person.born_on else "",
        PLACE: told.home.place if lives else "",
        "address": told.home.address if lives else "",
        **question.about,
    }


def _lines(answer: Answer, stated: dict[str, str], path: str) -> Iterator[Line]:
    for column, said in answer.facts.items():
        own = stated.get(column, "")
        yield Line(
            str(VILLAGE) if column == PLACE else title_of(answer.register, column),
            _readable(column, own, path),
            _readable(column, said, path),
            _verdict(answer, column, own, said),
        )


def _verdict(answer: Answer, column: str, own: str, said: str) -> str:
    if column == PLACE and own and said:  # by its code there is no doubt about a village
        return "agrees" if own == said else "differs"
    judged = JUDGED_AS.get(column, column)
    if judged in answer.differs:
        return "differs"
    return "agrees" if judged in answer.agreed and own else ""


def _readable(column: str, value: str, path: str) -> str:
    if column == NUMBER:
        return mask_id(value)
    village = village_of(path, value) if column == PLACE else None
    return f"{village.township}{village.name}" if village else value
