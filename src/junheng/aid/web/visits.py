"""One visit: what registers say, what the family says, who decides."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from junheng.accounts.facade import (
    StaffRequest,
    address_of,
    note_read,
    staff_required,
)
from junheng.aid.access import VISIT_DECIDERS, may_decide_visit, may_propose, may_visit
from junheng.aid.models import HouseholdVisit
from junheng.aid.models.posts import IN_VILLAGES, SEES_HOUSEHOLDS
from junheng.aid.selectors.checks import hits_of, visit_seen
from junheng.aid.services import visiting
from junheng.aid.web.check_forms import DecisionForm, HeardForm
from junheng.aid.web.visit_words import STATES, TONES
from junheng.cases.facade import case_of
from junheng.commons.refusals import Refusal


@require_safe
@staff_required(*SEES_HOUSEHOLDS)
def visit(request: StaffRequest, number: str) -> HttpResponse:
    """The visit, with what is next for whoever looks; every look is written down."""
    return _page(request, visit_seen(request.user, number))


def _page(
    request: StaffRequest, row: HouseholdVisit, form: forms.Form | None = None
) -> HttpResponse:
    user, path, state = request.user, row.household.village.path, row.state
    why = _("Visit %(number)s") % {"number": row.number}
    note_read(user, row, ["register_facts", "answer"], why, address=address_of(request))
    hits = hits_of(row)
    hears = state == "waits" and may_visit(user, path)
    decides = state == "heard" and may_decide_visit(user, path) and row.heard_by_id != user.pk
    context = {
        "row": row,
        "state": STATES[state],
        "tone": TONES[state],
        "hits": hits,
        "case": case_of(visiting.CASE, row.number),
        "heard_form": (form or HeardForm()) if hears else None,
        "decision_form": (form or DecisionForm(hits=hits)) if decides else None,
        "visited_myself": state == "heard" and row.heard_by_id == user.pk,
        "proposes": row.outcome == "remove" and may_propose(user, path),
    }
    status = 422 if form is not None else 200
    return TemplateResponse(request, "aid/household_visit.html", context, status=status)


@require_POST
@staff_required(*IN_VILLAGES)
def hear(request: StaffRequest, number: str) -> HttpResponse:
    """Write down what the family said."""
    row = visit_seen(request.user, number)
    form = HeardForm(request.POST)
    if form.is_valid():
        try:
            visiting.hear(row, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return _answer(request, row, form, _("Written down. Another person decides."))


@require_POST
@staff_required(*VISIT_DECIDERS)
def decide(request: StaffRequest, number: str) -> HttpResponse:
    """Judge the hits and say what becomes of the household."""
    row = visit_seen(request.user, number)
    form = DecisionForm(request.POST, hits=hits_of(row))
    if form.is_valid():
        try:
            visiting.decide(row, by=request.user, **form.given)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return _answer(request, row, form, _("Decided. The family sees it on its page."))


def _answer(
    request: StaffRequest, row: HouseholdVisit, form: forms.Form, said: str
) -> HttpResponse:
    if form.errors:
        return _page(request, row, form)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("aid:household_visit", args=[row.number]))
