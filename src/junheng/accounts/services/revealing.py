"""Showing what is masked: for a reason, written down before it is shown, for one view only.

A room says in `AppConfig.ready` what of its own may be revealed; the page that asks for the
reason is here, and a masked value links to it:
`reverse("accounts:reveal", args=[kind, key, field])`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from junheng.accounts.models import User
from junheng.accounts.services.reading import note_read

Find = Callable[[User, str], Model | None]
"""The row with this key if this person may see it at all (in masks), else None."""

Clear = Callable[[Any], str]
"""The value of one field of that row in the clear."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that may be revealed: what it is called, and how it is read."""

    label: Any  # a lazy translation
    clear: Clear


@dataclass(frozen=True, slots=True)
class Masked:
    """A value that somebody may ask for."""

    subject: Model
    field: str
    label: str
    clear: Clear


@dataclass(frozen=True, slots=True)
class _Kind:
    find: Find
    fields: Mapping[str, Field]


_kinds: dict[str, _Kind] = {}


def register(kind: str, *, find: Find, fields: Mapping[str, Field]) -> None:
    """Let the fields of a kind of row be revealed.

    Args:
        kind: A short name for addresses, such as `applicant`.
        find: Gives the row to those who may see it in masks and may ask for more; None else.
        fields: By the name in the address.

    Raises:
        ValueError: If the kind is registered already.
    """
    if kind in _kinds:
        raise ValueError(f"{kind} is registered already")
    _kinds[kind] = _Kind(find, fields)


def masked(user: User, kind: str, key: str, field: str) -> Masked | None:
    """What somebody may ask for, or None: unknown and not allowed look alike."""
    known = _kinds.get(kind)
    if known is None or field not in known.fields:
        return None
    subject = known.find(user, key)
    if subject is None:
        return None
    asked = known.fields[field]
    return Masked(subject, field, str(asked.label), asked.clear)


def reveal(user: User, value: Masked, reason: str, *, address: str | None) -> str:
    """The value in the clear; the log has the reading before this returns.

    Raises:
        ValueError: Without a reason.
    """
    note_read(user, value.subject, [value.field], reason, address=address)
    return value.clear(value.subject)
