"""Which messages went to a family's telephone, for the officer who has to know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from junheng.admissions.models import Application, Round
from junheng.commons.messages import text_of
from junheng.commons.models import Message

REMINDERS = "admissions.remind"
"""How the templates of reminders begin."""


@dataclass(frozen=True, slots=True)
class ToldFamily:
    """A message to a family.

    Attributes:
        at: When it was written.
        text: As it is read on the telephone.
        state, state_name: Whether it was sent.
    """

    at: datetime
    text: str
    state: str
    state_name: str


def told_family(application: Application) -> list[ToldFamily]:
    """All messages about an application that are still kept, newest first."""
    rows = Message.objects.filter(subject=application.number).order_by("-written_at")
    return [
        ToldFamily(row.written_at, text_of(row), row.state, row.get_state_display()) for row in rows
    ]


def reminded(numbers: Iterable[str]) -> dict[str, datetime]:
    """When a message last reminded of each of these applications, for those with one."""
    rows = Message.objects.filter(subject__in=list(numbers), template__startswith=REMINDERS)
    return dict(rows.order_by("written_at").values_list("subject", "written_at"))


def reminded_of_check_in(the_round: Round) -> int:
    """How many families of a round were reminded of check-in."""
    numbers = Application.objects.filter(round=the_round).values("number")
    rows = Message.objects.filter(template__startswith=f"{REMINDERS}_check_in", subject__in=numbers)
    return rows.values("subject").distinct().count()
