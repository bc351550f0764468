"""Asking a service about people: in batches, through the breaker, distrusting its answers."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from junheng.evidence.engine.matching import Verdict
from junheng.evidence.files.descriptions import ServiceDescription, read_description
from junheng.evidence.models import Connection, ServiceTrouble, Silence, State
from junheng.evidence.runners.calling import Caller, Trouble
from junheng.evidence.services import breaker
from junheng.evidence.services.answering import (
    Asked,
    Facts,
    Reply,
    Seen,
    conclude,
    look_at,
    signed,
)
from junheng.kernel.faults import Refused

COUNTY_SIZE = 300_000
"""People that a service is taken to know; how probable a namesake is hangs on it."""
LONGEST_VALUE = 500
Kind = ServiceTrouble.Kind


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back to one question.

    Attributes:
        seen: The rows, the likeliest first, each the person's or a namesake's; None where there
            was no answer, or one about somebody else.
        as_of: The day on which they were true, where the service tells it.
        silence: Why there was no answer.
        note: The same in words.
    """

    seen: Sequence[Seen] | None
    as_of: date | None = None
    silence: Silence | None = None
    note: str = ""


def ask_service(connection: Connection, asked: Sequence[Asked]) -> list[Reply]:
    """What a service says to each question; what it does not say is `unavailable`."""
    return [_reply(connection, *both) for both in zip(asked, hear(connection, asked), strict=True)]


def hear(connection: Connection, asked: Sequence[Asked]) -> list[Heard]:
    """What comes back to each question, in as many requests as the description wants."""
    description = described(connection)
    if description is None:
        note = _("The description of the service is not valid any more.")
        return [Heard(None, silence=Silence.NOT_DESCRIBED, note=note)] * len(asked)
    heard: list[Heard] = []
    for start in range(0, len(asked), description.batch):
        heard += _ask(connection, description, asked[start : start + description.batch])
    return heard


def described(connection: Connection) -> ServiceDescription | None:
    """How a service is asked; None, and a trouble is noted, where that does not hold any more."""
    try:
        return description_of(connection)
    except Refused as refused:
        breaker.seen(connection, Kind.NOT_DESCRIBED, str(refused.faults[0].column)[:200])
        return None


def description_of(connection: Connection) -> ServiceDescription:
    """The description of a connection, checked against today's list of hosts.

    Raises:
        Refused: If it does not hold any more.
    """
    return read_description(
        connection.description, connection.register, allowed=settings.REGISTER_HOSTS
    )


def _ask(
    connection: Connection, description: ServiceDescription, asked: Sequence[Asked]
) -> list[Heard]:
    if not breaker.may_ask(connection):
        note = _("The service is left alone for a while, since it failed again and again.")
        return [Heard(None, silence=Silence.PAUSED, note=note)] * len(asked)
    began = time.monotonic()
    try:
        answer = Caller(description, connection.secret or "").ask(_content(description, asked))
        rows, as_of = _rows(description, answer, len(asked))
    except Trouble as trouble:
        breaker.failed(
            connection,
            trouble.kind,
            trouble.detail,
            until_pause=description.failures_until_pause,
            pause_seconds=description.pause_seconds,
            milliseconds=_since(began),
        )
        silence, note = Silence(trouble.kind), str(Kind(trouble.kind).label)
        return [Heard(None, silence=silence, note=note)] * len(asked)
    breaker.answered(connection, _since(began))
    seen = look_at(asked, [rows[place] for place in range(len(asked))], register_size=COUNTY_SIZE)
    return [_taken(connection, one, as_of) for one in seen]


def _content(description: ServiceDescription, asked: Sequence[Asked]) -> dict[str, Any]:
    people = [_one(description, place, one) for place, one in enumerate(asked)]
    return {description.people: people} if description.people else people[0]


def _one(description: ServiceDescription, place: int, one: Asked) -> dict[str, str]:
    """One person in the service's words: nothing that it is not described to need."""
    person, about = one
    known: Mapping[str, str] = {
        **about,
        "ref": str(place),
        "resident_id": person.resident_id,
        "name": person.name,
        "born_on": person.born_on.isoformat() if person.born_on else "",
        "place": person.place,
    }
    return {theirs: known[ours] for ours, theirs in description.asked.items() if known.get(ours)}


def _rows(
    description: ServiceDescription, answer: Any, count: int
) -> tuple[Mapping[int, list[Facts]], date | None]:
    """The rows by question.

    Raises:
        Trouble: If the answer does not look as described.
    """
    found = _at(answer, description.rows)
    if not isinstance(found, list):
        raise Trouble("unreadable", description.rows)
    rows: dict[int, list[Facts]] = defaultdict(list)
    for row in found:
        if not isinstance(row, dict):
            raise Trouble("unreadable", description.rows)
        rows[_question(description, row, count)].append(_facts(description, row))
    return rows, _day(_at(answer, description.as_of)) if description.as_of else None


def _question(description: ServiceDescription, row: Mapping[str, Any], count: int) -> int:
    ref = description.fields.get("ref")
    if ref is None:
        return 0
    written = str(row.get(ref, ""))
    if not written.isdecimal() or len(written) > 6 or int(written) >= count:
        raise Trouble("unreadable", ref)
    return int(written)


def _facts(description: ServiceDescription, row: Mapping[str, Any]) -> Facts:
    facts = {}
    for ours, theirs in description.fields.items():
        value = row.get(theirs)
        if ours == "ref" or value is None or value == "":
            continue
        if not isinstance(value, str | int | float) or len(str(value)) > LONGEST_VALUE:
            raise Trouble("unreadable", theirs)
        facts[ours] = str(value)
    if facts.get("born_on") and _day(facts["born_on"]) is None:
        raise Trouble("unreadable", description.fields["born_on"])
    return facts


def _at(answer: Any, steps: str) -> Any:
    for step in steps.split(".") if steps else ():
        answer = answer.get(step) if isinstance(answer, dict) else None
    return answer


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _taken(connection: Connection, seen: Sequence[Seen], as_of: date | None) -> Heard:
    if any(_is_another(row, connection.key_column) for row in seen):
        breaker.seen(connection, Kind.WRONG_PERSON, "")
        note = _("The service answered for another person; its answer was not taken.")
        return Heard(None, silence=Silence.WRONG_PERSON, note=note)
    return Heard(seen, as_of)


def _reply(connection: Connection, one: Asked, heard: Heard) -> Reply:
    if heard.seen is None:
        return Reply(State.UNAVAILABLE, note=heard.note, connection=connection)
    return signed(conclude(one, heard.seen, key=connection.key_column), connection, heard.as_of)


def _is_another(row: Seen, key: str) -> bool:
    """Neither the person nor a namesake, nor the certificate that was asked about."""
    stranger = row.judged.verdict == Verdict.NONE and "name" not in row.judged.agreed
    return stranger and key not in row.agreed


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
