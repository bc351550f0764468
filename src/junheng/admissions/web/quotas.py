"""Quota seats: plans, what goes into one, the computation of shares, and filling."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, holds, staff_required
from junheng.admissions import jobs
from junheng.admissions.access import places_to_load_for, sees_whole_quota
from junheng.admissions.models import QuotaPlacement, QuotaPlan, QuotaRun, QuotaShare
from junheng.admissions.models.querysets import COUNTY, OFFICERS, READERS
from junheng.admissions.selectors import quotas as selectors
from junheng.admissions.services import quota_planning, quota_sheets
from junheng.admissions.services.quota_planning import Stage
from junheng.admissions.snapshots import quotas as frozen
from junheng.admissions.web.quota_forms import NewQuotaForm, RuleForm
from junheng.admissions.web.quota_tables import (
    PlacementFilters,
    PlacementTable,
    PlanTable,
    ShareFilters,
    ShareTable,
)
from junheng.admissions.web.receipts import download
from junheng.commons import approvals, runs
from junheng.commons.models import Run
from junheng.commons.refusals import Refusal
from junheng.commons.web.lists import ListPage, Rows

FILES = {
    Stage.SHARES.value: (frozen.PLAN,),
    Stage.FILLING.value: (frozen.PLAN, frozen.SHARES, frozen.PUPILS),
}
RUN_TONES = {"queued": "info", "running": "info", "done": "success", "failed": "danger"}


class QuotaList(StaffMixin, ListPage):
    """Plans of quota seats."""

    roles = READERS
    table = PlanTable
    title = gettext_lazy("Quota seats")
    empty = gettext_lazy("Begin with the rule of the year; then bring in schools and pupils.")
    template_name: ClassVar[str] = "admissions/quotas.html"
    request: StaffRequest

    def rows(self) -> Rows:
        rows: Rows = QuotaPlan.objects.for_user(self.request.user).select_related("place")
        return rows

    def context(self) -> dict[str, Any]:
        return {"may_plan": holds(self.request.user, *OFFICERS)}


def _visible(request: StaffRequest, pk: int) -> QuotaPlan:
    plans = QuotaPlan.objects.for_user(request.user).select_related("place")
    found: QuotaPlan = get_object_or_404(plans, pk=pk)
    return found


def _to_run(request: StaffRequest, pk: int) -> QuotaPlan:
    plans = QuotaPlan.objects.run_by(request.user).select_related("place")
    found: QuotaPlan = get_object_or_404(plans, pk=pk)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*OFFICERS)
def new(request: StaffRequest) -> HttpResponse:
    """The rule of a year."""
    form = NewQuotaForm(
        request.POST if request.method == "POST" else None,
        places=places_to_load_for(request.user),
        initial={"year": timezone.localdate().year},
    )
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            made = quota_planning.make_plan(data["place"], data["year"], form.rule())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return HttpResponseRedirect(reverse("admissions:quota", args=[made.pk]))
    context = {"form": form, "title": _("New plan of quota seats")}
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "admissions/quota_rule.html", context, status=status).render()


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*OFFICERS)
def rule(request: StaffRequest, pk: int) -> HttpResponse:
    """Change the rule of a plan, until its shares are published."""
    plan = _to_run(request, pk)
    data = request.POST if request.method == "POST" else None
    form = RuleForm(data, initial=RuleForm.said_by(plan))
    if form.is_bound and form.is_valid():
        try:
            quota_planning.change_plan(plan, form.rule())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The rule is saved."))
            return HttpResponseRedirect(reverse("admissions:quota", args=[pk]))
    context = {"form": form, "plan": plan, "title": _("Rule of the quota seats %s") % plan.year}
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "admissions/quota_rule.html", context, status=status).render()


@require_safe
@staff_required(*READERS)
def quota(request: StaffRequest, pk: int) -> HttpResponse:
    """What a plan says, what was brought in, and what comes next."""
    plan = _visible(request, pk)
    row = selectors.plan_row(plan, request.user)
    shares, filling = row.published(Stage.SHARES), row.published(Stage.FILLING)
    context = {
        "plan": plan,
        "row": row,
        "may_run": holds(request.user, *OFFICERS, at=plan.path),
        "whole": sees_whole_quota(request.user, plan),
        "shares": shares,
        "filling": filling,
        "runs": [(one, RUN_TONES.get(one.state, "plain")) for one in row.runs],
        "step": 5 if filling else 4 if shares and row.candidates else 3 if shares else _begun(row),
        "steps": STEPS,
        "kinds": {
            "seniors": quota_sheets.SelectiveImporter.kind,
            "schools": quota_sheets.SendingImporter.kind,
            "pupils": quota_sheets.CandidateImporter.kind,
        },
    }
    return TemplateResponse(request, "admissions/quota.html", context).render()


STEPS = (
    gettext_lazy("Bring in the schools"),
    gettext_lazy("Share out and publish"),
    gettext_lazy("Bring in the pupils"),
    gettext_lazy("Fill and publish"),
)


def _begun(row: selectors.PlanRow) -> int:
    return 2 if row.seniors and row.schools else 1


@require_POST
@staff_required(*OFFICERS)
def start(request: StaffRequest, pk: int, stage: str) -> HttpResponse:
    """Have seats shared out or filled."""
    plan = _to_run(request, pk)
    if stage not in Stage.values:
        raise Http404
    try:
        job = jobs.start_quota(plan, stage, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("admissions:quota", args=[pk]))
    return HttpResponseRedirect(job.get_absolute_url())


def _record(request: StaffRequest, ref: str) -> QuotaRun:
    visible = QuotaRun.objects.for_user(request.user)
    found: QuotaRun = get_object_or_404(
        visible.select_related("run", "plan__place", "shares__run"), run__ref=ref
    )
    return found


@require_POST
@staff_required(*OFFICERS)
def publish(request: StaffRequest, ref: str) -> HttpResponse:
    """Ask a second person to publish a run."""
    record = _record(request, ref)
    try:
        quota_planning.ask_to_publish(record, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Asked. A second person has to agree."))
    return HttpResponseRedirect(reverse("admissions:quota_run", args=[ref]))


@require_safe
@staff_required(*COUNTY)
def quota_file(request: StaffRequest, ref: str, name: str) -> HttpResponse:
    """A file that a run was made from, or its result; taking it away is logged."""
    run = _record(request, ref).run
    sources, results = runs.thaw(run.snapshot), runs.files_of(run)
    if name in results:
        return download(request, run, name, runs.contents(results[name]))
    if name not in sources:
        raise Http404
    return download(request, run, name, sources[name])


class _RunPage(StaffMixin, ListPage):
    """The result of a run as a list, with what stands around it."""

    roles = READERS
    request: StaffRequest
    kwargs: dict[str, Any]

    @cached_property
    def record(self) -> QuotaRun:
        """The run, or 404."""
        return _record(self.request, self.kwargs["ref"])

    def context(self) -> dict[str, Any]:
        plan, run = self.record.plan, self.record.run
        waiting = approvals.waiting_for(quota_planning.matter_of(plan, self.record.stage))
        done = run.state == Run.State.DONE
        return {
            "plan": plan,
            "record": self.record,
            "run": run,
            "counts": selectors.counts_of(run),
            "done": done,
            "files": [*FILES[self.record.stage], frozen.RESULT]
            if done and sees_whole_quota(self.request.user, plan)
            else [],
            "waiting": quota_planning.PUBLISH in waiting,
            "may_publish": done
            and run.published_at is None
            and holds(self.request.user, *OFFICERS, at=plan.path),
        }


class Shares(_RunPage):
    """The computation of shares, row by row."""

    table = ShareTable
    filters = ShareFilters
    title = gettext_lazy("Shares of quota seats")
    template_name: ClassVar[str] = "admissions/quota_shares.html"

    def rows(self) -> Rows:
        rows: Rows = QuotaShare.objects.for_user(self.request.user).filter(run=self.record)
        return rows


class Placements(_RunPage):
    """Who got which quota seat, and why."""

    table = PlacementTable
    filters = PlacementFilters
    title = gettext_lazy("How quota seats were filled")
    template_name: ClassVar[str] = "admissions/quota_filling.html"

    @cached_property
    def filled(self) -> list[selectors.Filled]:
        """Seats by senior school."""
        return selectors.filled_by_senior(self.record)

    def rows(self) -> Rows:
        rows: Rows = QuotaPlacement.objects.for_user(self.request.user).filter(run=self.record)
        return rows

    def table_options(self) -> dict[str, Any]:
        return {"seniors": {one.code: one.name for one in self.filled}}

    def context(self) -> dict[str, Any]:
        return {**super().context(), "filled": self.filled}


PAGES = {Stage.SHARES.value: Shares.as_view(), Stage.FILLING.value: Placements.as_view()}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*READERS)
def quota_run(request: StaffRequest, ref: str) -> HttpResponseBase:
    """The page of a run; POST takes its list away as a workbook."""
    return PAGES[_record(request, ref).stage](request, ref=ref)
