"""Registers are asked about households in the background."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.aid.selectors.check_runs import county_of
from junheng.commons.jobs import Progress, job
from junheng.commons.models import Job, Run
from junheng.commons.regular import regular
from junheng.commons.runs import AlreadyRunning, request_again
from junheng.places.facade import Place


@job("aid.cross_check", title=gettext_lazy("Check households against registers"))
def cross_check(progress: Progress, *, run: str) -> str:
    """Carry out a check; the officer is led to what it found."""
    from junheng.aid.services import cross_checking  # matching is heavy, web workers spare it

    def told(done: int, total: int) -> None:
        progress.step(done, total, _("Asking the registers"))

    cross_checking.execute(Run.objects.get(ref=run), told)
    return reverse("aid:check_run", args=[run])


def check_soon(place: Place, *, by: User) -> Job:
    """Ask that the registers of a county are asked about its households.

    Raises:
        Refusal: If there is nothing to ask, or a check is under way.
    """
    from junheng.aid.services import cross_checking

    made: list[Job] = []

    def enqueue(run: Run) -> None:
        title = _("Check households against registers, %(place)s") % {"place": place.name}
        made.append(_queue(run, title=title, by=by))

    cross_checking.request_check(place, by=by, enqueue=enqueue)
    return made[0]


@regular("aid.ask_services_again", cron="*/5 * * * *")
def ask_services_again() -> None:
    """Services that were silent in a check are asked again by themselves."""
    from junheng.aid.services import asking_again

    asking_again.ask_again(_once_more)


def _once_more(run: Run) -> None:
    """Have the same check carried out again, unless somebody was quicker."""
    by, title = run.requested_by, _("A service answers again: %(place)s")
    with suppress(AlreadyRunning), transaction.atomic():
        _queue(request_again(run, by), title=title % {"place": county_of(run).name}, by=by)


def _queue(run: Run, *, title: str, by: User | None) -> Job:
    url = reverse("aid:check_run", args=[run.ref])
    path = county_of(run).path
    return cross_check.later(by=by, path=path, title=title, url=url, run=run.ref)
