"""The pages of every import: bring a file, look at what is in it, take it over, undo it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from junheng.commons import import_reports, imports
from junheng.commons.exports import as_file
from junheng.commons.imports import Importer
from junheng.commons.models import ImportBatch
from junheng.commons.refusals import Refusal
from junheng.commons.tabular import too_big
from junheng.kernel.faults import Refused

TONES = {
    "received": "plain",
    "refused": "danger",
    "previewed": "info",
    "applied": "success",
    "undone": "warning",
}
STEPS = {"received": 2, "refused": 2, "previewed": 2, "applied": 4, "undone": 4}
RECENT = 20


class UploadForm(forms.Form):
    """One file."""

    file = forms.FileField(label=gettext_lazy("Workbook or CSV file"))

    def __init__(self, *args: Any, accept: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = accept
        if ".csv" not in accept:
            self.fields["file"].label = _("File (%s)") % accept.replace(",", ", ")

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if oversize := too_big(upload.name, upload.size):
            said = oversize.said_in(_)
            raise forms.ValidationError(f"{said.message} {said.fix}")
        return upload


@require_http_methods(["GET", "POST"])
@login_required
def start(request: HttpRequest, kind: str) -> HttpResponse:
    """Choose a file; below, what was brought before."""
    importer, target = _importer_for(request, kind)
    form = UploadForm(request.POST or None, request.FILES or None, accept=importer.accept)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            batch = imports.receive(
                importer, upload.read(), name=upload.name, target=target, by=_person(request)
            )
        except Refusal as no:
            form.add_error("file", str(no))
        else:
            return HttpResponseRedirect(batch.get_absolute_url())
    recent = ImportBatch.objects.filter(kind=kind, target=target).select_related("by")
    context = {
        "importer": importer,
        "where": importer.where(target),
        "form": form,
        "recent": [(batch, TONES[batch.state]) for batch in recent.order_by("-at")[:RECENT]],
        "query": request.GET.urlencode(),
    }
    return render(request, "commons/import_start.html", context)


@require_GET
@login_required
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The empty table to be filled in."""
    importer, _target = _importer_for(request, kind)
    if not importer.has_template:
        raise Http404
    return as_file(importer.template(), str(importer.title))


@require_GET
@login_required
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """What is in the file, and what can be done with it; its rows only for whoever brought it."""
    the_batch, importer = _batch_for(request, batch_id)
    mine = the_batch.by_id == request.user.pk
    report = import_reports.report_of(the_batch) if mine else import_reports.Report()
    context = {
        "batch": the_batch,
        "importer": importer,
        "where": importer.where(the_batch.target),
        "tone": TONES[the_batch.state],
        "steps": [_("Choose the file"), _("Look through it"), _("Take it over")],
        "current": STEPS[the_batch.state],
        "mine": mine,
        "report": report,
        "faults": [fault.said_in(_) for fault in report.faults],
    }
    return render(request, "commons/import.html", context)


@require_GET
@login_required
def errors(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The file as it came, with what is wrong in every row; for whoever brought it."""
    the_batch, _importer = _batch_for(request, batch_id)
    kept = the_batch.errors_sha256 and imports.files().holds(the_batch.errors_sha256)
    if not kept or the_batch.by_id != request.user.pk:
        raise Http404
    name = the_batch.file_name.rsplit(".", 1)[0]
    return as_file(imports.files().get(the_batch.errors_sha256), name)


@require_POST
@login_required
def take_over(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    the_batch, _importer = _batch_for(request, batch_id)
    try:
        imports.take_over(the_batch, _person(request))
    except Refused:
        messages.error(request, _("Meanwhile something changed: look at what is wrong now."))
    except Refusal as no:
        messages.error(request, str(no))
    if the_batch.job is not None and not the_batch.job.over:
        return HttpResponseRedirect(the_batch.job.get_absolute_url())
    return HttpResponseRedirect(the_batch.get_absolute_url())


@require_POST
@login_required
def undo(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    the_batch, _importer = _batch_for(request, batch_id)
    try:
        imports.undo(the_batch, _person(request))
    except Refusal as no:
        messages.error(request, str(no))
    return HttpResponseRedirect(the_batch.get_absolute_url())


def _importer_for(request: HttpRequest, kind: str) -> tuple[Importer, dict[str, str]]:
    """The importer and where its rows go.

    Raises:
        Http404: If there is none, or it is not for this person.
    """
    importer = imports.importer_of(kind)
    if importer is None:
        raise Http404
    target = {key: request.GET.get(key, "") for key in importer.target_keys}
    if not importer.may(request.user, target):
        raise Http404
    return importer, target


def _batch_for(request: HttpRequest, batch_id: UUID) -> tuple[ImportBatch, Importer]:
    batches = ImportBatch.objects.select_related("by", "undone_by", "job")
    found = get_object_or_404(batches, pk=batch_id)
    importer = imports.importer_of(found.kind)
    if importer is None or not importer.may(request.user, found.target):
        raise Http404
    return found, importer


def _person(request: HttpRequest) -> Any:
    """Whoever is signed in: every view here asks for that first."""
    return request.user
