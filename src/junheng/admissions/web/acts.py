"""The act of a round: what was done, what comes next, and the buttons for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.admissions.access import may_run
from junheng.admissions.engine.types import Mode
from junheng.admissions.models import Contribution, Round, RoundUpload
from junheng.admissions.models.querysets import COUNTY, OFFICERS
from junheng.admissions.selectors import acts as selectors
from junheng.admissions.selectors.answers import answers_to
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services import events, loading, publishing, steps
from junheng.admissions.web.act_forms import (
    AskFamiliesForm,
    ContributionForm,
    CorrectionForm,
    EventForm,
    FiguresForm,
    PackForm,
)
from junheng.admissions.web.finding import round_to_run, visible_round
from junheng.commons.refusals import Refusal

STEPS = (
    pgettext_lazy("round step", "Plan"),
    pgettext_lazy("round step", "Open"),
    pgettext_lazy("round step", "Freeze"),
    pgettext_lazy("round step", "Run"),
    pgettext_lazy("round step", "Publish"),
    pgettext_lazy("round step", "Close"),
)
AT = {"planned": 1, "open": 2, "frozen": 3, "run": 4, "published": 5, "closed": 7}


@require_safe
@staff_required(*COUNTY)
def act(request: StaffRequest, pk: int) -> HttpResponse:
    """All of it on one page."""
    return _page(request, visible_round(request.user, pk))


def _page(request: StaffRequest, the_round: Round, status: int = 200, **forms: Any) -> HttpResponse:
    shown = selectors.act_of(the_round)
    event = shown.event
    context = {
        "round": the_round,
        "title": round_title(the_round),
        "tab": "act",
        "act": shown,
        "steps": STEPS,
        "step": AT[the_round.state],
        "may_run": may_run(request.user, the_round),
        "waiting": {one.kind.rpartition(".")[2] for one in shown.waiting},
        "event_form": EventForm(instance=event),
        "contribution_form": ContributionForm(),
        "figures_form": FiguresForm(event=event),
        "correction_form": CorrectionForm(the_round=the_round),
        **_offers(the_round, shown),
        "pack_form": PackForm(initial={"access": the_round.pack_access}),
        **forms,
    }
    return TemplateResponse(request, "admissions/act.html", context, status=status).render()


def _offers(the_round: Round, shown: selectors.Act) -> dict[str, Any]:
    """Whether families are to rank what the result offers, and how far that has come."""
    loaded, record = the_round.input, shown.published
    asks = the_round.rules.get("mode") == Mode.OPEN and loaded and not loaded.rules.get("first_run")
    if record is None or not asks:
        return {"asks": False}
    return {"asks": True, "answers": answers_to(record), "families_form": AskFamiliesForm()}


@require_POST
@staff_required(*OFFICERS)
def name_event(request: StaffRequest, pk: int) -> HttpResponse:
    """Name the public event while the round is planned."""
    the_round = round_to_run(request.user, pk)
    form = EventForm(request.POST)
    if not form.is_valid():
        return _page(request, the_round, 422, event_form=form)
    return _done(
        request,
        the_round,
        lambda: events.name_event(the_round, form.event(), by=request.user),
        _("The public event is named."),
    )


@require_POST
@staff_required(*OFFICERS)
def ask(request: StaffRequest, pk: int, step: str) -> HttpResponse:
    """Ask for a step; the second person finds it in the list of steps for two."""
    the_round = round_to_run(request.user, pk)
    payload = _payload(request, the_round, step)
    if isinstance(payload, FiguresForm | PackForm):
        name = "figures_form" if isinstance(payload, FiguresForm) else "pack_form"
        return _page(request, the_round, 422, **{name: payload})
    return _done(
        request,
        the_round,
        lambda: steps.ask(f"admissions.{step}", the_round, by=request.user, reason="", **payload),
        _("Asked. It is done as soon as a second person agrees."),
    )


def _payload(
    request: StaffRequest, the_round: Round, step: str
) -> dict[str, str | int] | FiguresForm | PackForm:
    """What goes with a step; a form that was filled in wrongly comes back itself."""
    if step == "open":
        return {}
    if step == "freeze":
        return {"input": the_round.input_id or 0}
    if step == "publish":
        return {"run": request.POST.get("run", "")}
    if step == "draw":
        form: Any = FiguresForm(request.POST, event=getattr(the_round, "event", None))
    elif step == "pack":
        form = PackForm(request.POST)
    else:
        raise Http404
    return dict(form.cleaned_data) if form.is_valid() else form


@require_POST
@staff_required(*OFFICERS)
def contribute(request: StaffRequest, pk: int) -> HttpResponse:
    """Take in words at the counter; the slip is for whoever gave them."""
    the_round = round_to_run(request.user, pk)
    form = ContributionForm(request.POST)
    if not form.is_valid():
        return _page(request, the_round, 422, contribution_form=form)
    try:
        made = events.contribute(the_round, form.cleaned_data["words"], by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("admissions:act", args=[pk]))
    return HttpResponseRedirect(reverse("admissions:slip", args=[pk, made.number]))


@require_safe
@staff_required(*OFFICERS)
def slip(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """The slip of a contribution: number, identity and commitment, never the words."""
    the_round = round_to_run(request.user, pk)
    given = get_object_or_404(Contribution.objects.defer("words"), round=the_round, number=number)
    context = {"round": the_round, "title": round_title(the_round), "given": given}
    return TemplateResponse(request, "admissions/slip.html", context).render()


@require_POST
@staff_required(*OFFICERS)
def correct(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask to correct a published list with files that were sent and checked."""
    the_round = round_to_run(request.user, pk)
    form = CorrectionForm(request.POST, the_round=the_round)
    if not form.is_valid():
        return _page(request, the_round, 422, correction_form=form)
    upload, reason = form.cleaned_data["upload"], form.cleaned_data["reason"]
    return _done(
        request,
        the_round,
        lambda: _ask_correction(request, the_round, upload, reason),
        _("Asked. It is done as soon as a second person agrees."),
    )


def _ask_correction(
    request: StaffRequest, the_round: Round, upload: RoundUpload, reason: str
) -> None:
    made = loading.load_correction(upload, request.user)
    steps.ask(steps.CORRECT, the_round, by=request.user, reason=reason, input=made.pk)


@require_POST
@staff_required(*OFFICERS)
def close(request: StaffRequest, pk: int) -> HttpResponse:
    """End the act."""
    the_round = round_to_run(request.user, pk)
    return _done(
        request,
        the_round,
        lambda: publishing.close(the_round, by=request.user),
        _("The round is closed."),
    )


def _done(
    request: StaffRequest, the_round: Round, call: Callable[[], object], words: str
) -> HttpResponse:
    """Make the call and say what came of it."""
    try:
        call()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return HttpResponseRedirect(reverse("admissions:act", args=[the_round.pk]))
