"""Long work with a progress bar: what it is, how it is asked for, cancelled and retried.

    @job("admissions.run_round", title=_("Run the round"))
    def run_round(progress: Progress, *, run: str) -> str | None: ...

    run_round.later(by=user, path=place.path, run=run.ref)   # inside the request's transaction

A job works in transactions of its own and must be safe to run twice: a worker may be killed
after the work and before the note that it is done. It may return the address of its result.
What it raises decides what the officer reads: a `Refusal` or `Refused` is shown as it stands,
anything else becomes a sentence without a traceback, and the traceback goes to the log.

An argument named `run` is the reference of a Run: it fails or is cancelled with its job, and
trying the job again requests a new one. Doing (queueing, claiming, sweeping) is in `worker.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from junheng.commons import runs
from junheng.commons.models import Job, Run
from junheng.commons.progress import Cancelled, Progress
from junheng.commons.refusals import Refusal

State = Job.State
QUEUE = "default"
DELIVERY = "junheng.job"
"""What the queue carries: the number of a job, for `worker.deliver`."""
Person = AbstractBaseUser | AnonymousUser
Args = ParamSpec("Args")
Work = TypeVar("Work", bound=Callable[..., str | None])


class StillUnderWay(Refusal):
    """The job has not ended, so it cannot be tried again."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[Work]):
    """A registered job.

    Attributes:
        name: Unique name, "room.verb_noun".
        title: What it is called on the screen, unless `later` says otherwise.
        work: The function.
        retry: Whether a job whose worker was killed is done again by itself.
        attempts: How often it is tried before it counts as failed.
    """

    name: str
    title: str | Promise
    work: Work
    retry: bool
    attempts: int

    def later(
        self,
        *,
        by: AbstractBaseUser | None,
        path: str = "",
        title: str = "",
        url: str = "",
        delay: timedelta = timedelta(),
        **args: Any,
    ) -> Job:
        """Ask for the work; it begins once the surrounding transaction is committed.

        Args:
            by: Who asks; they see the job, get its result and may cancel it.
            path: Place or organisation whose officers may see it too; "" for nobody.
            title: What is being worked on, in the reader's words.
            url: Where the result will be found.
            delay: How long it may lie, so that work which comes meanwhile is done with it.
            args: Arguments of the work, as JSON holds them.
        """
        job = Job(
            kind=self.name,
            title=(title or str(self.title))[:200],
            path=path,
            url=url,
            language=translation.get_language() or "",
            args=args,
            requested_by_id=by.pk if by else None,
        )
        with transaction.atomic():
            job.save(force_insert=True)
            enqueue(job, delay)
        return job


KINDS: dict[str, Kind[Any]] = {}


def job(
    name: str, *, title: str | Promise, retry: bool = True, attempts: int = 3
) -> Callable[[Work], Kind[Work]]:
    """Register a function as a job; it takes a `Progress` and keyword arguments."""

    def register(work: Work) -> Kind[Work]:
        KINDS[name] = Kind(name, title, work, retry, attempts)
        return KINDS[name]

    return register


def enqueue(job: Job, delay: timedelta = timedelta()) -> None:
    """Put a job into the queue, inside the current transaction."""
    begins = {"seconds": int(delay.total_seconds())} if delay else None
    entry = app.configure_task(DELIVERY, queue=QUEUE, schedule_in=begins).defer(job=str(job.id))
    job.queue_entry = entry
    Job.objects.filter(pk=job.pk).update(queue_entry=entry)


def cancel(job: Job) -> None:
    """Stop a job: at once when it waits, at its next step when it runs."""
    with transaction.atomic():
        fresh = _locked(job)
        if fresh.state == State.QUEUED:
            end(fresh, State.CANCELLED)
        elif fresh.state == State.RUNNING:
            Job.objects.filter(pk=job.pk).update(cancel_requested_at=timezone.now())
    job.refresh_from_db()


def try_again(job: Job, by: AbstractBaseUser) -> None:
    """Queue a failed or cancelled job once more, with a new run where it had one.

    Raises:
        StillUnderWay: If it has not ended, or did what it should.
        AlreadyRunning: If somebody else meanwhile started a run for the same matter.
    """
    with transaction.atomic():
        fresh = _locked(job)
        if fresh.state not in {State.FAILED, State.CANCELLED}:
            raise StillUnderWay(_("The job was not broken off, so there is nothing to try again."))
        if (ref := fresh.args.get("run")) is not None:
            again = runs.request_again(Run.objects.get(ref=ref), by)
            fresh.args["run"] = again.ref
            fresh.url = fresh.url.replace(ref, again.ref)
        wait_again(fresh, attempts=0)
    job.refresh_from_db()


def wait_again(job: Job, *, attempts: int) -> None:
    """Back to the state of a job that waits."""
    job.state, job.attempts, job.queued_at = State.QUEUED, attempts, timezone.now()
    job.done, job.total, job.message, job.error = 0, 0, "", ""
    job.started_at = job.finished_at = job.cancel_requested_at = None
    job.save()
    enqueue(job)


def end(job: Job, state: str, error: str = "", url: str = "") -> None:
    """Close a job, and its run with it when it did not get to the end."""
    with transaction.atomic():
        job.state, job.error, job.url = state, error, url or job.url
        job.finished_at = timezone.now()
        if state == State.DONE:
            job.done = job.total = max(job.total, 1)
        job.save()
        run = Run.objects.filter(ref=job.args.get("run", "")).first()
        if run is not None and state == State.CANCELLED:
            runs.cancel(run)
        elif run is not None and state == State.FAILED:
            runs.fail(run, error)


def _locked(job: Job) -> Job:
    return Job.objects.select_for_update(of=("self",)).get(pk=job.pk)


# ---------------------------------------------------------------------- who may see them


class Rule(Protocol):
    """Whether somebody's posts let them near the jobs of a place or organisation."""

    def __call__(self, user: Person, path: str, /) -> bool: ...


_MAY_SEE: list[Rule] = []
_MAY_ACT: list[Rule] = []


def add_rules(*, may_see: Rule, may_act: Rule) -> None:
    """Let other people than the one who asked see, or cancel and retry, the jobs of a path."""
    _MAY_SEE.append(may_see)
    _MAY_ACT.append(may_act)


def may_see(user: Person, job: Job) -> bool:
    """Whoever asked for it, and those whose scope covers its path."""
    return _asked(user, job) or any(rule(user, job.path) for rule in _MAY_SEE)


def may_act(user: Person, job: Job) -> bool:
    """Whoever asked for it, and those who do this work for its path."""
    return _asked(user, job) or any(rule(user, job.path) for rule in _MAY_ACT)


def _asked(user: Person, job: Job) -> bool:
    return user.is_authenticated and job.requested_by_id == user.pk


__all__ = ["Cancelled", "Job", "Progress", "add_rules", "cancel", "job", "try_again"]
