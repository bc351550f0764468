"""Fetching the file of a long export."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from junheng.commons.exports import KEPT_DAYS, as_file, kept
from junheng.commons.models import ExportLog
from junheng.commons.storage import Damaged


@require_GET
@login_required
def export(request: HttpRequest, log_id: int) -> HttpResponse:
    """The file, for whoever exported it; gone after a week."""
    log = get_object_or_404(ExportLog, pk=log_id, by=request.user.pk)
    try:
        return as_file(kept().get(log.sha256), log.title)
    except Damaged:
        return render(
            request, "commons/export_gone.html", {"log": log, "days": KEPT_DAYS}, status=410
        )
