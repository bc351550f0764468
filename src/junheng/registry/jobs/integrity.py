"""Long work on the register: checking whether it is true."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.commons.jobs import Progress, job
from junheng.commons.models import Job, Run
from junheng.commons.regular import regular
from junheng.places.facade import Place
from junheng.registry.selectors.integrity import places_with_registers


@job("registry.check_register", title=gettext_lazy("Check the register"))
def check_register(progress: Progress, *, run: str) -> str:
    """Carry out a run; the officer is led to the findings."""
    from junheng.registry.services.integrity import running  # DuckDB is heavy, web workers spare it

    def told(done: int, total: int) -> None:
        progress.step(done, total, _("Checks"))

    running.execute(Run.objects.get(ref=run), told)
    return reverse("registry:integrity")


@job("registry.freeze_register", title=gettext_lazy("Freeze the register for a check"))
def freeze_register(progress: Progress, *, place: str, person: int | None) -> str:
    """Freeze the register of a place, then queue its check."""
    from junheng.registry.services.integrity import requesting

    by = User.objects.get(pk=person) if person else None
    found = Place.objects.get(code=place)

    def enqueue(run: Run) -> None:
        check_register.later(by=by, path=found.path, url=reverse("registry:integrity"), run=run.ref)

    progress.step(0, 1, _("Reading the register"))
    requesting.freeze_and_request(found, on=timezone.localdate(), by=by, enqueue=enqueue)
    return reverse("registry:integrity")


def check_soon(place: Place, *, by: User | None) -> Job:
    """Ask for a check of a place's register."""
    with transaction.atomic():
        return freeze_register.later(
            by=by,
            path=place.path,
            title=_("Check the register of %(place)s") % {"place": place.name},
            url=reverse("registry:integrity"),
            place=place.code,
            person=by.pk if by else None,
        )


@regular("registry.check_registers", cron="30 18 * * *")
def check_registers() -> None:
    """Every night at half past two: every county with pupils on its register."""
    for place in places_with_registers():
        check_soon(place, by=None)
