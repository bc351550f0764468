from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from junheng.commons.worker import worker_main


class Command(BaseCommand):
    help = "Do the jobs that pages ask for, until SIGTERM or Ctrl-C."

    def handle(self, *_args: Any, **_options: Any) -> None:
        worker_main()
