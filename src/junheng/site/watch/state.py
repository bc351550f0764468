"""Is the installation fit to work at this moment? A handful of cheap questions."""

from __future__ import annotations

import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Max
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker

WORKER_SECONDS = 60.0
"""A worker writes down every ten seconds that it is there."""
NO_ROOM_BYTES = 1_000_000_000


def readiness() -> dict[str, bool]:
    """By part, whether it is fit: database, worker, disk."""
    up = database_answers()
    return {"database": up, "worker": up and worker_is_alive(), "disk": disk_has_room()}


def database_answers() -> bool:
    """Whether a question is answered."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def worker_is_alive() -> bool:
    """Whether a worker was heard of lately."""
    try:
        age = worker_age()
    except DatabaseError:
        return False
    return age is not None and age <= WORKER_SECONDS


def worker_age() -> float | None:
    """Seconds since a worker was last heard of, None if none ever was."""
    last = ProcrastinateWorker.objects.aggregate(last=Max("last_heartbeat"))["last"]
    return None if last is None else float((timezone.now() - last).total_seconds())


def disk_has_room() -> bool:
    """Whether something can still be saved."""
    try:
        return shutil.disk_usage(settings.VAR).free >= NO_ROOM_BYTES
    except OSError:
        return False
