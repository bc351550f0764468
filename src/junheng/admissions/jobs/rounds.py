"""Long work on rounds: reading and loading large files, running."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.admissions.jobs.telling import told_to
from junheng.admissions.models import Round, RoundRun, RoundUpload
from junheng.admissions.selectors.rounds import RUN_JOB
from junheng.admissions.services import loading, requesting
from junheng.commons.jobs import Progress, job
from junheng.commons.models import Job, Run

SMALL = 3_000_000
"""Files of so many bytes together are read within the request: that takes under a second."""


@job("admissions.read_upload", title=gettext_lazy("Read the files of a round"))
def read_upload(progress: Progress, *, upload: str) -> None:
    """Read and check large files."""
    loading.read_upload(UUID(upload), told_to(progress))


@job("admissions.load_upload", title=gettext_lazy("Load a round"))
def load_upload(progress: Progress, *, upload: str, person: int) -> str:
    """Load large files; the officer is led to the round."""
    by = User.objects.get(pk=person)
    the_round = loading.load_upload(UUID(upload), by, told_to(progress))
    return reverse("admissions:round", args=[the_round.pk])


@job(RUN_JOB, title=gettext_lazy("Run an admission round"))
def run_round(progress: Progress, *, run: str) -> None:
    """Run a round, from its frozen files to the stored result."""
    from junheng.admissions.services import running  # the engine is heavy, and web workers spare it

    running.execute(Run.objects.get(ref=run), told_to(progress))


def read_now_or_later(upload: RoundUpload, by: User) -> Job | None:
    """Read small files at once; for large ones, the job that will."""
    if upload.snapshot.bytes <= SMALL:
        loading.read_upload(upload.pk)
        return None
    url = reverse("admissions:upload", args=[upload.pk])
    return read_upload.later(by=by, path=upload.path, url=url, upload=str(upload.pk))


def load_now_or_later(upload: RoundUpload, by: User) -> Round | Job:
    """Load small files at once; for large ones, the job that will."""
    if upload.snapshot.bytes <= SMALL:
        return loading.load_upload(upload.pk, by)
    url = reverse("admissions:upload", args=[upload.pk])
    return load_upload.later(by=by, path=upload.path, url=url, upload=str(upload.pk), person=by.pk)


def start_run(the_round: Round, *, seed: str, by: User) -> RoundRun:
    """Ask for a run and put it into the queue, both or neither.

    Raises:
        AlreadyRunning: If one is under way; it says whose and since when.
        NothingLoaded, NoSeed: If there is nothing to run, or nothing to draw with.
    """

    def enqueue(run: Run) -> None:
        run_round.later(
            by=by,
            path=the_round.path,
            title=_("Run the round %s") % the_round.ref,
            url=reverse("admissions:run", args=[run.ref]),
            run=run.ref,
        )

    with transaction.atomic():
        return requesting.request(the_round, seed=seed, by=by, enqueue=enqueue)
