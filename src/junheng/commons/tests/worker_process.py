"""A real worker on the test database, with jobs that take long the first time.

python -m junheng.commons.tests.worker_process DATABASE STORAGE_ROOT
"""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path

import django
from django.conf import settings

FOR_EVER = 600


def register() -> None:
    """The jobs, known to the worker and to the tests that ask for them."""
    from junheng.commons import runs
    from junheng.commons.jobs import KINDS, Progress, job
    from junheng.commons.models import Job, Run

    if "test.slow_run" in KINDS:
        return

    def steps(progress: Progress, seconds: float) -> None:
        total = int(seconds * 20)
        for done in range(total):
            progress.step(done + 1, total, "working")
            time.sleep(0.05)

    @job("test.slow_run", title="Slow run")
    def slow_run(progress: Progress, *, run: str) -> str | None:
        """Works for ever at the first attempt and a moment at the second."""
        the_run = Run.objects.get(ref=run)
        if runs.start(the_run):
            first = Job.objects.get(pk=progress.job).attempts == 1
            runs.attach(the_run, {"half.csv": b"half" if first else b"whole"})
            steps(progress, FOR_EVER if first else 0.1)
            runs.finish(the_run, receipt={"rows": 1}, result_sha256="ff")
        return "/result/"

    @job("test.calculate", title="Calculate without the database")
    def calculate(progress: Progress, *, seconds: float) -> str | None:
        steps(progress, seconds)
        return "/result/"

    @job("test.read", title="Read from the database all the time")
    def read(progress: Progress, *, seconds: float) -> str | None:
        until = time.monotonic() + seconds
        progress.step(1, 2)
        while time.monotonic() < until:
            Job.objects.count()
        return "/result/"


if __name__ == "__main__":
    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    settings.STORAGE_ROOT = Path(sys.argv[2])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    django.setup()
    register()
    from junheng.commons import worker

    worker.GRACE_SECONDS = worker.SWEEP_SECONDS = 1.0
    worker.worker_main()
