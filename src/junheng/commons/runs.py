"""Decisions made by machine: freeze what they are made from, run, keep the receipt, publish.

A run belongs to a matter ("the round of autumn 2026"). At most one is under way for a matter
and at most one is its published one; the database holds both, so it is true of two officers
pressing the button at once as well. What a done run says can never change.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib.metadata import version
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from junheng.commons.models import Run, RunFile, Snapshot
from junheng.commons.models.runs import REHEARSAL
from junheng.commons.refusals import Refusal
from junheng.commons.snapshots import freeze, thaw
from junheng.commons.storage import Damaged, store
from junheng.kernel.canonical import canonical_json
from junheng.kernel.ref import Ref

State = Run.State
UNDER_WAY = (State.QUEUED, State.RUNNING)


class AlreadyRunning(Refusal):
    """Another run for the same matter is under way."""

    def __init__(self, run: Run) -> None:
        self.run = run
        super().__init__(
            _("%(who)s already started this on %(when)s (%(ref)s). Wait until it is over.")
            % {"who": _who(run), "when": _when(run.requested_at), "ref": run.ref}
        )


class RunIsOver(Refusal):
    """The run has ended, so it cannot be worked on any more."""

    def __init__(self, run: Run) -> None:
        self.run = run
        super().__init__(
            _("The run %(ref)s is over (%(state)s). Start a new one.")
            % {"ref": run.ref, "state": run.get_state_display()}
        )


class CannotPublish(Refusal):
    """The run may not become the published one of its matter."""


def request_run(
    *,
    kind: str,
    matter: str,
    snapshot: Snapshot,
    rules_version: str,
    seed: str,
    by: AbstractBaseUser | None,
) -> Run:
    """Enter a run that waits to be worked on.

    Args:
        kind: Which decision, such as "admissions.assignment".
        matter: What is decided; one run at a time for each.
        snapshot: What it is decided from.
        rules_version: Which rules.
        seed: What decides where chance does, "" where there is none; a seed that begins
            "rehearsal:" makes a run that cannot be published.
        by: Who asks, None for the system itself.

    Raises:
        AlreadyRunning: If a run for this matter is under way; it says whose and since when.
    """
    wanted = Run(
        kind=kind,
        matter=matter,
        snapshot=snapshot,
        rules_version=rules_version,
        seed=seed,
        requested_by_id=by.pk if by else None,
    )
    while True:
        wanted.ref = _fresh_ref()
        wanted.requested_at = timezone.now()
        try:
            # The insert waits for another one under way and then fails on the constraint.
            with transaction.atomic():
                wanted.save(force_insert=True)
        except IntegrityError as error:
            _raise_unless_temporary(matter, error)
        else:
            return wanted


def queue_run(
    *,
    kind: str,
    matter: str,
    snapshot: Snapshot,
    rules_version: str,
    by: AbstractBaseUser | None,
    enqueue: Callable[[Run], None],
) -> Run:
    """Request a run that no chance decides and `enqueue` it, both or neither.

    Raises:
        AlreadyRunning: If a run for this matter is under way.
    """
    with transaction.atomic():
        run = request_run(
            kind=kind,
            matter=matter,
            snapshot=snapshot,
            rules_version=rules_version,
            seed="",
            by=by,
        )
        enqueue(run)
    return run


def request_again(run: Run, by: AbstractBaseUser | None) -> Run:
    """A new run that asks for the same as one that is over."""
    return request_run(
        kind=run.kind,
        matter=run.matter,
        snapshot=run.snapshot,
        rules_version=run.rules_version,
        seed=run.seed,
        by=by,
    )


def start(run: Run) -> bool:
    """Begin to work on the run, or begin anew after a worker was killed.

    Returns:
        Whether there is work to do: False when the run is done already.

    Raises:
        RunIsOver: If it failed or was cancelled meanwhile.
    """
    with transaction.atomic():
        fresh = _locked(run)
        if fresh.state == State.DONE:
            run.refresh_from_db()
            return False
        if fresh.state not in UNDER_WAY:
            raise RunIsOver(fresh)
        _change(run, state=State.RUNNING, started_at=timezone.now(), software=software())
    return True


def attach(run: Run, files: Mapping[str, bytes]) -> None:
    """Keep files that the run put out; they can be added only while it works.

    Files of an earlier attempt with the same names are replaced.

    Raises:
        DiskFull, StorageFails: Nothing was attached.
    """
    keep = store()
    blobs = {name: keep.put(data) for name, data in files.items()}
    with transaction.atomic():
        RunFile.objects.filter(run=run, name__in=blobs).delete()
        RunFile.objects.bulk_create(
            RunFile(run=run, name=name, sha256=blob.sha256, bytes=blob.bytes)
            for name, blob in blobs.items()
        )


def files_of(run: Run) -> dict[str, RunFile]:
    """The files that a run put out, by name, without their contents."""
    return {file.name: file for file in RunFile.objects.filter(run=run).order_by("name")}


def contents(file: RunFile) -> bytes:
    """What stands in a file of a run, checked against its hash.

    Raises:
        Damaged: If it is missing or was changed on the disk.
    """
    return store().get(file.sha256)


def finish(run: Run, *, receipt: Mapping[str, Any], result_sha256: str) -> None:
    """Write the receipt; nothing about the run changes ever after.

    Doing it again with the same receipt is nothing; with another one it is refused.

    Args:
        run: A run that was started.
        receipt: What anybody needs to repeat it; no floats (they have many spellings).
        result_sha256: Hash of the result.

    Raises:
        RunIsOver: If it ended meanwhile, in another way.
        ValueError: If the receipt would not be read back as it was written.
    """
    digest = hashlib.sha256(canonical_json(receipt)).hexdigest()
    with transaction.atomic():
        fresh = _locked(run)
        if (fresh.state, fresh.receipt_sha256, fresh.result_sha256) == (
            State.DONE,
            digest,
            result_sha256,
        ):
            return
        if fresh.state != State.RUNNING:
            raise RunIsOver(fresh)
        _change(
            run,
            state=State.DONE,
            receipt=dict(receipt),
            receipt_sha256=digest,
            result_sha256=result_sha256,
            finished_at=timezone.now(),
        )
        if hashlib.sha256(canonical_json(run.receipt)).hexdigest() != digest:
            raise ValueError("the receipt holds a number that the database spells differently")


def fail(run: Run, why: str) -> None:
    """End a run without a result; `why` is for the officer who asked for it."""
    _end(run, State.FAILED, why)


def cancel(run: Run) -> None:
    """End a run because somebody asked to."""
    _end(run, State.CANCELLED, "")


def publish(run: Run, by: AbstractBaseUser) -> None:
    """Make this the published run of its matter; the one before stays readable, superseded.

    Raises:
        CannotPublish: If it is not done, was a rehearsal, or was superseded.
    """
    with transaction.atomic():
        # All of the matter's runs are locked, so that two who publish at once take turns.
        ours = Run.objects.select_for_update(of=("self",)).filter(matter=run.matter)
        runs = {each.pk: each for each in ours.order_by("pk")}
        fresh = runs.pop(run.pk)
        if why_not := _not_publishable(fresh):
            raise CannotPublish(why_not)
        if fresh.published_at is None:
            now = timezone.now()
            for other in runs.values():
                if other.published_at and not other.superseded_at:
                    _change(other, superseded_at=now)
            _change(run, published_at=now, published_by_id=by.pk)


def published(matter: str) -> Run | None:
    """The published run of a matter."""
    return Run.objects.filter(
        matter=matter, published_at__isnull=False, superseded_at__isnull=True
    ).first()


@cache
def software() -> str:
    """Which software makes a run, for the record beside the receipt."""
    return f"junheng {version('junheng')}"


def _not_publishable(run: Run) -> str:
    if run.state != State.DONE:
        return _("The run %s is not done, so it cannot be published.") % run.ref
    if run.seed.startswith(REHEARSAL):
        return _("The run %s is a rehearsal, so it cannot be published.") % run.ref
    if run.superseded_at is not None:
        return _("The run %s was superseded. Run again instead.") % run.ref
    return ""


def _end(run: Run, state: str, note: str) -> None:
    with transaction.atomic():
        if _locked(run).state in UNDER_WAY:
            _change(run, state=state, note=note, finished_at=timezone.now())
        else:
            run.refresh_from_db()


def _locked(run: Run) -> Run:
    return Run.objects.select_for_update(of=("self",)).get(pk=run.pk)


def _change(run: Run, **values: Any) -> None:
    Run.objects.filter(pk=run.pk).update(**values)
    run.refresh_from_db()


def _raise_unless_temporary(matter: str, error: IntegrityError) -> None:
    """Name the run in the way; one that ended since, or a reference drawn twice, is no reason."""
    if under_way := Run.objects.filter(matter=matter, state__in=UNDER_WAY).first():
        raise AlreadyRunning(under_way) from error
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    if constraint != "run_one_under_way" and "ref" not in constraint:
        raise error


def _fresh_ref() -> str:
    return str(Ref.draw("RN", timezone.localdate().year, secrets.randbelow))


def _who(run: Run) -> str:
    return str(run.requested_by) if run.requested_by else _("The system")


def _when(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


__all__ = [
    "AlreadyRunning",
    "CannotPublish",
    "Damaged",
    "RunIsOver",
    "attach",
    "cancel",
    "contents",
    "fail",
    "files_of",
    "finish",
    "freeze",
    "publish",
    "published",
    "request_again",
    "request_run",
    "software",
    "start",
    "thaw",
]
