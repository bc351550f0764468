"""Killed in the middle, two at once, a full disk, a database that goes: never half a result."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions import jobs
from junheng.admissions.models import Placement, RoundRun, SchoolResult
from junheng.admissions.selectors.rounds import job_of
from junheng.admissions.tests.rounds import builders
from junheng.commons.history import acting
from junheng.commons.models import Run, RunFile
from junheng.commons.runs import AlreadyRunning
from junheng.commons.worker import work_off
from junheng.places.models import Role

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 90.0
StartWorker = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def start_worker(storage: Path, tmp_path: Path) -> Iterator[StartWorker]:
    """Starts workers on the test database; all of them are gone at the end."""
    command = [sys.executable, "-m", "junheng.admissions.tests.rounds.worker_process"]
    with ExitStack() as stack, (tmp_path / "worker.log").open("wb") as log:

        def start(point: str) -> subprocess.Popen[str]:
            name = str(connection.settings_dict["NAME"])
            worker = subprocess.Popen(
                [*command, name, str(storage), point], stdout=subprocess.PIPE, stderr=log, text=True
            )
            stack.enter_context(worker)
            stack.callback(worker.kill)
            return worker

        yield start


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("point", ["start", "attach", "copy", "finish"])
def test_a_worker_killed_at_any_point_leaves_no_half_result_and_the_next_finishes(
    start_worker: StartWorker, li: User, point: str
) -> None:
    record = jobs.start_run(builders.loaded(li), seed=builders.REHEARSAL, by=li)
    killed = start_worker(point)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "hanging\n"
    killed.kill()
    killed.wait()
    assert not Placement.objects.exists()
    assert not SchoolResult.objects.exists()
    assert not RunFile.objects.exists()
    assert Run.objects.get(pk=record.pk).state == "running"

    start_worker("nowhere")
    wait_until(lambda: Run.objects.get(pk=record.pk).state == "done")
    assert Placement.objects.count() == 7
    wait_until(lambda: job_of(record.run.ref).state == "done")  # type: ignore[union-attr]  # it is there
    assert Run.objects.count() == 1


def test_of_two_officers_who_press_at_once_one_starts_and_one_is_told_who(li: User) -> None:
    the_round = builders.loaded(li)
    both = [li, cast.person("he", Role.ADMISSIONS_OFFICER, cast.bureau())]
    barrier, answers = threading.Barrier(len(both)), list[RoundRun | AlreadyRunning]()

    def press(by: User) -> None:
        barrier.wait()
        try:
            answers.append(jobs.start_run(the_round, seed=builders.REHEARSAL, by=by))
        except AlreadyRunning as refusal:
            answers.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=[by]) for by in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    started = [answer for answer in answers if isinstance(answer, RoundRun)]
    told = [answer for answer in answers if isinstance(answer, AlreadyRunning)]
    assert (len(started), len(told), Run.objects.count()) == (1, 1, 1)
    assert str(Run.objects.get().requested_by) in str(told[0])


def test_the_second_officer_is_led_to_the_run_of_the_first(li: User) -> None:
    the_round = builders.loaded(li)
    jobs.start_run(the_round, seed=builders.REHEARSAL, by=li)
    he = cast.person("he", Role.ADMISSIONS_OFFICER, cast.bureau())
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    client.force_login(he)
    pressed = {"kind": "rehearsal", "words": "mine"}
    response = client.post(reverse("admissions:start", args=[the_round.pk]), pressed, follow=True)
    assert response.redirect_chain == [
        (reverse("admissions:run", args=[Run.objects.get().ref]), 302)
    ]
    assert "Li already started this" in response.content.decode()


def test_a_full_disk_is_told_in_words_and_nothing_is_stored(
    li: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = jobs.start_run(builders.loaded(li), seed=builders.REHEARSAL, by=li)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    work_off()
    monkeypatch.undo()
    run = Run.objects.get(pk=record.pk)
    assert run.state == "failed"
    assert "disk is full" in run.note
    assert not Placement.objects.exists()
    page = Client()
    page.cookies["django_language"] = "en"
    page.force_login(li)
    text = page.get(reverse("admissions:run", args=[run.ref])).content.decode()
    assert "disk is full" in text
    assert "Nothing was stored" in text


def test_a_cancelled_run_says_so(li: User) -> None:
    record = jobs.start_run(builders.loaded(li), seed=builders.REHEARSAL, by=li)
    job = job_of(record.run.ref)
    assert job is not None
    from junheng.commons import jobs as commons_jobs

    commons_jobs.cancel(job)
    work_off()
    assert Run.objects.get(pk=record.pk).state == "cancelled"
    assert not Placement.objects.exists()


def test_a_failed_job_tried_again_makes_a_run_of_the_same_round(
    li: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from junheng.admissions.services import running
    from junheng.commons import jobs as commons_jobs

    the_round = builders.loaded(li)
    record = jobs.start_run(the_round, seed=builders.REHEARSAL, by=li)
    monkeypatch.setattr(running, "copy_in", lambda _: 1 / 0)
    work_off()
    monkeypatch.undo()
    assert Run.objects.get(pk=record.pk).state == "failed"
    job = job_of(record.run.ref)
    assert job is not None
    commons_jobs.try_again(job, li)
    work_off()
    done = RoundRun.objects.get(run__state="done")
    assert (done.round, done.rehearsal) == (the_round, True)
    assert job.url == reverse("admissions:run", args=[done.run.ref])


def test_the_planner_knows_the_rows_of_a_result_at_once(li: User) -> None:
    """Without figures of a table the database takes it to be empty, and sorts all for each page."""
    with acting(user=li.pk):
        builders.ran(builders.loaded(li))
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r'")
        counted = dict(cursor.fetchall())
    assert counted["admissions_placement"] == Placement.objects.count() > 0
    assert counted["admissions_schoolresult"] == SchoolResult.objects.count() > 0
