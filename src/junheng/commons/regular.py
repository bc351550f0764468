"""What is done again and again by the clock, without anybody asking for it.

    @regular("cases.sweep", cron="*/10 * * * *")        in a room's jobs.py
    def sweep() -> None: ...

The queue keeps in the database which moment was done, so of several workers one does it. Such work
must be safe to run twice and to be killed: what was left undone is done the next time. Long work
that somebody waits for is a job (`jobs.py`), with a progress bar.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import connection
from procrastinate import App

from junheng.commons.history import acting

log = logging.getLogger(__name__)
Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Regular:
    """Work with its times, as cron writes them, in UTC."""

    name: str
    cron: str
    work: Work


_regular: dict[str, Regular] = {}


def regular(name: str, *, cron: str) -> Callable[[Work], Work]:
    """Register a function of no arguments that the worker calls by the clock."""

    def register(work: Work) -> Work:
        _regular[name] = Regular(name, cron, work)
        return work

    return register


def all_regular() -> Mapping[str, Regular]:
    """All of it, by name."""
    return dict(_regular)


def plan(app: App, queue: str) -> None:
    """Tell a worker's queue what comes when."""
    for one in _regular.values():
        name = f"junheng.regular.{one.name}"
        task = app.task(name=name, queue=queue, queueing_lock=name)(_task_of(one))
        app.periodic(cron=one.cron)(task)


def _task_of(one: Regular) -> Callable[[int], None]:
    def task(timestamp: int) -> None:
        do(one, timestamp)

    return task


def do(one: Regular, moment: int) -> None:
    """Do it now; what goes wrong is logged, and tried again the next time.

    Args:
        one: What to do.
        moment: Seconds since 1970 for which it was planned.
    """
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    with acting(job=one.name):
        try:
            one.work()
        except Exception:
            log.exception("%s, planned for %s, failed", one.name, moment)
