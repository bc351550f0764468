"""The connection that a job is held by: its lock, its loss, its return."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from junheng.commons import progress, worker
from junheng.commons.jobs import Job, Progress, job
from junheng.commons.progress import OwnConnection
from junheng.commons.worker import perform, sweep

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def held() -> Iterator[OwnConnection]:
    channel = OwnConnection()
    yield channel
    channel.close()


@pytest.fixture
def running(li: Any) -> Job:
    return Job.objects.create(
        kind="test.any", title="Any", state="running", attempts=1, requested_by=li
    )


def values(job: Job) -> tuple[Any, ...]:
    return (3, 9, "at three", job.pk, 1)


def cut(channel: OwnConnection) -> None:
    """The server ends the connection, as a restart does."""
    pid = channel._connection.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_job_is_held_by_one_at_a_time(held: OwnConnection, running: Job) -> None:
    with closing(OwnConnection()) as other:
        assert held.hold(running.pk)
        assert not other.hold(running.pk)
        held.close()
        assert held_soon(other, running)


def held_soon(channel: OwnConnection, job: Job) -> bool:
    """The server notices a closed connection a moment later."""
    for _moment in range(200):
        if channel.hold(job.pk):
            return True
        time.sleep(0.05)
    return False


def test_progress_shows_while_the_jobs_own_transaction_is_open(li: Any) -> None:
    seen = []

    @job("test.own_transaction", title="Own transaction")
    def work(steps: Progress) -> str | None:
        with transaction.atomic():
            steps.step(5, 10, "half way")
            with psycopg.connect(**parameters(), autocommit=True) as elsewhere:
                row = elsewhere.execute("SELECT done, message FROM commons_job").fetchone()
                seen.append(row)
        return None

    perform(work.later(by=li).pk)
    assert seen == [(5, "half way")]


def parameters() -> dict[str, Any]:
    known: dict[str, Any] = connection.get_connection_params()
    return {key: known[key] for key in ("dbname", "user", "host") if key in known}


def test_a_cut_connection_comes_back_and_goes_on(held: OwnConnection, running: Job) -> None:
    held.hold(running.pk)
    cut(held)
    assert held.write(values(running)) is False
    running.refresh_from_db()
    assert (running.done, running.message) == (3, "at three")
    assert sweep() == 0


def test_a_job_taken_over_meanwhile_is_not_taken_back(held: OwnConnection, running: Job) -> None:
    held.hold(running.pk)
    cut(held)
    with closing(OwnConnection()) as quicker:
        assert quicker.hold(running.pk)
        assert held.write(values(running)) is None


def test_a_database_that_stays_away_ends_the_attempt(
    held: OwnConnection, running: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> Any:
        raise psycopg.OperationalError("nobody there")

    held.hold(running.pk)
    cut(held)
    monkeypatch.setattr(progress, "RECONNECT_SECONDS", 0.3)
    monkeypatch.setattr(OwnConnection, "_connect", staticmethod(away))
    with pytest.raises(psycopg.OperationalError):
        held.write(values(running))


def test_a_job_held_elsewhere_is_left_alone(li: Any, held: OwnConnection) -> None:
    @job("test.held", title="Held")
    def work(steps: Progress) -> str | None:
        raise AssertionError("done by two")

    asked = work.later(by=li)
    held.hold(asked.pk)
    perform(asked.pk)
    asked.refresh_from_db()
    assert asked.state == "queued"


def test_the_sweeper_outlives_a_sweep_that_fails(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    faults: list[Exception] = [OperationalError("away"), KeyError("a bug")]
    sweeper = worker.Sweeper()

    def sweeps() -> int:
        if faults:
            raise faults.pop(0)
        sweeper.enough.set()
        return 0

    monkeypatch.setattr(worker, "sweep", sweeps)
    monkeypatch.setattr(worker, "SWEEP_SECONDS", 0.01)
    sweeper.start()
    sweeper.join(10)
    assert not sweeper.is_alive()
    assert "waits for the database" in caplog.text
    assert "a bug" in caplog.text
