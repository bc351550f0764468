"""What the rules refused stays written down, though nothing else of it does.

A refusal rolls its transaction back; the note is written after that, on its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone
from django.utils.functional import Promise

from junheng.commons.models import Attempt
from junheng.commons.refusals import Refusal


class Breach(Refusal):
    """A refusal that an auditor wants to know of: a rule would have been broken."""


_WORDS: dict[str, str | Promise] = {}


def name_deeds(words: Mapping[str, str | Promise]) -> None:
    """Say what deeds are called on the screen; call it from `AppConfig.ready()`."""
    _WORDS.update(words)


def title_of(deed: str) -> str:
    """What a deed is called; one that nobody named keeps its key."""
    return str(_WORDS.get(deed, deed))


def note(
    deed: str,
    answer: str,
    *,
    by: AbstractBaseUser | None = None,
    matter: str = "",
    path: str = "",
    address: str | None = None,
) -> None:
    """Write down what somebody tried.

    Args:
        deed: What was tried, such as "admissions.publish"; never a person's data.
        answer: What the person was told.
        by: Who, None for somebody who is not signed in.
        matter: What it was about.
        path: Place that it belongs to: who audits that place reads it.
        address: Where a visitor came from.
    """
    Attempt.objects.create(
        by_id=by.pk if by and by.pk else None,
        deed=deed,
        matter=matter,
        path=path,
        answer=answer,
        address=address,
    )


def recent(deed: str, address: str | None, within: timedelta) -> int:
    """How often a deed was refused to an address of late; for brakes on guessing."""
    return Attempt.objects.filter(
        deed=deed, address=address, at__gt=timezone.now() - within
    ).count()


@contextmanager
def noting(
    deed: str, *, by: AbstractBaseUser | None = None, matter: str = "", path: str = ""
) -> Iterator[None]:
    """Let a breach pass on to the caller, and keep a note of it. Stands outside transactions."""
    try:
        yield
    except Breach as breach:
        note(deed, str(breach), by=by, matter=matter, path=path)
        raise
