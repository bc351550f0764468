"""The connections: all of them, one of them, connecting, delivering, ending."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.commons.refusals import Refusal
from junheng.evidence.access import may_keep, path_kept
from junheng.evidence.models import KEEPERS, READERS, Connection, Register
from junheng.evidence.selectors.connections import connection_rows, row_of
from junheng.evidence.services.connecting import connect_tables, end_connection
from junheng.evidence.web.forms import DeliverForm, TablesForm
from junheng.evidence.web.words import HEALTH, HEALTH_TONES

SHOWN_DELIVERIES = 12


@require_safe
@staff_required(*READERS)
def connections(request: StaffRequest) -> HttpResponse:
    """Every register that is connected, and how it is."""
    rows = connection_rows(request.user, timezone.localdate())
    known = {row.connection.register for row in rows if row.health != "ended"}
    context = {
        "rows": [(row, HEALTH[row.health], HEALTH_TONES[row.health]) for row in rows],
        "missing": [register.label for register in Register if register not in known],
        "keeps": may_keep(request.user),
    }
    return TemplateResponse(request, "evidence/connections.html", context)


@require_safe
@staff_required(*READERS)
def connection(request: StaffRequest, pk: int) -> HttpResponse:
    """One connection: what it has, and what can be done with it."""
    found = get_object_or_404(Connection.objects.for_user(request.user), pk=pk)
    deliveries = list(found.deliveries.select_related("batch__by")[:SHOWN_DELIVERIES])
    newest = next((row for row in deliveries if row.undone_at is None), None)
    row = row_of(found, newest, timezone.localdate())
    context = {
        "connection": found,
        "row": row,
        "health": HEALTH[row.health],
        "tone": HEALTH_TONES[row.health],
        "deliveries": deliveries,
        "deliver": DeliverForm(initial={"as_of": timezone.localdate()}),
        "keeps": may_keep(request.user, found.path) and found.ended_on is None,
    }
    return TemplateResponse(request, "evidence/connection.html", context)


@require_http_methods(["GET", "POST"])
@staff_required(*KEEPERS)
def connect(request: StaffRequest) -> HttpResponse:
    """Connect a register that comes as tables."""
    form = TablesForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        values = {**form.cleaned_data, "register": Register(form.cleaned_data["register"])}
        try:
            made = connect_tables(path=path_kept(request.user), **values)
        except Refusal as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("Connected. Now bring the first table."))
            return HttpResponseRedirect(made.get_absolute_url())
    status = 422 if form.errors else 200
    return TemplateResponse(request, "evidence/connect.html", {"form": form}, status=status)


@require_POST
@staff_required(*KEEPERS)
def deliver(request: StaffRequest, pk: int) -> HttpResponse:
    """Go on to the import, with the day on which the table was true."""
    found = get_object_or_404(Connection.objects.kept_by(request.user).active(), pk=pk)
    form = DeliverForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["as_of"])))
        return HttpResponseRedirect(found.get_absolute_url())
    start = reverse("commons:import_start", args=[f"evidence.{found.register}"])
    target = {"connection": found.pk, "as_of": form.cleaned_data["as_of"].isoformat()}
    return HttpResponseRedirect(f"{start}?{urlencode(target)}")


@require_POST
@staff_required(*KEEPERS)
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask it no more."""
    found = get_object_or_404(Connection.objects.kept_by(request.user), pk=pk)
    end_connection(found, on=timezone.localdate())
    messages.success(request, _("The connection has ended; what it said before stays."))
    return HttpResponseRedirect(reverse("evidence:connections"))
