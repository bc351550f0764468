"""What files may belong to, and who may add or see them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

Asked = Callable[[Any, str], bool]
"""Whether somebody may, for the key of a subject."""


def _nobody_notes(_user: Any, _key: str) -> None:
    """Nothing is written down."""


def _sender_removes(_key: str, _upload: UUID) -> str:
    """Who sends files in takes them back."""
    return ""


@dataclass(frozen=True, slots=True)
class Subjects:
    """The subjects of one prefix.

    Attributes:
        may_add: Who sends files in and takes them back.
        may_see: Who may open them.
        seen: Told before a file is opened, for the read log.
        removal: Page on which the removal of a received file is asked for, where that takes two
            people; "" where its sender removes it.
        named: Whether what the sender called a file is kept.
    """

    may_add: Asked
    may_see: Asked
    seen: Callable[[Any, str], None]
    removal: Callable[[str, UUID], str]
    named: bool


_SUBJECTS: dict[str, Subjects] = {}


def register_subjects(
    prefix: str,
    may_add: Asked,
    may_see: Asked,
    *,
    seen: Callable[[Any, str], None] = _nobody_notes,
    removal: Callable[[str, UUID], str] = _sender_removes,
    named: bool = True,
) -> None:
    """Let files belong to subjects that begin with a prefix and a colon."""
    _SUBJECTS[prefix] = Subjects(may_add, may_see, seen, removal, named)


def start_url(subject: str) -> str:
    """Where files of a subject are sent to, by script (tus) or by a plain form."""
    return reverse("commons:uploads", args=[subject])


def may_add(user: Any, subject: str) -> bool:
    """Whether somebody sends in files of a subject; nobody does for an unknown one."""
    found, key = _rules_of(subject)
    return found is not None and found.may_add(user, key)


def may_see(user: Any, subject: str) -> bool:
    """Whether somebody opens files of a subject; nobody does for an unknown one."""
    found, key = _rules_of(subject)
    return found is not None and found.may_see(user, key)


def removal_page(subject: str, upload: UUID) -> str:
    """Where the removal of a received file is asked for; "" where its sender removes it."""
    found, key = _rules_of(subject)
    return found.removal(key, upload) if found is not None else ""


def is_named(subject: str) -> bool:
    """Whether what the sender called a file is kept, for a subject."""
    found, _key = _rules_of(subject)
    return found is None or found.named


def note_seen(user: Any, subject: str) -> None:
    """Tell whoever owns the subject that a file is about to be opened."""
    found, key = _rules_of(subject)
    if found is not None:
        found.seen(user, key)


def _rules_of(subject: str) -> tuple[Subjects | None, str]:
    prefix, _colon, key = subject.partition(":")
    return (_SUBJECTS.get(prefix) if key else None), key
