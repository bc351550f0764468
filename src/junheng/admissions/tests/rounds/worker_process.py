"""A real worker on the test database that hangs at a chosen point of its first attempt.

python -m junheng.admissions.tests.rounds.worker_process DATABASE STORAGE_ROOT POINT
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.conf import settings

FOR_EVER = 600


def hang_after(owner: Any, name: str) -> None:
    """Let a function do its work, say so, and not come back."""
    work: Callable[..., Any] = getattr(owner, name)

    def hanging(*args: Any, **kwargs: Any) -> Any:
        work(*args, **kwargs)
        sys.stdout.write("hanging\n")
        sys.stdout.flush()
        time.sleep(FOR_EVER)

    setattr(owner, name, hanging)


if __name__ == "__main__":
    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    settings.STORAGE_ROOT = Path(sys.argv[2])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    django.setup()
    from junheng.admissions.services import printing, running
    from junheng.commons import runs, worker

    POINTS = {
        "start": (runs, "start"),
        "attach": (runs, "attach"),
        "copy": (running, "copy_in"),
        "finish": (runs, "finish"),
        "letters set": (printing, "letters_pdf"),
        "school printed": (printing, "print_school"),
        "bundled": (printing, "bundle"),
    }
    if sys.argv[3] in POINTS:
        hang_after(*POINTS[sys.argv[3]])
    worker.GRACE_SECONDS = worker.SWEEP_SECONDS = 1.0
    worker.worker_main()
