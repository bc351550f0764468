"""Messages to telephones: words that are known beforehand, written with what they tell.

    CODE = messages.register(Template("accounts.code", _("Your code is %(code)s. …"), …))
    messages.send(phone, "accounts.code", {"code": "123456"}, subject="sign-in")

A message is a row of the outbox, written in the caller's transaction: what is rolled back tells
nobody, and what is committed is told even if a process dies. The worker sends it (`sending.py`).
No value can hold a name or an identity number: every value has a kind, and no kind fits them.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.utils import timezone, translation
from django.utils.functional import Promise

from junheng.commons.made_once import Insertion
from junheng.commons.models import Message
from junheng.kernel.mobile import mobile


class Value(Enum):
    """What may stand in a message; nothing that says who a person is."""

    CODE = re.compile(r"[0-9]{4,8}")
    NUMBER = re.compile(r"[A-Z]{1,4}-?[0-9A-Z-]{4,20}")
    """A number of ours, such as an application's: it begins with letters, an ID number does not."""
    DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2})?")
    COUNT = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Template:
    """Words of a message, known beforehand, as gateways demand.

    Attributes:
        key: Its name, "room.what"; the operator gives it the gateway's number by this name.
        words: The sentence, with named places.
        values: What stands in those places.
        urgent: Whether somebody waits for it in front of a page.
        secret: Whether its values are forgotten once it is sent.
        lifetime: After this time it is of no use and is not sent any more.
    """

    key: str
    words: str | Promise
    values: Mapping[str, Value] = field(default_factory=dict)
    urgent: bool = False
    secret: bool = False
    lifetime: timedelta = timedelta(days=2)


class UnfitForMessage(ValueError):
    """A value is missing, unknown or of another kind than its template says; it is not repeated."""


_TEMPLATES: dict[str, Template] = {}


def register(template: Template) -> Template:
    """Name a template; call it where the module is imported by `AppConfig.ready`."""
    _TEMPLATES[template.key] = template
    return template


def templates() -> Mapping[str, Template]:
    """Every template by its key."""
    return dict(_TEMPLATES)


_HELD_BACK: ContextVar[bool] = ContextVar("held_back", default=False)


@contextmanager
def held_back() -> Iterator[None]:
    """Tell nobody of what is done inside: for drills, which look like the real thing."""
    token = _HELD_BACK.set(True)
    try:
        yield
    finally:
        _HELD_BACK.reset(token)


def are_held_back() -> bool:
    """Whether this is done without telling anybody, so that no job need be asked to tell."""
    return _HELD_BACK.get()


def send(
    phone: str,
    template_key: str,
    values: Mapping[str, Any],
    *,
    subject: str,
    path: str = "",
    dedupe: str = "",
) -> None:
    """Write a message into the outbox, in one statement of the current transaction.

    Inside `held_back` nothing is written.

    Args:
        phone: A mobile number.
        template_key: Which words.
        values: What stands in their places.
        subject: What it is about, by a number or key of ours: never a name.
        path: Whose officers may see that it was sent.
        dedupe: Two messages with the same one are one message, whatever else they say.

    Raises:
        UnfitForMessage: If the values are not those of the template.
        NotMobile: If the telephone gets no messages.
    """
    if are_held_back():
        return
    template = _TEMPLATES[template_key]
    now = timezone.now()
    message = Message(
        template=template.key,
        phone=mobile(phone),
        content=json.dumps(_fitting(template, values)),
        language=translation.get_language() or "",
        subject=subject,
        path=path,
        dedupe=dedupe,
        urgent=template.urgent,
        written_at=now,
        next_at=now,
        expires_at=now + template.lifetime,
    )
    (write_once if dedupe else write)(message)


write = Insertion(Message)
write_once = Insertion(Message, unless_there=True)


def _fitting(template: Template, values: Mapping[str, Any]) -> dict[str, str]:
    texts = {name: str(value) for name, value in values.items()}
    if set(texts) != set(template.values):
        raise UnfitForMessage(f"{template.key} has the values {sorted(template.values)}")
    for name, kind in template.values.items():
        if not kind.value.fullmatch(texts[name]):
            raise UnfitForMessage(f"{name} of {template.key} is no {kind.name.lower()}")
    return texts


def text_of(message: Message) -> str:
    """The sentence as it is read, in the language of whoever caused it."""
    template = _TEMPLATES[message.template]
    with translation.override(message.language or None):
        return str(template.words) % values_of(message)


@dataclass(frozen=True, slots=True)
class Told:
    """A message about something, as whoever got it read it."""

    at: datetime
    text: str


def messages_about(subjects: Collection[str]) -> dict[str, list[Told]]:
    """What was written to telephones about these subjects and is still kept, oldest first."""
    rows = Message.objects.filter(subject__in=subjects).order_by("written_at")
    found: dict[str, list[Told]] = defaultdict(list)
    for row in rows:
        found[row.subject].append(Told(timezone.localtime(row.written_at), text_of(row)))
    return dict(found)


def values_of(message: Message) -> dict[str, str]:
    """What stands in the places of the sentence; empty once it was forgotten."""
    values: dict[str, str] = json.loads(str(message.content)) if message.content else {}
    return values
