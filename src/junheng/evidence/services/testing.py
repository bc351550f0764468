"""One question by hand: for a reason, written down before anything is shown."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from junheng.accounts.facade import User, note_read
from junheng.evidence.engine.people import Person
from junheng.evidence.models import Connection, Finding, Register
from junheng.evidence.services.asking import Answer, Question, look_up_many


def ask_by_hand(
    connection: Connection,
    person: Person,
    about: Mapping[str, str],
    *,
    by: User,
    reason: str,
    address: str | None,
) -> Answer:
    """Ask one connection about one person.

    Args:
        connection: Which; no other one of its register is asked.
        person: About whom.
        about: What else is known, by column.
        by: Who asks.
        reason: Why, in their words.
        address: Where they sit.
    """
    question = Question(Register(connection.register), person, about, role="by-hand")
    (answer,) = look_up_many(
        [(f"evidence.by-hand:{by.pk}", question)],
        purpose=reason,
        legal_basis=str(_("Look-up by hand"))[:200],
        only=connection,
    )
    finding = Finding.objects.get(pk=answer.pk)
    note_read(by, finding, [*answer.facts] or ["state"], reason, address=address)
    return answer
