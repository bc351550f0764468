"""A waiting room before a door that takes so many a second: everybody gets a turn, in order.

A turn is a moment, taken from one row by one statement, so all processes agree and nobody gets
two. Whose moment has come goes through; others get a sealed ticket that says it, see their place,
and come back by themselves. Who closes the page keeps the turn; who reloads loses nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import connection
from django.utils import timezone

SALT = "commons.waiting"
BURST = timedelta(seconds=3)
"""So much work may pile up before anybody waits: the site makes up for it in a moment."""
LATE = timedelta(minutes=30)
"""So long a turn is kept after it has come."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's place.

    Attributes:
        at: When it is their turn.
        ahead: About how many come before.
        seconds: About how long that takes, whole seconds, at least 1 while they wait.
        ticket: What to come back with.
    """

    at: datetime
    ahead: int
    seconds: int
    ticket: str

    @property
    def has_come(self) -> bool:
        """Whether the door is open for them."""
        return self.ahead == 0


def take_turn(door: str, *, per_second: float, ticket: str = "") -> Turn:
    """The turn that a ticket holds, or the next one; one that was let pass is taken anew.

    Args:
        door: Which door, such as "apply".
        per_second: So many go through; above 0.
        ticket: What an earlier turn gave.
    """
    now = timezone.now()
    at = _held(door, ticket, now) or _next(door, per_second)
    wait = max(0.0, (at - now - BURST).total_seconds())
    sealed = signing.dumps([door, at.timestamp()], salt=SALT)
    return Turn(at, math.ceil(wait * per_second), max(1, math.ceil(wait)), sealed)


def _held(door: str, ticket: str, now: datetime) -> datetime | None:
    try:
        named, moment = signing.loads(ticket, salt=SALT) if ticket else ("", 0.0)
    except signing.BadSignature:
        return None
    at = datetime.fromtimestamp(moment, tz=now.tzinfo)
    return at if named == door and at > now - LATE else None


def _next(door: str, per_second: float) -> datetime:
    step: Any = timedelta(seconds=1 / per_second)  # the stubs know no intervals
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO commons_waitingroom AS room (door, next_free_at)
            VALUES (%(door)s, clock_timestamp() + %(step)s)
            ON CONFLICT (door) DO UPDATE
            SET next_free_at = greatest(room.next_free_at, clock_timestamp()) + %(step)s
            RETURNING next_free_at - %(step)s
            """,
            {"door": door, "step": step},
        )
        row = cursor.fetchone()
    assert row is not None  # noqa: S101 -- one row is written, and it comes back
    at: datetime = row[0]
    return at
