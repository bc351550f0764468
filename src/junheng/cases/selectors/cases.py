"""Questions about cases: how one stands, whose they are, how many each has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from junheng.cases.engine.clock import Clock, Pause, read
from junheng.cases.engine.flow import State
from junheng.cases.models import Case
from junheng.cases.models.cases import CaseQuerySet, days_of_pauses
from junheng.cases.selectors.calendar import Calendars, calendars


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as other rooms see it.

    Attributes:
        number: What people name it by.
        kind, label: Which kind, and what people call that.
        subject: What it is about, in the words of the room that opened it.
        state: `open`, `paused`, `done`, `checked`, `answered` or `closed`.
        holder, holder_name: Who has it; None and "" where it is a role's.
        role: The role that has it where it lies.
        raised_to: The role that it went up to, "" while it is in time.
        clock: Working days used and left, and what colour that is.
        outcome, words: How it was closed, "" before.
        reopened: How often it was worked on again.
        url: Where its subject is shown, None if nowhere.
    """

    number: str
    kind: str
    label: str
    subject: str
    title: str
    path: str
    facts: Mapping[str, Any]
    state: str
    holder: int | None
    holder_name: str
    role: str
    raised_to: str
    clock: Clock
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    words: str
    reopened: int
    url: str | None

    @property
    def is_closed(self) -> bool:
        return self.state == State.CLOSED


def with_parts(cases: CaseQuerySet) -> CaseQuerySet:
    """The same rows with all that `row_of` reads, in two queries."""
    return cases.select_related("holder").prefetch_related("pauses")


def clock_of(case: Case, known: Calendars, on: date | None = None) -> Clock:
    """How a case stands today; its pauses are loaded already."""
    pauses = [Pause(*days) for days in days_of_pauses(case)]
    if case.paused_on is not None:
        pauses.append(Pause(case.paused_on))
    return read(
        case.counts_from,
        case.days,
        pauses,
        on=on or timezone.localdate(),
        calendar=known.at(case.path),
        stopped=case.ended_on,
    )


def row_of(case: Case, known: Calendars | None = None) -> CaseRow:
    """A case as other rooms see it."""
    kind = case.its_kind
    return CaseRow(
        number=case.number,
        kind=case.kind,
        label=str(kind.label),
        subject=case.subject,
        title=case.title,
        path=case.path,
        facts=case.facts,
        state=case.state,
        holder=case.holder_id,
        holder_name=str(case.holder) if case.holder is not None else "",
        role=case.role,
        raised_to=case.raised_to,
        clock=clock_of(case, known or calendars()),
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        outcome=case.outcome,
        words=case.words,
        reopened=case.reopened,
        url=kind.page_of(case.subject),
    )


def cases_of(kind: str, subjects: Iterable[str]) -> dict[str, CaseRow]:
    """The newest case of a kind for each of these subjects that has one."""
    found = with_parts(Case.objects.filter(kind=kind, subject__in=list(subjects)))
    known = calendars()
    return {case.subject: row_of(case, known) for case in found.order_by("opened_at")}


def case_of(kind: str, subject: str) -> CaseRow | None:
    """The newest case of a kind for a subject."""
    return cases_of(kind, [subject]).get(subject)
