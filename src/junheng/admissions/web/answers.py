"""Open-choice diversion: the officer asks the families, they rank what they are offered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.admissions.access import ENTERERS
from junheng.admissions.models import Application, Round
from junheng.admissions.models.querysets import OFFICERS
from junheng.admissions.selectors.answers import Asked, asked_of
from junheng.admissions.selectors.public_results import published_record
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services import answering
from junheng.admissions.web.act_forms import AskFamiliesForm
from junheng.admissions.web.application import own_application
from junheng.admissions.web.apply import applicant_required
from junheng.admissions.web.at_the_counter import child_meant
from junheng.admissions.web.finding import round_to_run
from junheng.admissions.web.ranking import RankForm, ranked
from junheng.commons.masks import mask_name
from junheng.commons.refusals import Refusal


@require_POST
@staff_required(*OFFICERS)
def ask_families(request: StaffRequest, pk: int) -> HttpResponse:
    """Let families rank on their pages what the published result offers them."""
    the_round = round_to_run(request.user, pk)
    form = AskFamiliesForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say until when families may answer."))
        return redirect("admissions:act", pk)
    try:
        period = answering.ask_families(the_round, form.cleaned_data["until"], by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        asked = period.offers.values("code").distinct().count()
        words = ngettext("%d family is asked.", "%d families are asked.", asked)
        messages.success(request, words % asked)
    return redirect("admissions:act", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_required
def answer(request: StaffRequest, number: str) -> HttpResponse:
    """A family ranks the schools that its child is offered, or says that it wants none."""
    shown = own_application(request, number)
    return _answer(request, shown, "admissions/apply/answer.html", "apply:application")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*ENTERERS)
def answer_for(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody of staff types a family's answer in; both are recorded."""
    the_round: Round = get_object_or_404(Round.objects.select_related("place"), pk=pk)
    shown = child_meant(request, the_round, _("Enter a family's answer"))
    if isinstance(shown, HttpResponse):
        return shown
    return _answer(request, shown, "admissions/answer_for.html", "")


def _answer(request: StaffRequest, shown: Application, template: str, after: str) -> HttpResponse:
    record = published_record(shown.round)
    asked = asked_of(shown, record) if record is not None else None
    if asked is None or not asked.is_on:
        messages.error(request, _("The time for answers is over, or no school is offered."))
        return redirect(after, shown.number) if after else redirect(request.path)
    form = RankForm(
        request.POST if request.method == "POST" else None,
        schools=[(one.code, one.label) for one in asked.offers],
        needed=not (request.POST.get("decline") and asked.may_decline),
        initial=ranked(asked.answer.schools if asked.answer else ()),
    )
    if form.is_valid() and _kept(request, shown, form):
        return redirect(after, shown.number) if after else redirect(request.path)
    context = {"round": shown.round, "title": round_title(shown.round), **_facts(shown, asked)}
    status = 422 if form.is_bound else 200
    return render(request, template, {**context, "form": form}, status=status)


def _facts(shown: Application, asked: Asked) -> dict[str, Any]:
    return {"application": shown, "child": mask_name(shown.child_name), "asked": asked}


def _kept(request: StaffRequest, shown: Application, form: RankForm) -> bool:
    schools = [] if request.POST.get("decline") else form.wishes()
    try:
        answering.answer(shown, schools, by=request.user)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Thank you, your answer is kept."))
    return True
