"""What happens to jobs when workers are killed and the database goes away: real processes."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

from junheng.commons import jobs, runs
from junheng.commons.jobs import KINDS, Job
from junheng.commons.models import Run, RunFile, Snapshot
from junheng.commons.tests.conftest import a_run
from junheng.commons.tests.worker_process import register

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]
PATIENCE_SECONDS = 60
StartWorker = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start_worker(storage: Path, tmp_path: Path) -> Iterator[StartWorker]:
    """Starts workers on the test database; all of them are gone at the end."""
    register()
    command = [sys.executable, "-m", "junheng.commons.tests.worker_process"]
    with ExitStack() as stack, (tmp_path / "worker.log").open("wb") as log:

        def start() -> subprocess.Popen[bytes]:
            worker = subprocess.Popen(
                [*command, connection.settings_dict["NAME"], str(storage)], stderr=log, stdout=log
            )
            stack.callback(worker.wait)
            stack.callback(worker.kill)
            return worker

        yield start
    print((tmp_path / "worker.log").read_text())  # noqa: T201  # shown when the test fails


def wait_for(job: Job, condition: Callable[[Job], bool]) -> Job:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition(job):
        assert time.monotonic() < deadline, f"{job.state}: {job.message} {job.error}"
        time.sleep(0.05)
        job.refresh_from_db()
    return job


def begun(job: Job) -> bool:
    return job.state == "running" and job.done > 0


def stop_the_database() -> None:
    connections.close_all()
    ours: Any = connection
    ours.close_pool()
    settings.SERVER.down()


def start_the_database() -> None:
    type(settings.SERVER)(settings.SERVER.home, {"fsync": "off"}).up()


def restart_the_database() -> None:
    stop_the_database()
    time.sleep(0.5)
    start_the_database()


def test_a_killed_workers_run_is_found_and_gives_one_result(
    start_worker: StartWorker, snapshot: Snapshot, li: Any
) -> None:
    run = a_run(snapshot, li)
    job = KINDS["test.slow_run"].later(by=li, run=run.ref)
    killed = start_worker()
    wait_for(job, begun)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    job.refresh_from_db()
    assert job.state == "running"

    start_worker()
    wait_for(job, lambda job: job.over)
    run.refresh_from_db()
    assert (job.state, job.attempts, job.url) == ("done", 2, "/result/")
    assert (run.state, run.result_sha256) == ("done", "ff")
    assert runs.contents(RunFile.objects.get(run=run)) == b"whole"
    assert Run.objects.count() == 1


def test_a_worker_told_to_end_leaves_its_job_to_the_next(
    start_worker: StartWorker, snapshot: Snapshot, li: Any
) -> None:
    job = KINDS["test.calculate"].later(by=li, seconds=120)
    worker = start_worker()
    wait_for(job, begun)
    told = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE_SECONDS) == 0
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)
    assert time.monotonic() - told < 20


def test_jobs_outlive_a_restart_of_the_database(start_worker: StartWorker, li: Any) -> None:
    """One that only calculates goes on; one in the middle of a query begins anew."""
    calculating = KINDS["test.calculate"].later(by=li, seconds=2)
    start_worker()
    wait_for(calculating, begun)
    restart_the_database()
    wait_for(calculating, lambda job: job.over)
    assert calculating.state == "done"

    reading = KINDS["test.read"].later(by=li, seconds=1)
    wait_for(reading, begun)
    restart_the_database()
    wait_for(reading, lambda job: job.over)
    assert (reading.state, reading.attempts) == ("done", 2)


def test_a_worker_waits_for_a_database_that_is_away(start_worker: StartWorker, li: Any) -> None:
    job = KINDS["test.calculate"].later(by=li, seconds=0.1)
    stop_the_database()
    start_worker()
    time.sleep(2)
    start_the_database()
    wait_for(job, lambda job: job.over)
    assert job.state == "done"


def test_a_cancelled_job_stops_in_the_worker(start_worker: StartWorker, li: Any) -> None:

    job = KINDS["test.calculate"].later(by=li, seconds=120)
    start_worker()
    wait_for(job, begun)
    jobs.cancel(job)
    wait_for(job, lambda job: job.over)
    assert job.state == "cancelled"
