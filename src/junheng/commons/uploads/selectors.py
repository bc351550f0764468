"""What was sent in for a subject."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from junheng.commons.made_once import made_once
from junheng.commons.models import Upload
from junheng.commons.uploads.subjects import removal_page
from junheng.commons.uploads.words import ADVICE, TONES

State = Upload.State


@dataclass(frozen=True, slots=True)
class File:
    """A file of a subject.

    Attributes:
        name: What the sender called it.
        state: waiting, checking, ready or refused.
        label: The state in words.
        tone: The state as a tone of the house.
        advice: Why it was not accepted and what to do; "" otherwise.
        url: Where it can be looked at; "" until it is ready.
        remove_url: Where its sender takes it back; "" where that takes two people.
        removal_page: Where those ask for it; "" otherwise.
        at: When it was begun.
    """

    id: UUID
    name: str
    state: str
    label: str
    tone: str
    advice: str
    url: str
    remove_url: str
    removal_page: str
    at: datetime

    def as_json(self) -> dict[str, str]:
        """What the script on the page needs."""
        shown = ("name", "state", "label", "tone", "advice", "url", "remove_url", "removal_page")
        return {"id": str(self.id)} | {field: getattr(self, field) for field in shown}


def files_of(subject: str) -> list[File]:
    """What was sent in for a subject and not taken back, in the order in which it came."""
    return [as_shown(row) for row in _kept_of(subject)]


def received(prefix: str, key: str) -> Exists:
    """Whether a file was received for a row, by the column that is its key; for filters."""
    subject = Concat(Value(f"{prefix}:"), Cast(OuterRef(key), CharField()))
    return Exists(Upload.objects.filter(subject=subject, state=State.READY))


@made_once
def _kept_of(subject: str) -> QuerySet[Upload]:
    rows = Upload.objects.filter(subject=subject).exclude(state=State.REMOVED)
    return rows.order_by("begun_at", "id")


def as_shown(row: Upload) -> File:
    """A row of the table as pages show it."""
    state = State(row.state)
    removal = removal_page(row.subject, row.id) if state == State.READY else ""
    return File(
        id=row.id,
        name=str(row.name),
        state=row.state,
        label=str(state.label),
        tone=TONES[state],
        advice=str(ADVICE[Upload.Reason(row.reason)]) if row.reason else "",
        url=reverse("commons:upload", args=[row.id]) if state == State.READY else "",
        remove_url="" if removal else reverse("commons:upload_remove", args=[row.id]),
        removal_page=removal,
        at=row.begun_at,
    )
