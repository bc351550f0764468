"""Asking a service what somebody has: by number alone, and only rows that are certainly theirs.

Nobody is asked about here who did not sign: whoever calls this keeps the signature, and looks at
it right before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from junheng.evidence.engine.people import Person
from junheng.evidence.engine.steps import Step
from junheng.evidence.models import Connection, ServiceTrouble, Silence
from junheng.evidence.services import breaker
from junheng.evidence.services.answering import Seen
from junheng.evidence.services.service_answers import Heard, described, hear


@dataclass(frozen=True, slots=True)
class Owned:
    """What a service has of somebody.

    Attributes:
        rows: Their entries; none where the service answered and has nobody of this number.
        step: `EXACT`, or `NORMALISED` where it writes the number another way.
        probability: That the rows are about this person.
        as_of: The day on which they were true; today where the service does not tell it.
    """

    rows: tuple[Mapping[str, str], ...]
    step: Step
    probability: float
    as_of: date


def people_at_once(connection: Connection) -> int:
    """How many people may go out in the next request; 0 while the service may not be asked."""
    description = described(connection)
    return 0 if description is None or breaker.is_paused(connection) else description.batch


def why_left_alone(connection: Connection) -> Silence:
    """Why nobody may go out in the next request."""
    return Silence.NOT_DESCRIBED if described(connection) is None else Silence.PAUSED


def ask_by_number(connection: Connection, people: Sequence[Person]) -> list[Owned | Silence]:
    """What a service has of people who have a number. Call it outside a transaction.

    Args:
        connection: A service that is in use.
        people: About whom; each has an identity number.

    Returns:
        One for each, in order; why, where it did not answer, or about somebody else: then nobody
        knows, which speaks neither against this person nor for them.
    """
    heard = hear(connection, [(person, {}) for person in people])
    return [_owned(connection, *both) for both in zip(people, heard, strict=True)]


def _owned(connection: Connection, person: Person, heard: Heard) -> Owned | Silence:
    if heard.seen is None:
        return heard.silence or Silence.UNREADABLE
    theirs = [row for row in heard.seen if row.certain]
    if any(not row.certain and not _is_namesake(row) for row in heard.seen):
        breaker.seen(connection, ServiceTrouble.Kind.WRONG_PERSON, "")
        return Silence.WRONG_PERSON
    exact = all(row.facts.get("resident_id") == person.resident_id for row in theirs)
    return Owned(
        tuple(row.facts for row in theirs),
        Step.EXACT if exact else Step.NORMALISED,
        min((row.judged.probability for row in theirs), default=1.0),
        heard.as_of or timezone.localdate(),
    )


def _is_namesake(row: Seen) -> bool:
    """Somebody of the same name with a number of their own: a service may look for names too."""
    return "number" in row.judged.differs and "name" in row.judged.agreed
