"""Asking a service about people: in batches, through the breaker, distrusting its answers."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from junheng.evidence.engine.matching import Verdict
from junheng.evidence.files.descriptions import ServiceDescription, read_description
from junheng.evidence.models import Connection, ServiceTrouble, State
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


def ask_service(connection: Connection, asked: Sequence[Asked]) -> list[Reply]:
    """What a service says to each question; what it does not say is `unavailable`."""
    try:
        description = description_of(connection)
    except Refused as refused:
        breaker.seen(connection, Kind.NOT_DESCRIBED, str(refused.faults[0].column)[:200])
        note = _("The description of the service is not valid any more.")
        return [_no_answer(connection, note)] * len(asked)
    replies: list[Reply] = []
    for start in range(0, len(asked), description.batch):
        replies += _ask(connection, description, asked[start : start + description.batch])
    return replies


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
) -> list[Reply]:
    if not breaker.may_ask(connection):
        note = _("The service is left alone for a while, since it failed again and again.")
        return [_no_answer(connection, note)] * len(asked)
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
        note = str(Kind(trouble.kind).label)
        return [_no_answer(connection, note)] * len(asked)
    breaker.answered(connection, _since(began))
    key = connection.key_column
    seen = look_at(asked, [rows[place] for place in range(len(asked))], register_size=COUNTY_SIZE)
    return [_reply(connection, *one, key, as_of) for one in zip(asked, seen, strict=True)]


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


def _reply(
    connection: Connection, one: Asked, seen: Sequence[Seen], key: str, as_of: date | None
) -> Reply:
    if any(_is_another(row, key) for row in seen):
        breaker.seen(connection, Kind.WRONG_PERSON, "")
        note = _("The service answered for another person; its answer was not taken.")
        return _no_answer(connection, note)
    return signed(conclude(one, seen, key=key), connection, as_of)


def _is_another(row: Seen, key: str) -> bool:
    """Neither the person nor a namesake, nor the certificate that was asked about."""
    stranger = row.judged.verdict == Verdict.NONE and "name" not in row.judged.agreed
    return stranger and key not in row.agreed


def _no_answer(connection: Connection, note: str) -> Reply:
    return Reply(State.UNAVAILABLE, note=note, connection=connection)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
