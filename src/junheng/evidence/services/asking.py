"""Asking registers about people: batches, stored findings, and no refusal by an outage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from junheng.commons.refusals import Refusal
from junheng.evidence.engine.people import Person
from junheng.evidence.models import OF_MEANS, Connection, Finding, Register, State
from junheng.evidence.services.answering import Asked, Reply, best_of
from junheng.evidence.services.service_answers import ask_service
from junheng.evidence.services.tables import ask_tables


class NotLookedUp(Refusal):
    """Of this register no single question is answered."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to know of a register.

    Attributes:
        register: Which.
        person: About whom, as the family states it; in the clear, never stored.
        about: What else the family stated of a row, by column: `certificate`, `address`, …
        role: Whom it is about within the subject, such as `child`; the last answer to each role
            of a subject is the one that counts.
    """

    register: Register
    person: Person
    about: Mapping[str, str] = field(default_factory=dict)
    role: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a register said.

    Attributes:
        state: `found` passes without a person; `probable` and `several` go to one;
            `not_found` means that the register answered and has nobody who is meant;
            `unavailable` and `not_connected` mean that nobody knows.
        probability: That the row is about this person, 0 to 1.
        facts: The row as the register has it, by column of `files/columns.py`; empty without one.
        as_of: The day on which that was true.
        source: The connection's name.
        pk: Of the stored finding.
        agreed, differs: Of "number", "name", "birth", "place" and the columns asked about.
        role: As in the question.
        note: A word for the officer, such as why there was no answer.
    """

    register: Register
    state: State
    probability: float
    facts: Mapping[str, str]
    as_of: date | None
    source: str
    pk: UUID
    agreed: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    role: str = ""
    note: str = ""


def look_up(
    questions: Sequence[Question], *, subject: str, purpose: str, legal_basis: str, path: str = ""
) -> list[Answer]:
    """Ask about one subject; see `look_up_many`."""
    return look_up_many(
        [(subject, question) for question in questions],
        purpose=purpose,
        legal_basis=legal_basis,
        path=path,
    )


def look_up_many(
    asked: Sequence[tuple[str, Question]],
    *,
    purpose: str,
    legal_basis: str,
    path: str = "",
    only: Connection | None = None,
) -> list[Answer]:
    """Ask every register that is connected once for all who are meant, and keep what it said.

    Call it outside a transaction: a service may take its time.

    Args:
        asked: Subjects with their questions.
        purpose: What it is for; kept with every finding.
        legal_basis: The clause that allows it; kept as well.
        path: Only connections that are for this part of the tree; "" for all.
        only: Ask this connection and no other.

    Returns:
        One answer per question, in order.

    Raises:
        ValueError: Without a purpose or a legal basis.
        NotLookedUp: Of a register that says what somebody has or lacks.
    """
    if any(question.register in OF_MEANS for _subject, question in asked):
        raise NotLookedUp(_("This register is compared only for households that signed for it."))
    if not purpose.strip() or not legal_basis.strip():
        raise ValueError("a register is asked for a purpose and on a legal basis")
    replies: list[Reply | None] = [None] * len(asked)
    for register in dict.fromkeys(one.register for _subject, one in asked):
        places = [
            n for n, (_subject, question) in enumerate(asked) if question.register == register
        ]
        questions = [asked[n][1] for n in places]
        for n, reply in zip(places, _ask(register, questions, path, only), strict=True):
            replies[n] = reply
    slots = _slots(asked)
    rows = [
        _finding(subject, question, slot, reply or NOBODY, purpose, legal_basis)
        for (subject, question), slot, reply in zip(asked, slots, replies, strict=True)
    ]
    with transaction.atomic():
        Finding.objects.bulk_create(rows, batch_size=1_000)
    return [answer_of(row, reply or NOBODY) for row, reply in zip(rows, replies, strict=True)]


NOBODY = Reply(State.NOT_CONNECTED)
WAYS: Mapping[str, Callable[[Connection, Sequence[Asked]], list[Reply]]] = {
    "tables": ask_tables,
    "service": ask_service,
}


def _ask(
    register: Register, questions: Sequence[Question], path: str, only: Connection | None
) -> list[Reply]:
    """The best reply of all connections of a register, question by question."""
    connections = (
        [only] if only else list(Connection.objects.active(path).filter(register=register))
    )
    if not connections:
        return [NOBODY] * len(questions)
    asked = [(question.person, question.about) for question in questions]
    replies = [WAYS[connection.way](connection, asked) for connection in connections]
    return [best_of(column) for column in zip(*replies, strict=True)]


def _slots(asked: Sequence[tuple[str, Question]]) -> list[str]:
    """The role of each question, or else its place among those of its subject and register."""
    counted: Counter[tuple[str, str]] = Counter()
    slots = []
    for subject, question in asked:
        counted[subject, question.register] += 1
        slots.append(question.role or f"#{counted[subject, question.register]}")
    return slots


def _finding(
    subject: str, question: Question, slot: str, reply: Reply, purpose: str, legal_basis: str
) -> Finding:
    return Finding(
        subject=subject,
        register=question.register,
        role=question.role,
        slot=slot,
        connection=reply.connection,
        source=reply.connection.name if reply.connection else "",
        as_of=reply.as_of,
        state=reply.state,
        probability=reply.probability,
        agreed=list(reply.agreed),
        differs=list(reply.differs),
        sealed=reply.sealed(),
        note=reply.note,
        purpose=purpose,
        legal_basis=legal_basis,
    )


def answer_of(row: Finding, reply: Reply | None = None) -> Answer:
    """A stored finding as the answer it was."""
    return Answer(
        register=Register(row.register),
        state=State(row.state),
        probability=row.probability,
        facts=reply.facts if reply else row.facts,
        as_of=row.as_of,
        source=row.source,
        pk=row.pk,
        agreed=tuple(row.agreed),
        differs=tuple(row.differs),
        role=row.role,
        note=row.note,
    )
