"""Figures for Prometheus: requests as they are answered, and the state of the work when asked.

Several web processes keep their counts in files under PROMETHEUS_MULTIPROC_DIR, which
`junheng serve` sets, and whichever is asked adds them up. No label holds anything about a
person: routes go by their names, never by their addresses.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from junheng.commons.models import Job, Run
from junheng.site.backups.notes import last_backup
from junheng.site.watch.state import database_answers, worker_age

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "none"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
REQUESTS = Counter(
    "junheng_requests", "Answers by method, route and status.", ["method", "route", "status"]
)
SECONDS = Histogram(
    "junheng_request_seconds", "Seconds until an answer was ready.", ["route"], buckets=BUCKETS
)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Note one answer."""
    known = method if method in METHODS else "other"
    REQUESTS.labels(known, route or NO_ROUTE, str(status)).inc()
    SECONDS.labels(route or NO_ROUTE).observe(seconds)


def exposition() -> bytes:
    """Everything in Prometheus' text format."""
    state = CollectorRegistry()
    state.register(State())
    return _requests() + generate_latest(state)


def _requests() -> bytes:
    if not os.environ.get(FOLDER):
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


class State(Collector):
    """What the database and the disk say at this moment."""

    def collect(self) -> Iterator[Metric]:
        up = database_answers()
        yield GaugeMetricFamily("junheng_database_up", "1 if the database answers.", float(up))
        yield from _disk()
        if up:
            try:
                yield from _jobs()
                yield from _runs()
            except DatabaseError:
                return

    def describe(self) -> Iterator[Metric]:
        """Registering must not ask the database."""
        return iter(())


def _disk() -> Iterator[Metric]:
    free = shutil.disk_usage(settings.VAR).free
    yield GaugeMetricFamily("junheng_disk_free_bytes", "Room on the disk of data.", free)
    if last := last_backup(settings.VAR):
        age = (timezone.now() - last.at).total_seconds()
        yield GaugeMetricFamily("junheng_backup_age_seconds", "Age of the last backup.", age)


def _jobs() -> Iterator[Metric]:
    jobs = GaugeMetricFamily("junheng_jobs", "Jobs by state.", labels=["state"])
    counts = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
    for state in Job.State.values:
        jobs.add_metric([state], counts.get(state, 0))
    yield jobs
    waiting = Job.objects.filter(state=Job.State.QUEUED).aggregate(first=Min("queued_at"))["first"]
    age = (timezone.now() - waiting).total_seconds() if waiting else 0.0
    yield GaugeMetricFamily("junheng_job_waits_seconds", "How long the first job waits.", age)
    if (silent := worker_age()) is not None:
        yield GaugeMetricFamily(
            "junheng_worker_silent_seconds", "Since a worker was last heard of.", silent
        )


def _runs() -> Iterator[Metric]:
    runs = GaugeMetricFamily("junheng_runs", "Runs by kind and state.", labels=["kind", "state"])
    counts = Run.objects.order_by().values_list("kind", "state").annotate(Count("pk"))
    for kind, state, count in counts:
        runs.add_metric([kind, state], count)
    yield runs
