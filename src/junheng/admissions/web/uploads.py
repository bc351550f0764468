"""Sending the files of a round, looking at what was read, loading."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.admissions import jobs
from junheng.admissions.access import places_to_load_for
from junheng.admissions.files.read import LIMITS
from junheng.admissions.models import Round, RoundUpload
from junheng.admissions.models.querysets import OFFICERS
from junheng.admissions.selectors.rounds import SchoolDemand
from junheng.admissions.services import loading, planning, workbooks
from junheng.admissions.services.faults import fault_from_json
from junheng.admissions.web import pictures
from junheng.admissions.web.forms import UploadForm
from junheng.admissions.web.rounds import STEPS
from junheng.admissions.web.rule_words import changed_rules
from junheng.commons.models import Job
from junheng.commons.refusals import Refusal

MOST_BYTES = LIMITS.file_bytes + 2**20
"""Files and the form around them; more is refused before it is read."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TOO_LARGE = 413


def refuse_oversize(
    view: Callable[..., HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Answer to a request that is too large before anything, the form's token too, is read."""
    checked = csrf_protect(view)

    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if int(request.META.get("CONTENT_LENGTH") or 0) <= MOST_BYTES:
            return checked(request, *args, **kwargs)
        refused = staff_required(*OFFICERS)(_too_large)
        return refused(request)

    return csrf_exempt(gate)


def _too_large(request: StaffRequest) -> HttpResponse:
    limit = LIMITS.file_bytes // 2**20
    form = UploadForm(places=places_to_load_for(request.user))
    told = _("The files are larger than %d MB together, so they were not read.") % limit
    context = {"form": form, "steps": STEPS, "too_large": told}
    response = TemplateResponse(request, "admissions/load.html", context, status=TOO_LARGE)
    response.headers["Connection"] = "close"  # the rest of the body is not waited for
    return response.render()


@refuse_oversize
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*OFFICERS)
def load(request: StaffRequest) -> HttpResponse:
    """The form for files; what was sent is kept and read, and nothing is loaded yet."""
    places = places_to_load_for(request.user)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(*sent, places=places)
    if form.is_bound and form.is_valid():
        try:
            return _received(request, form)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "steps": STEPS}
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "admissions/load.html", context, status=status).render()


def _received(request: StaffRequest, form: UploadForm) -> HttpResponse:
    files = {name: file.read() for name, file in form.cleaned_data["documents"].items()}
    upload = loading.receive(form.cleaned_data["place"], files, request.user)
    jobs.read_now_or_later(upload, request.user)
    return HttpResponseRedirect(reverse("admissions:upload", args=[upload.pk]))


@require_safe
@staff_required(*OFFICERS)
def upload(request: StaffRequest, pk: UUID) -> HttpResponse:
    """What the files hold, or what is wrong with them."""
    found = _upload(request, pk)
    if found.state == RoundUpload.State.LOADED and found.round_id:
        return HttpResponseRedirect(reverse("admissions:round", args=[found.round_id]))
    job = _job_of(found)
    if job is not None and not job.over:
        return HttpResponseRedirect(job.get_absolute_url())
    context = {"upload": found, "steps": STEPS, "job": job, **_shown(found)}
    return TemplateResponse(request, "admissions/upload.html", context).render()


def _job_of(found: RoundUpload) -> Job | None:
    kinds = ("admissions.read_upload", "admissions.load_upload")
    jobs_of = Job.objects.filter(kind__in=kinds, args__upload=str(found.pk))
    return jobs_of.order_by("-requested_at").first()


def _shown(found: RoundUpload) -> dict[str, Any]:
    """What the page says in each state."""
    if found.state == RoundUpload.State.REFUSED:
        return {"faults": [fault_from_json(kept).said_in(_) for kept in found.faults]}
    if found.summary is None:
        return {}
    summary = found.summary
    demand = [
        SchoolDemand(code, name or code, lon, lat, seats, wanted)
        for code, name, lon, lat, seats, wanted in summary["schools"]
    ]
    known = Round.objects.filter(place=found.place_id, ref=summary["rules"]["ref"]).first()
    return {
        "summary": summary,
        "missing": sum(row.over for row in demand),
        "short": [row for row in demand if row.over],
        "map": pictures.demand_map(demand),
        "townships": pictures.township_chart(summary["townships"]),
        "replaces": known if known and known.input_id else None,
        **(_against(known, summary["rules"]) if known else {}),
    }


def _against(known: Round, rules: dict[str, Any]) -> dict[str, Any]:
    """What the files would do to a round that there is already, or why they cannot be loaded."""
    changes = changed_rules(known, rules)
    try:
        loading.require_replaceable(known)
        loading.require_as_announced(known, rules)
        moved = planning.seats_moved(known, rules["class_cap"])
    except Refusal as refusal:
        return {"refusal": str(refusal), "changes": changes}
    return {"refusal": "", "changes": changes, "moved": moved}


@require_POST
@staff_required(*OFFICERS)
def confirm(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Load what was looked at."""
    found = _upload(request, pk)
    try:
        loaded = jobs.load_now_or_later(found, request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("admissions:upload", args=[pk]))
    if isinstance(loaded, Job):
        return HttpResponseRedirect(loaded.get_absolute_url())
    messages.success(request, _("The round is loaded."))
    return HttpResponseRedirect(reverse("admissions:round", args=[loaded.pk]))


@require_POST
@staff_required(*OFFICERS)
def drop(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Say that the files are not wanted."""
    loading.drop_upload(_upload(request, pk))
    messages.success(request, _("The files were put aside; nothing was loaded."))
    return HttpResponseRedirect(reverse("admissions:load"))


@require_safe
@staff_required(*OFFICERS)
def faults(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Every fault as a workbook, beside the rows that have them."""
    found = _upload(request, pk)
    return _workbook(workbooks.fault_workbook(found), _("faults.xlsx"))


@require_safe
@staff_required(*OFFICERS)
def template(request: StaffRequest) -> HttpResponse:
    """An empty workbook with every sheet that the way of diversion has, and what belongs there."""
    asked = request.GET.get("for", workbooks.Template.ZONE)
    if asked not in list(workbooks.Template):
        raise Http404
    content = workbooks.template_workbook(workbooks.Template(asked))
    return _workbook(content, _("admission round.xlsx"))


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    # Django writes the name so that Chinese survives
    response.headers["Content-Disposition"] = _attachment(name)
    return response


def _attachment(name: str) -> str:
    from django.utils.http import content_disposition_header

    return content_disposition_header(True, name) or "attachment"  # noqa: FBT003 -- Django's signature


def _upload(request: StaffRequest, pk: UUID) -> RoundUpload:
    found: RoundUpload = get_object_or_404(
        RoundUpload.objects.for_user(request.user).select_related("snapshot", "place"), pk=pk
    )
    return found
