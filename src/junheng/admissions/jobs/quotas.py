"""Working out quota seats."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.admissions.models import QuotaPlan
from junheng.admissions.services import quota_running
from junheng.commons.jobs import Progress, job
from junheng.commons.models import Job, Run


@job("admissions.run_quota", title=gettext_lazy("Work out quota seats"))
def run_quota(progress: Progress, *, run: str) -> None:
    """Share out or fill quota seats, from the frozen files to the stored result."""
    progress.step(0, 1, _("Working out and checking"))
    quota_running.execute(Run.objects.get(ref=run))


def start_quota(plan: QuotaPlan, stage: str, *, by: User) -> Job:
    """Ask for a run of a plan of quota seats; the job that will do it.

    Raises:
        AlreadyRunning: If one is under way; it says whose and since when.
        NothingBroughtIn, SharesFirst: If what it needs is not there.
    """
    queued: list[Job] = []

    def enqueue(run: Run) -> None:
        queued.append(
            run_quota.later(
                by=by,
                path=plan.path,
                title=_("Work out the quota seats of %s") % plan.year,
                url=reverse("admissions:quota_run", args=[run.ref]),
                run=run.ref,
            )
        )

    quota_running.request(plan, stage, by=by, enqueue=enqueue)
    return queued[0]
