"""The process that does the jobs: fetching, working, and finding those of killed workers.

The queue (procrastinate) only delivers the number of a job. Whether it is still to be done is
decided by the job's own row, claimed under its lock: delivered twice is done once, and a
delivery that was lost is made again by the sweep.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from uuid import UUID

import psycopg
import structlog
from django.db import InterfaceError, OperationalError, connection, connections, transaction
from django.utils import timezone, translation
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from procrastinate.contrib.django import utils
from procrastinate.contrib.django.db_cleanup import DjangoApp
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.psycopg_connector import PsycopgConnector
from structlog.contextvars import bound_contextvars

from junheng.commons import jobs, regular
from junheng.commons.history import acting
from junheng.commons.models import Job
from junheng.commons.progress import (
    Cancelled,
    Channel,
    Interrupted,
    OwnConnection,
    Progress,
    SharedConnection,
    TakenOver,
    key,
)
from junheng.commons.refusals import Refusal
from junheng.commons.sending import Sender
from junheng.commons.storage import disk_is_full, store
from junheng.kernel.faults import Refused

log = logging.getLogger(__name__)
note = structlog.get_logger(__name__)

State = Job.State
AT_ONCE = 2
"""Jobs that one worker does side by side: an export need not wait for a run."""
POLL_SECONDS = 1.0
"""Jobs are announced at once; asking as well makes up for announcements that were lost."""
SWEEP_SECONDS = 3.0
CARE_SECONDS = 600.0
LOST_SECONDS = 10
"""A job that waits this long while the queue does not know it was delivered to a dead worker."""
GRACE_SECONDS = 5.0
"""How long a worker that should end lets a job go on before it puts it back into the queue."""
CONNECTION_LOST = (
    OperationalError,
    InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)


# ------------------------------------------------------------------------------ one job


def perform(
    job_id: str | UUID,
    *,
    stopping: Callable[[], bool] = lambda: False,
    channel: Callable[[], Channel] = OwnConnection,
) -> None:
    """Do a job that waits; nothing happens when it does not wait or somebody else has it."""
    held = channel()
    try:
        job_id = UUID(str(job_id))
        if held.hold(job_id) and (job := _claim(job_id)):
            with translation.override(job.language or None), _remembered(job), _noted(job):
                _work(job, held, stopping)
    finally:
        held.close()


def work_off() -> None:
    """Do all waiting jobs now, inside the current transaction: for tests and commands."""
    while job := Job.objects.filter(state=State.QUEUED).order_by("queued_at").first():
        perform(job.id, channel=SharedConnection)


def _claim(job_id: UUID) -> Job | None:
    with transaction.atomic():
        job = Job.objects.select_for_update(of=("self",), no_key=True).filter(pk=job_id).first()
        if job is None or job.state != State.QUEUED:
            return None
        job.state, job.started_at, job.attempts = State.RUNNING, timezone.now(), job.attempts + 1
        job.save()
    return job


def _remembered(job: Job) -> AbstractContextManager[None]:
    """What the job changes is written down as changed by whoever asked for it."""
    return acting(user=job.requested_by_id, job=str(job.id), why=job.title)


@contextmanager
def _noted(job: Job) -> Iterator[None]:
    """A line in the log when it begins and when it is left, with its number on all between."""
    began = time.monotonic()
    with bound_contextvars(job=str(job.id), kind=job.kind):
        note.info("job begun", attempt=job.attempts, user=job.requested_by_id)
        try:
            yield
        finally:
            note.info("job left", state=job.state, ms=round((time.monotonic() - began) * 1000))


def _work(job: Job, held: Channel, stopping: Callable[[], bool]) -> None:
    kind = jobs.KINDS.get(job.kind)
    if kind is None:
        jobs.end(job, State.FAILED, _("This version of Junheng does not know this kind of job."))
        return
    heeded = stopping if kind.retry else lambda: False
    progress = Progress(job.id, job.attempts, held, heeded)
    try:
        url = kind.work(progress, **job.args)
    except Cancelled:
        _close(job, State.CANCELLED)
    except TakenOver:
        log.warning("job %s was taken over by another worker", job.id)
    except Interrupted:
        put_back(job, counts=False)
    except (Refusal, Refused) as no:
        _close(job, State.FAILED, str(no))
    except CONNECTION_LOST as error:
        log.exception("job %s lost the database", job.id)
        if isinstance(error.__cause__ or error, psycopg.errors.DiskFull):
            _close(job, State.FAILED, disk_is_full())
        else:
            put_back(job, counts=True)
    except Exception:
        log.exception("job %s failed", job.id)
        _close(job, State.FAILED, _went_wrong(job))
    else:
        _close(job, State.DONE, url=url or "")


def _close(job: Job, state: str, error: str = "", url: str = "") -> None:
    """Note how our attempt ended, unless the job was given to somebody else meanwhile."""
    with _sound_transaction():
        fresh = _ours(job)
        if fresh is not None:
            jobs.end(fresh, state, error, url)
            job.state = state


def put_back(job: Job, *, counts: bool) -> None:
    """Let a broken-off attempt be made again, or give up, as the kind of job says."""
    with _sound_transaction():
        fresh = _ours(job)
        if fresh is None:
            return
        kind = jobs.KINDS.get(fresh.kind)
        if fresh.cancel_requested_at is not None:
            jobs.end(fresh, State.CANCELLED)
        elif kind is not None and not kind.retry:
            jobs.end(fresh, State.FAILED, _broken_off())
        elif kind is not None and counts and fresh.attempts >= kind.attempts:
            jobs.end(fresh, State.FAILED, _broken_off_often(fresh.attempts))
        else:
            jobs.wait_again(fresh, attempts=fresh.attempts if counts else fresh.attempts - 1)


def _sound_transaction() -> AbstractContextManager[None]:
    """A transaction on a connection that was looked at: the job may have outlived its own."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    return transaction.atomic()


def _ours(job: Job) -> Job | None:
    """The job's row, locked, if it is still at the attempt that we know of."""
    return (
        Job.objects.select_for_update(of=("self",))
        .filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)
        .first()
    )


def _went_wrong(job: Job) -> str:
    return (
        _(
            "Something went wrong on the server, and nothing was changed by the step that failed. "
            "Try again; if it happens again, tell whoever runs the server the number %s."
        )
        % str(job.id).split("-", maxsplit=1)[0]
    )


def _broken_off() -> str:
    return _(
        "The server was interrupted while this job ran. "
        "Look at what is there already before you try again."
    )


def _broken_off_often(times: int) -> str:
    return (
        _(
            "The server was interrupted %d times while this job ran, so it was given up. "
            "Tell whoever runs the server, then try again."
        )
        % times
    )


# ---------------------------------------------------------------------------- the sweep


def sweep() -> int:
    """Find jobs whose worker is gone or whose delivery was lost; how many those were."""
    return sum(map(_mend, Job.objects.filter(state__in=[State.QUEUED, State.RUNNING])))


def _mend(job: Job) -> bool:
    with transaction.atomic():
        if not _nobody_works_on(job):
            return False
        fresh = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
        with translation.override(fresh.language or None), _remembered(fresh):
            if fresh.state == State.RUNNING:
                log.warning("job %s was left behind by its worker", job.id)
                put_back(fresh, counts=True)
                return True
            if fresh.state == State.QUEUED and _delivery_lost(fresh):
                log.warning("job %s is put into the queue again", job.id)
                jobs.wait_again(fresh, attempts=fresh.attempts)
                return True
    return False


def _nobody_works_on(job: Job) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key(job.id)])
        row = cursor.fetchone()
    return row is not None and bool(row[0])


def _delivery_lost(job: Job) -> bool:
    if job.queued_at > timezone.now() - timedelta(seconds=LOST_SECONDS):
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM procrastinate_jobs WHERE id = %s AND status = 'todo'",
            [job.queue_entry],
        )
        return cursor.fetchone() is None


_CARE: list[Callable[[], object]] = []


def take_care(of: Callable[[], object]) -> None:
    """Have something small done every ten minutes; workers may do it at the same time."""
    _CARE.append(of)


class Sweeper(threading.Thread):
    """Sweeps at once and then every few seconds, also while the worker is busy."""

    def __init__(self) -> None:
        super().__init__(name="sweeper", daemon=True)
        self.enough = threading.Event()
        self.care_at = 0.0

    def look_after(self) -> None:
        """What is done every ten minutes, if they are over."""
        if time.monotonic() >= self.care_at:
            self.care_at = time.monotonic() + CARE_SECONDS
            for care in _CARE:
                care()

    def run(self) -> None:
        while True:
            try:
                sweep()
                self.look_after()
            except CONNECTION_LOST:
                log.warning("the sweep waits for the database")
            except Exception:
                log.exception("the sweep failed")
            finally:
                connections.close_all()
            if self.enough.wait(SWEEP_SECONDS):
                return


# -------------------------------------------------------------------------- the process


def worker_main() -> None:
    """Do jobs until SIGTERM or SIGINT; wait for a database that is away."""
    autodiscover_modules("jobs")
    store().sweep()
    helpers = (Sweeper(), Sender())
    for helper in helpers:
        helper.start()
    try:
        asyncio.run(_until_told_to_stop())
    finally:
        for helper in helpers:
            helper.enough.set()
        for helper in helpers:
            helper.join(timeout=GRACE_SECONDS)


async def _until_told_to_stop() -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    told = asyncio.create_task(stop.wait())
    while not stop.is_set():
        working = asyncio.create_task(_fetch_and_work())
        await asyncio.wait({working, told}, return_when=asyncio.FIRST_COMPLETED)
        working.cancel()  # graceful: the queue's worker waits for the job it is at
        (how,) = await asyncio.gather(working, return_exceptions=True)
        if isinstance(how, Exception) and not _database_is_away(how):
            raise how
        if not stop.is_set():
            log.warning("the worker begins anew: %s", how)
            await asyncio.wait({told}, timeout=1)


async def _fetch_and_work() -> None:
    # An app of our own: the global one must go on queueing over Django's connection, inside
    # the transactions of the jobs.
    parameters = utils.connector_params()
    connector = PsycopgConnector(kwargs=parameters, min_size=1, max_size=4, timeout=5)
    app = DjangoApp(connector=connector)
    app.task(name=jobs.DELIVERY, queue=jobs.QUEUE, pass_context=True)(deliver)
    regular.plan(app, jobs.QUEUE)
    async with app.open_async():
        await app.run_worker_async(
            queues=[jobs.QUEUE],
            concurrency=AT_ONCE,
            delete_jobs="always",
            fetch_job_polling_interval=POLL_SECONDS,
            shutdown_graceful_timeout=GRACE_SECONDS,
            install_signal_handlers=False,
        )


def deliver(context: JobContext, job: str) -> None:
    """What the queue's worker calls, in a thread."""
    perform(job, stopping=context.should_abort)


def _database_is_away(error: Exception) -> bool:
    return isinstance(error, ConnectorException | psycopg.OperationalError | OSError)
