"""The circuit breaker: a service that fails again and again is left alone for a while.

Its state is a row of the database, so that what one process has seen the others know. Call these
outside a transaction of your own: they write at once, and others wait for the row.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection as database
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from junheng.evidence.events import connection_back
from junheng.evidence.models import (
    Connection,
    Register,
    ServiceState,
    ServiceTrouble,
)

LONGEST = 16
"""So many times the first pause at most."""
TRIAL = timedelta(seconds=90)
"""How long the one request that tries a paused service keeps others waiting, at most."""
COUNTS = """
    INSERT INTO evidence_servicehour (connection_id, hour, asked, failed, milliseconds)
    VALUES (%s, %s, 1, %s, %s)
    ON CONFLICT (connection_id, hour) DO UPDATE SET
        asked = evidence_servicehour.asked + 1,
        failed = evidence_servicehour.failed + excluded.failed,
        milliseconds = evidence_servicehour.milliseconds + excluded.milliseconds
"""
SEEN = """
    INSERT INTO evidence_servicetrouble (connection_id, kind, since, last, times, detail)
    VALUES (%s, %s, %s, %s, 1, %s)
    ON CONFLICT (connection_id, kind) WHERE until IS NULL DO UPDATE SET
        times = evidence_servicetrouble.times + 1, last = excluded.last, detail = excluded.detail
"""


def may_ask(connection: Connection) -> bool:
    """Whether a request may go out now; of those that would try a paused service, one may."""
    now = timezone.now()
    state = ServiceState.objects.filter(pk=connection.pk).first()
    if state is None or state.paused_until is None:
        return True
    if state.paused_until > now:
        return False
    trial = ServiceState.objects.filter(pk=connection.pk, paused_until=state.paused_until)
    return trial.update(paused_until=now + TRIAL) == 1


def is_paused(connection: Connection) -> bool:
    """Whether a service is left alone just now; looking takes nobody's turn to try it."""
    states = ServiceState.objects.filter(pk=connection.pk, paused_until__gt=timezone.now())
    return bool(states.exists())


def answered(connection: Connection, milliseconds: int) -> None:
    """A good answer: what was wrong is over, and whoever waits is told."""
    now = timezone.now()
    with transaction.atomic():
        state = _state(connection)
        had_failed = state.failures > 0
        state.failures, state.paused_until, state.answered_at = 0, None, now
        state.save()
        if had_failed:
            over = ServiceTrouble.objects.filter(connection=connection, until=None)
            over.exclude(kind=ServiceTrouble.Kind.WRONG_PERSON).update(until=now)
            _tell(connection)
        _count(connection, now, failed=False, milliseconds=milliseconds)


def failed(
    connection: Connection,
    kind: str,
    detail: str,
    *,
    until_pause: int,
    pause_seconds: int,
    milliseconds: int = 0,
) -> None:
    """No good answer: after several in a row the service is left alone, longer each time."""
    now = timezone.now()
    with transaction.atomic():
        state = _state(connection)
        state.failures += 1
        if state.failures >= until_pause:
            times = min(2 ** min(state.failures - until_pause, 10), LONGEST)
            state.paused_until = now + timedelta(seconds=pause_seconds * times)
        state.save()
        seen(connection, kind, detail)
        _count(connection, now, failed=True, milliseconds=milliseconds)


def seen(connection: Connection, kind: str, detail: str) -> None:
    """Write down what was wrong; the same again makes the same entry longer."""
    now = timezone.now()
    with database.cursor() as cursor:
        cursor.execute(SEEN, [connection.pk, kind, now, now, detail])


def settle_wrong_person(connection: Connection) -> None:
    """Close what was noted of answers for other people: the officer has looked at it."""
    rows = ServiceTrouble.objects.filter(connection=connection, until=None)
    rows.filter(kind=ServiceTrouble.Kind.WRONG_PERSON).update(until=F("last"))


def try_again() -> int:
    """Tell those who wait for a service that failed to ask it again, once its pause is over.

    The first question that goes out is the one that tries the service; if it fails, the others
    are not sent.

    Returns:
        How many services that was said of.
    """
    over = Q(paused_until=None) | Q(paused_until__lte=timezone.now())
    states = ServiceState.objects.filter(over, failures__gt=0, connection__ended_on=None)
    found = [state.connection for state in states.select_related("connection")]
    for connection in found:
        _tell(connection)
    return len(found)


def _state(connection: Connection) -> ServiceState:
    ServiceState.objects.get_or_create(connection=connection)
    return ServiceState.objects.select_for_update().get(pk=connection.pk)


def _count(connection: Connection, now: datetime, *, failed: bool, milliseconds: int) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    with database.cursor() as cursor:
        cursor.execute(COUNTS, [connection.pk, hour, int(failed), milliseconds])


def _tell(connection: Connection) -> None:
    news = {"register": Register(connection.register), "path": connection.path}
    transaction.on_commit(lambda: connection_back.send(Connection, **news))
