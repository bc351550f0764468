from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.db import OperationalError, transaction
from django.utils import translation

from junheng.commons import jobs, runs
from junheng.commons.history import history_of
from junheng.commons.jobs import Job, Progress, job
from junheng.commons.models import Run, Snapshot
from junheng.commons.progress import Cancelled, Interrupted, SharedConnection, TakenOver
from junheng.commons.refusals import Refusal
from junheng.commons.tests.conftest import a_run
from junheng.commons.worker import perform, sweep, work_off

DONE: list[Any] = []


@pytest.fixture(autouse=True)
def nothing_done() -> Iterator[None]:
    DONE.clear()
    yield
    DONE.clear()


@job("test.count", title="Count")
def count(progress: Progress, *, upto: int = 3) -> str | None:
    for number in range(upto):
        progress.step(number, upto, f"at {number}")
        DONE.append(number)
    return "/counted/"


@job("test.break", title="Break", attempts=2)
def broken(progress: Progress, *, how: str) -> str | None:
    raise {
        "no": Refusal("There are no seats."),
        "bug": KeyError("secret row 42"),
        "database": OperationalError("gone"),
        "cancelled": Cancelled(),
        "interrupted": Interrupted(),
        "taken": TakenOver(),
    }[how]


@job("test.once", title="Only once", retry=False)
def once(progress: Progress) -> str | None:
    raise OperationalError("gone")


@job("test.decide", title="Decide")
def decide(progress: Progress, *, run: str, how: str = "") -> str | None:
    the_run = Run.objects.get(ref=run)
    if not runs.start(the_run):
        return None
    if how:
        raise Refusal(how)
    runs.finish(the_run, receipt={"n": 1}, result_sha256="ff")
    return None


def after(asked: Job) -> Job:
    """The job once the worker has been there, without its second tries."""
    perform(asked.id, channel=SharedConnection)
    asked.refresh_from_db()
    return asked


# ----------------------------------------------------------------------------- one job


def test_a_job_is_done_and_tells_where_the_result_is(li: AbstractBaseUser) -> None:
    done = after(count.later(by=li, upto=2))
    assert (done.state, done.url, done.percent, done.attempts) == ("done", "/counted/", 100, 1)
    assert DONE == [0, 1]


def test_a_job_that_was_rolled_back_is_not_done(li: AbstractBaseUser) -> None:
    with transaction.atomic():
        count.later(by=li)
        transaction.set_rollback(True)
    assert not Job.objects.exists()
    work_off()
    assert DONE == []


def test_a_job_delivered_twice_is_done_once(li: AbstractBaseUser) -> None:
    asked = after(count.later(by=li, upto=1))
    after(asked)
    assert DONE == [0]


def test_a_jobs_changes_are_signed_by_whoever_asked(li: AbstractBaseUser, run: Run) -> None:
    asked = after(decide.later(by=li, run=run.ref, title="Decide round 1"))
    signed = {(row.user_id, row.job, row.why) for row in history_of(run) if row.what == "update"}
    assert signed == {(li.pk, str(asked.id), "Decide round 1")}


def test_a_jobs_words_are_in_the_language_of_whoever_asked(li: AbstractBaseUser) -> None:
    with translation.override("zh-hans"):
        asked = count.later(by=li)
    assert asked.language == "zh-hans"


# ---------------------------------------------------------------------- how it goes wrong


@pytest.mark.parametrize(
    ("how", "state"),
    [
        ("no", "failed"),
        ("bug", "failed"),
        ("cancelled", "cancelled"),
        ("interrupted", "queued"),
        ("database", "queued"),
        ("taken", "running"),
    ],
)
def test_every_end_leaves_a_clear_state(how: str, state: str, li: AbstractBaseUser) -> None:
    assert after(broken.later(by=li, how=how)).state == state


def test_an_anticipated_no_is_told_as_it_stands(li: AbstractBaseUser) -> None:
    assert after(broken.later(by=li, how="no")).error == "There are no seats."


def test_an_officer_reads_no_traceback(
    li: AbstractBaseUser, caplog: pytest.LogCaptureFixture
) -> None:
    failed = after(broken.later(by=li, how="bug"))
    assert str(failed.id)[:8] in failed.error
    assert "KeyError" not in failed.error
    assert "secret row 42" not in failed.error
    assert "secret row 42" in caplog.text


def test_a_full_disk_under_the_database_is_told_and_not_tried_again(li: AbstractBaseUser) -> None:
    @job("test.no_room", title="No room")
    def no_room(progress: Progress) -> str | None:
        raise OperationalError("no space left on device") from psycopg.errors.DiskFull()

    failed = after(no_room.later(by=li))
    assert (failed.state, failed.attempts) == ("failed", 1)
    assert "disk is full" in failed.error


def test_a_job_that_loses_the_database_again_and_again_is_given_up(li: AbstractBaseUser) -> None:
    asked = broken.later(by=li, how="database")
    assert after(asked).state == "queued"
    assert after(asked).state == "failed"
    assert "2 times" in asked.error


def test_a_worker_that_ends_does_not_use_up_an_attempt(li: AbstractBaseUser) -> None:
    asked = broken.later(by=li, how="interrupted")
    assert [after(asked).attempts for _time in range(4)] == [0, 0, 0, 0]


def test_what_must_not_be_done_twice_is_not_tried_again(li: AbstractBaseUser) -> None:
    failed = after(once.later(by=li))
    assert failed.state == "failed"
    assert "interrupted" in failed.error


def test_a_kind_that_nobody_knows_is_told(li: AbstractBaseUser) -> None:
    asked = count.later(by=li)
    Job.objects.update(kind="test.of_the_next_version")
    assert "does not know" in after(asked).error


# ------------------------------------------------------------------- cancelling, retrying


def test_a_waiting_job_is_cancelled_at_once(li: AbstractBaseUser) -> None:
    asked = count.later(by=li)
    jobs.cancel(asked)
    assert after(asked).state == "cancelled"
    assert DONE == []


def test_a_running_job_is_cancelled_at_its_next_step(li: AbstractBaseUser) -> None:
    @job("test.cancelled_meanwhile", title="Long")
    def long(progress: Progress) -> str | None:
        progress.step(1, 9)
        jobs.cancel(Job.objects.get(state="running"))
        progress.step(2, 9)
        DONE.append("too far")
        return None

    ended = after(long.later(by=li))
    assert (ended.state, ended.done, DONE) == ("cancelled", 2, [])


def test_a_done_job_is_not_cancelled(li: AbstractBaseUser) -> None:
    done = after(count.later(by=li))
    jobs.cancel(done)
    assert done.state == "done"


def test_a_failed_job_is_tried_again_by_hand(li: AbstractBaseUser) -> None:
    failed = after(broken.later(by=li, how="no"))
    Job.objects.update(kind="test.count", args={})
    jobs.try_again(failed, li)
    assert (failed.state, failed.error, failed.attempts) == ("queued", "", 0)
    assert after(failed).state == "done"


def test_only_what_was_broken_off_is_tried_again(li: AbstractBaseUser) -> None:
    done = after(count.later(by=li))
    with pytest.raises(jobs.StillUnderWay):
        jobs.try_again(done, li)


# ------------------------------------------------------------------------------ with a run


def test_a_run_fails_with_its_job_and_frees_the_matter(
    li: AbstractBaseUser, run: Run, snapshot: Snapshot
) -> None:
    after(decide.later(by=li, run=run.ref, how="The disk is full."))
    run.refresh_from_db()
    assert (run.state, run.note) == ("failed", "The disk is full.")
    assert a_run(snapshot).state == "queued"


def test_a_run_is_cancelled_with_its_waiting_job(li: AbstractBaseUser, run: Run) -> None:
    jobs.cancel(decide.later(by=li, run=run.ref))
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_trying_again_asks_for_a_new_run(li: AbstractBaseUser, run: Run) -> None:
    failed = after(decide.later(by=li, run=run.ref, how="no", url=f"/runs/{run.ref}/"))
    jobs.try_again(failed, li)
    again = Run.objects.get(ref=failed.args["run"])
    assert again != run
    assert failed.url == f"/runs/{again.ref}/"


def test_trying_again_waits_for_the_run_of_another(
    li: AbstractBaseUser, run: Run, snapshot: Snapshot
) -> None:
    failed = after(decide.later(by=li, run=run.ref, how="no"))
    a_run(snapshot)
    with pytest.raises(runs.AlreadyRunning):
        jobs.try_again(failed, li)
    failed.refresh_from_db()
    assert failed.state == "failed"


# ------------------------------------------------------------------------------- the sweep


def test_a_dead_workers_job_is_queued_again(li: AbstractBaseUser) -> None:
    asked = after(broken.later(by=li, how="taken"))
    assert sweep() == 1
    asked.refresh_from_db()
    assert (asked.state, asked.attempts) == ("queued", 1)


def test_a_dead_workers_job_that_was_cancelled_stays_so(li: AbstractBaseUser) -> None:
    asked = after(broken.later(by=li, how="taken"))
    jobs.cancel(asked)
    sweep()
    asked.refresh_from_db()
    assert asked.state == "cancelled"


def test_a_lost_delivery_is_made_again(li: AbstractBaseUser) -> None:
    asked = count.later(by=li)
    before = asked.queue_entry
    assert sweep() == 0
    Job.objects.update(queue_entry=0, queued_at="2026-01-01T00:00Z")
    assert sweep() == 1
    asked.refresh_from_db()
    assert asked.queue_entry not in {0, before}


def test_a_job_in_the_queue_is_left_there(li: AbstractBaseUser) -> None:
    count.later(by=li)
    Job.objects.update(queued_at="2026-01-01T00:00Z")
    assert sweep() == 0


# ---------------------------------------------------------------------------- progress


class Counted(SharedConnection):
    """Writes nothing and counts."""

    def __init__(self) -> None:
        self.written: list[tuple[Any, ...]] = []

    def write(self, values: tuple[Any, ...]) -> bool | None:
        self.written.append(values)
        return False


def test_four_steps_a_second_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(start=0, step=0.001)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    channel = Counted()
    progress = Progress(uuid.uuid4(), 1, channel, stopping=lambda: False)
    for number in range(10_000):
        progress.step(number, 10_000)
    assert len(channel.written) in {4 + 39, 4 + 40}


def test_the_first_changes_of_phase_are_all_written() -> None:
    channel = Counted()
    progress = Progress(uuid.uuid4(), 1, channel, stopping=lambda: False)
    for phase in ("reading", "placing", "diverting"):
        progress.step(0, 0, phase)
    assert [values[2] for values in channel.written] == ["reading", "placing", "diverting"]


def test_a_step_tells_the_job_that_the_worker_ends() -> None:
    progress = Progress(uuid.uuid4(), 1, Counted(), stopping=lambda: True)
    with pytest.raises(Interrupted):
        progress.step(1, 2)


def test_a_step_of_an_earlier_attempt_is_told_so(li: AbstractBaseUser) -> None:
    asked = after(broken.later(by=li, how="taken"))
    progress = Progress(asked.id, 7, SharedConnection(), stopping=lambda: False)
    with pytest.raises(TakenOver):
        progress.step(1, 2)


# ------------------------------------------------------------------------------ who may


def test_whoever_asked_may_see_and_act_and_a_stranger_may_not(
    li: AbstractBaseUser, qian: AbstractBaseUser
) -> None:
    asked = count.later(by=li)
    assert jobs.may_see(li, asked)
    assert jobs.may_act(li, asked)
    assert not jobs.may_see(qian, asked)
    assert not jobs.may_act(qian, asked)
