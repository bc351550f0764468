"""How a job tells how far it is, and hears that it should stop.

Progress is written over a connection of its own, outside the job's transactions, so that it
shows at once and stays when the job rolls back. The same connection holds an advisory lock for
as long as the job is worked on: when the worker is killed the server drops the connection and
with it the lock, so "running, but nobody holds the lock" is how a dead worker's job is known,
at once and without trusting any clock.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

import psycopg
from django.db import connection

from junheng.commons.connecting import own_parameters

log = logging.getLogger(__name__)

WRITES_PER_SECOND = 4.0
BURST = 4.0
"""Writes that may come at once: the changes from one phase of a job to the next."""
RECONNECT_SECONDS = 30.0
CONNECTION_LOST = (psycopg.OperationalError, psycopg.InterfaceError)

# The attempt is named, so that a job which was taken away and begun anew elsewhere does not
# listen to the one who had it before.
WRITE = """
    UPDATE commons_job SET done = %s, total = %s, message = %s
    WHERE id = %s AND state = 'running' AND attempts = %s
    RETURNING cancel_requested_at IS NOT NULL
"""
LOCK = "SELECT pg_try_advisory_lock(%s)"


class Cancelled(Exception):
    """Somebody asked the job to stop; let it pass through."""


class Interrupted(Exception):
    """The worker is about to end; the job goes back into the queue."""


class TakenOver(Exception):
    """The job is no longer this worker's: what it does now would be done twice."""


class Channel(Protocol):
    """Where progress is written to."""

    def hold(self, job: UUID) -> bool: ...
    def write(self, values: tuple[Any, ...]) -> bool | None: ...
    def close(self) -> None: ...


class Progress:
    """Handed to every job: `progress.step(done, total, message)` as often as it likes."""

    def __init__(
        self, job: UUID, attempt: int, channel: Channel, stopping: Callable[[], bool]
    ) -> None:
        self.job = job
        self._attempt = attempt
        self._channel = channel
        self._stopping = stopping
        self._allowance = BURST
        self._last = time.monotonic()

    def step(self, done: int, total: int, message: str = "") -> None:
        """Tell how far the job is; cheap, since most calls are not written.

        Args:
            done: How much is done, in whatever unit, from 0.
            total: How much there is; 0 while nobody knows.
            message: What is being done, in a few words for a person.

        Raises:
            Cancelled: If somebody asked the job to stop.
            Interrupted: If the worker is about to end.
            TakenOver: If the job was given to another worker meanwhile.
        """
        if self._stopping():
            raise Interrupted
        now = time.monotonic()
        self._allowance = min(BURST, self._allowance + (now - self._last) * WRITES_PER_SECOND)
        self._last = now
        if self._allowance >= 1:
            self._allowance -= 1
            self._write(done, total, message)

    def _write(self, done: int, total: int, message: str) -> None:
        asked_to_stop = self._channel.write((done, total, message[:300], self.job, self._attempt))
        if asked_to_stop is None:
            raise TakenOver
        if asked_to_stop:
            raise Cancelled


class OwnConnection:
    """The channel of a real worker; it comes back when the database was restarted."""

    def __init__(self) -> None:
        self._connection = self._connect()
        self._held: UUID | None = None

    def hold(self, job: UUID) -> bool:
        """Take the job's lock; False when somebody else works on it."""
        self._held = job
        row = self._connection.execute(LOCK, [key(job)]).fetchone()
        return row is not None and bool(row[0])

    def write(self, values: tuple[Any, ...]) -> bool | None:
        """Write a step; whether the job was asked to stop, or None if it is no longer ours."""
        try:
            return self._written(values)
        except CONNECTION_LOST:
            log.warning("the database went away during job %s", self._held)
            return self._written(values) if self._reconnected() else None

    def close(self) -> None:
        self._connection.close()

    def _written(self, values: tuple[Any, ...]) -> bool | None:
        row = self._connection.execute(WRITE, values).fetchone()
        return None if row is None else bool(row[0])

    def _reconnected(self) -> bool:
        """Connect and take the lock again; False when another worker was quicker."""
        deadline = time.monotonic() + RECONNECT_SECONDS
        while True:
            try:
                self._connection.close()
                self._connection = self._connect()
                return self._held is not None and self.hold(self._held)
            except CONNECTION_LOST:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    @staticmethod
    def _connect() -> psycopg.Connection:
        opened: psycopg.Connection = psycopg.connect(**own_parameters(), autocommit=True)
        return opened


class SharedConnection:
    """The channel of tests that work jobs off inside their own transaction."""

    def hold(self, job: UUID) -> bool:
        return True

    def write(self, values: tuple[Any, ...]) -> bool | None:
        with connection.cursor() as cursor:
            cursor.execute(WRITE, values)
            row = cursor.fetchone()
        return None if row is None else bool(row[0])

    def close(self) -> None:
        """The connection belongs to the test."""


def key(job: UUID) -> int:
    """The number of the job's advisory lock."""
    return int.from_bytes(job.bytes[:8], signed=True)
