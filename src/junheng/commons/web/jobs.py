"""The page of a job: how far it is, how it ended, and the way to its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

import django_tables2 as tables
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from junheng.commons import jobs
from junheng.commons.jobs import Job
from junheng.commons.refusals import Refusal
from junheng.commons.tables import BadgeColumn, ListTable, MomentColumn
from junheng.commons.web.lists import ListPage

TONES = {
    "queued": "plain",
    "running": "info",
    "done": "success",
    "failed": "danger",
    "cancelled": "warning",
}
Rule = Callable[[Any, Job], bool]


@require_GET
@login_required
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """The page, or with `_part=progress` only the part that changes."""
    shown = _job_for(request, job_id, jobs.may_see)
    part = request.GET.get("_part") == "progress"
    context = {
        "job": shown,
        "part": part,
        "may_act": jobs.may_act(request.user, shown),
        "stopping": shown.cancel_requested_at is not None and not shown.over,
    }
    template = "commons/job_progress.html" if part else "commons/job.html"
    return render(request, template, context)


@require_POST
@login_required
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    asked = _job_for(request, job_id, jobs.may_act)
    jobs.cancel(asked)
    return HttpResponseRedirect(asked.get_absolute_url())


@require_POST
@login_required
def retry(request: HttpRequest, job_id: UUID) -> HttpResponse:
    asked = _job_for(request, job_id, jobs.may_act)
    try:
        jobs.try_again(asked, request.user)  # type: ignore[arg-type]  # login_required
    except Refusal as no:
        messages.error(request, str(no))
    return HttpResponseRedirect(asked.get_absolute_url())


class JobTable(ListTable):
    """Somebody's jobs."""

    title = tables.Column(linkify=True)
    state = BadgeColumn(tones=TONES)
    requested_at = MomentColumn()

    class Meta:
        model = Job
        fields = ("title", "state", "requested_at", "finished_at")


class JobList(LoginRequiredMixin, ListPage):
    """What I asked for, newest first."""

    table = JobTable
    title = _("My jobs")
    empty = _("You have not asked for anything that takes long.")
    can_export: ClassVar[bool] = False

    def rows(self) -> QuerySet[Job]:
        return Job.objects.filter(requested_by=self.request.user.pk).order_by("-requested_at")


def _job_for(request: HttpRequest, job_id: UUID, rule: Rule) -> Job:
    """The job, if it may be known to this person at all.

    Raises:
        Http404: For everybody else, as if there were no such job.
    """
    found = get_object_or_404(Job.objects.select_related("requested_by"), pk=job_id)
    if not rule(request.user, found):
        raise Http404
    return found
