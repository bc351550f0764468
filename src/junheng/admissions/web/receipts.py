"""The receipt of a run, its files, and the files that it was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.admissions.access import may_run
from junheng.admissions.files.layout import APPLICANTS
from junheng.admissions.models import RoundRun
from junheng.admissions.models.querysets import COUNTY, OFFICERS
from junheng.admissions.selectors.answers import answers_to
from junheng.admissions.selectors.results import files_of_run
from junheng.admissions.services.answer_workbooks import answers_workbook, asks_families
from junheng.admissions.verify.lines import SENTENCES, Property
from junheng.admissions.web.results import heading, visible_run
from junheng.admissions.web.words import whole
from junheng.commons import runs
from junheng.commons.exports import XLSX, deliver
from junheng.commons.models import ExportLog, Run

KINDS = {".csv": "text/csv; charset=utf-8", ".json": "application/json"}


@require_safe
@staff_required(*COUNTY)
def receipt(request: StaffRequest, ref: str) -> HttpResponse:
    """Hashes, seed, rules, the independent check, and the files to take away."""
    record = visible_run(request.user, ref)
    run = record.run
    made = run.receipt or {}
    context = heading(record, request.user, "receipt") | {
        "receipt": made,
        "hashes": sorted(made.get("inputs", {}).items()),
        "counts": [(name, whole(number)) for name, number in sorted(made["counts"].items())],
        "checks": [
            (_(SENTENCES[Property(line["property"])]), line["holds"])
            for line in record.outcome.checks
        ],
        "files": [(name, sha, whole(size)) for name, sha, size in files_of_run(record)],
        "sources": sorted(runs.thaw(run.snapshot)),
        "facts": _facts(record),
        "method": record.input.rules["method"],
        "asks": asks_families(record),
        "may_run": may_run(request.user, record.round),
    }
    return TemplateResponse(request, "admissions/receipt.html", context).render()


def _facts(record: RoundRun) -> list[tuple[str, object]]:
    run = record.run
    return [
        (_("Run"), run.ref),
        (_("Asked for by"), run.requested_by or _("The system")),
        (_("Software"), run.software),
        (_("Rules"), run.rules_version),
        (_("Seed"), run.seed),
        (_("Fingerprint of what was frozen"), run.snapshot.sha256),
        (_("Fingerprint of the receipt"), run.receipt_sha256),
        (_("Fingerprint of the result"), run.result_sha256),
    ]


@require_safe
@staff_required(*COUNTY)
def output(request: StaffRequest, ref: str, name: str) -> HttpResponse:
    """A file of the result, as it was put out; taking it away is logged."""
    record = visible_run(request.user, ref)
    files = runs.files_of(record.run)
    if name not in files:
        raise Http404
    return download(request, record.run, name, runs.contents(files[name]))


@require_safe
@staff_required(*COUNTY)
def source(request: StaffRequest, ref: str, name: str) -> HttpResponse:
    """A file that the run was made from, as it was sent; taking it away is logged."""
    record = visible_run(request.user, ref)
    files: Mapping[str, bytes] = runs.thaw(record.run.snapshot)
    if name not in files:
        raise Http404
    return download(request, record.run, name, files[name])


@require_safe
@staff_required(*OFFICERS)
def answers(request: StaffRequest, ref: str) -> HttpResponse:
    """The workbook for the answers of families to what this run offers; logged like a file."""
    record = visible_run(request.user, ref)
    if not (asks_families(record) and may_run(request.user, record.round)):
        raise Http404
    asked = answers_to(record)
    if asked is not None and asked.is_on:
        until = f"{timezone.localtime(asked.until):%Y-%m-%d %H:%M}"
        messages.error(request, _("Families may answer until %s. Take the workbook then.") % until)
        return redirect("admissions:act", record.round_id)
    return deliver(
        request,
        answers_workbook(record),
        name=_("answers to %s.xlsx") % record.run.ref,
        kind=XLSX,
        columns=list(APPLICANTS.columns),
        rows=record.outcome.figures["children"],
    )


def download(request: StaffRequest, run: Run, name: str, content: bytes) -> HttpResponse:
    """A file of a run, as it lies in the store; written down first."""
    ExportLog.objects.create(
        by=request.user,
        title=f"{run.ref} {name}",
        url=request.path,
        rows=content.count(b"\n"),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    ending = f".{name.rpartition('.')[2]}"
    response = HttpResponse(content, content_type=KINDS.get(ending, "application/octet-stream"))
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""  # noqa: FBT003 -- Django's signature
    return response
