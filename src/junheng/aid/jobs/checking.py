"""Registers are asked about households in the background."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.commons.jobs import Progress, job
from junheng.commons.models import Job, Run
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
        url = reverse("aid:check_run", args=[run.ref])
        title = _("Check households against registers, %(place)s") % {"place": place.name}
        made.append(cross_check.later(by=by, path=place.path, title=title, url=url, run=run.ref))

    cross_checking.request_check(place, by=by, enqueue=enqueue)
    return made[0]
