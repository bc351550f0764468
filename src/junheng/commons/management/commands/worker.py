from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand

from junheng.commons.worker import worker_main

STEPS_BACK = 5
"""Behind the web server where both want the processor: a page is waited for, a job is not."""


class Command(BaseCommand):
    help = "Do the jobs that pages ask for, until SIGTERM or Ctrl-C."

    def handle(self, *_args: Any, **_options: Any) -> None:
        os.nice(STEPS_BACK)
        worker_main()
