"""A worker killed while it prints: each school has its file once, no copy is counted twice."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection, connections

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions import jobs
from junheng.admissions.models import Letter, LetterPrint, PrintedLetter
from junheng.admissions.services import printing
from junheng.admissions.services.printing import NeedsReason, Order
from junheng.admissions.tests.letters import builders
from junheng.commons.models import Job

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 120.0
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


@pytest.mark.parametrize("point", ["letters set", "school printed", "bundled"])
def test_a_worker_killed_while_printing_prints_nothing_twice(
    start_worker: StartWorker, li: User, point: str
) -> None:
    record = builders.published()
    schools = list(record.input.schools.order_by("code"))
    job = jobs.start_printing(record.round, schools, by=li, reason="", language="en")
    killed = start_worker(point)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "hanging\n"
    killed.kill()
    killed.wait()

    start_worker("nowhere")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not Job.objects.get(pk=job.pk).over:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert Job.objects.get(pk=job.pk).state == "done"
    files = LetterPrint.objects.filter(school__isnull=False)
    assert len(files) == len({made.school_id for made in files}) == len(schools)
    assert LetterPrint.objects.filter(school=None).count() == 1
    assert set(PrintedLetter.objects.values_list("copy", flat=True)) == {1}
    assert PrintedLetter.objects.count() == Letter.objects.count() == 6
    for made in LetterPrint.objects.all():
        assert printing.kept().get(made.sha256)


def test_of_two_who_print_the_same_letter_at_once_one_is_asked_for_a_reason(li: User) -> None:
    record = builders.published()
    letter, _ = builders.issued(record)
    barrier, answers = threading.Barrier(2), list[object]()

    def press(by: User) -> None:
        barrier.wait()
        try:
            answers.append(printing.print_letter(letter, Order(by)))
        except NeedsReason as refusal:
            answers.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=[by]) for by in (li, cast.sun())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(answer).__name__ for answer in answers) == ["LetterPrint", "NeedsReason"]
    assert list(PrintedLetter.objects.values_list("copy", flat=True)) == [1]
