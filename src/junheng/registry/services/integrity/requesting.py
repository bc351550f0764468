"""A check of a register is asked for: what it looks at is frozen, then it becomes a run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from junheng.accounts.facade import User
from junheng.commons.models import Run
from junheng.commons.runs import freeze, queue_run
from junheng.places.facade import Place
from junheng.registry.engine.integrity.running import VERSION
from junheng.registry.runners.integrity import as_files
from junheng.registry.snapshots.integrity import tables_of

KIND = "registry.integrity"


def matter_of(place: Place) -> str:
    """What a run is about: one at a time for each register."""
    return f"register of {place.code}"


def place_of(run: Run) -> Place:
    """Whose register a run checks."""
    found: Place = Place.objects.get(code=run.matter.rsplit(" ", 1)[-1])
    return found


def freeze_and_request(
    place: Place, *, on: date, by: User | None, enqueue: Callable[[Run], None]
) -> Run:
    """Freeze the register with all it is compared with, and ask for the run, both or neither.

    Args:
        place: Whose register.
        on: The day as on which it is looked at.
        by: Who asks; None for the clock.
        enqueue: Puts the run into the queue, in the same transaction.

    Raises:
        AlreadyRunning: If a check of this register is under way.
    """
    engine, snapshot = tables_of(place.path, on)
    with engine:
        frozen = freeze(KIND, as_files(engine, snapshot))
    return queue_run(
        kind=KIND,
        matter=matter_of(place),
        snapshot=frozen,
        rules_version=VERSION,
        by=by,
        enqueue=enqueue,
    )
