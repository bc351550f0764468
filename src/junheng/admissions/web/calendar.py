"""The calendar of a round: a line of time, and the form while the round is planned."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.admissions.access import may_run
from junheng.admissions.models import Round
from junheng.admissions.models.querysets import READERS
from junheng.admissions.selectors import calendar as selectors
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services import calendar as services
from junheng.admissions.web.calendar_forms import CalendarForm
from junheng.admissions.web.finding import visible_round
from junheng.commons.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*READERS)
def calendar(request: StaffRequest, pk: int) -> HttpResponse:
    """Read the calendar; the officer sets it while the round is planned."""
    the_round = visible_round(request.user, pk)
    if request.method != "POST":
        return _page(request, the_round)
    if not may_run(request.user, the_round):
        raise Http404
    form = CalendarForm(request.POST)
    if not form.is_valid():
        return _page(request, the_round, form, 422)
    try:
        services.set_calendar(the_round, form.spans(), by=request.user)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, the_round, form, 422)
    messages.success(request, _("The calendar is saved."))
    return HttpResponseRedirect(reverse("admissions:calendar", args=[pk]))


def _page(
    request: StaffRequest, the_round: Round, form: CalendarForm | None = None, status: int = 200
) -> HttpResponse:
    entries = selectors.calendar_of(the_round)
    editable = the_round.state == Round.State.PLANNED and may_run(request.user, the_round)
    context: dict[str, Any] = {
        "round": the_round,
        "title": round_title(the_round),
        "tab": "calendar",
        "entries": entries,
        "today": [entry for entry in entries if entry.today],
        "form": (form or CalendarForm.of(entries)) if editable else None,
    }
    return TemplateResponse(request, "admissions/calendar.html", context, status=status).render()
