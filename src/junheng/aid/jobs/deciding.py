"""A term is decided in the background: frozen, then run."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.aid.models import AidTerm
from junheng.commons.jobs import Progress, job
from junheng.commons.models import Job, Run


@job("aid.decide_term", title=gettext_lazy("Decide who is entitled"))
def decide_term(progress: Progress, *, run: str, publish: bool = False) -> str:
    """Carry out a run; the officer is led to what it decided."""
    from junheng.aid.services import auditing, deciding  # DuckDB is heavy, web workers spare it

    def told(done: int, total: int) -> None:
        progress.step(done, total, _("Counting days"))

    the_run = Run.objects.get(ref=run)
    deciding.execute(the_run, told)
    if publish and the_run.published_at is None and the_run.requested_by is not None:
        deciding.publish_term(the_run, by=the_run.requested_by)
        auditing.compare(deciding.term_of(the_run))
    return reverse("aid:run", args=[run])


@job("aid.freeze_term", title=gettext_lazy("Freeze the facts of a term"))
def freeze_term(progress: Progress, *, term: int, person: int | None, publish: bool = False) -> str:
    """Freeze what a term is decided from, then queue its run."""
    from junheng.aid.services import deciding

    row = AidTerm.objects.select_related("place").get(pk=term)
    by = User.objects.get(pk=person) if person else None

    def enqueue(run: Run) -> None:
        url = reverse("aid:run", args=[run.ref])
        decide_term.later(by=by, path=row.place.path, url=url, run=run.ref, publish=publish)

    progress.step(0, 1, _("Reading the registers"))
    run = deciding.freeze_and_request(row, by=by, enqueue=enqueue)
    return reverse("aid:run", args=[run.ref])


def decide_soon(term: AidTerm, *, by: User | None, publish: bool = False) -> Job:
    """Ask that a term is decided.

    Args:
        term: Which.
        by: Who asks.
        publish: Whether it counts at once, in the name of who asks; else somebody looks first.
    """
    with transaction.atomic():
        return freeze_term.later(
            by=by,
            path=term.place.path,
            title=_("Decide who is entitled, %(term)s") % {"term": term.name},
            url=reverse("aid:home"),
            term=term.pk,
            person=by.pk if by else None,
            publish=publish,
        )
