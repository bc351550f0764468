"""Making a round, and changing what it says while it is planned."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.admissions.access import may_run, places_to_load_for
from junheng.admissions.models import Round
from junheng.admissions.models.querysets import OFFICERS, READERS
from junheng.admissions.selectors.lotteries import lotteries_of
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services import making
from junheng.admissions.web.finding import visible_round
from junheng.admissions.web.making_forms import AnnouncedForm, MakeForm, RulesForm
from junheng.admissions.web.public_words import rules_in_words
from junheng.commons.refusals import Refusal
from junheng.kernel.faults import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*OFFICERS)
def new(request: StaffRequest) -> HttpResponse:
    """The form for a round; once made it is planned further on its own pages."""
    places = places_to_load_for(request.user)
    first = {"year": timezone.localdate().year}
    form = MakeForm(
        request.POST if request.method == "POST" else None, places=places, initial=first
    )
    if form.is_bound and form.is_valid():
        try:
            made = making.make_round(
                form.cleaned_data["place"], form.sections(), form.announced(), by=request.user
            )
        except (Refusal, Refused) as refusal:
            form.add_error(None, words_of(refusal))
        else:
            messages.success(request, _("The round is made. Set its calendar next."))
            return HttpResponseRedirect(reverse("admissions:calendar", args=[made.pk]))
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "admissions/new.html", {"form": form}, status=status).render()


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*READERS)
def rules(request: StaffRequest, pk: int) -> HttpResponse:
    """Rules, text and ages; the officer changes them while the round is planned."""
    the_round = visible_round(request.user, pk)
    mine = may_run(request.user, the_round)
    if request.method != "POST":
        editable = mine and the_round.state == Round.State.PLANNED
        return _page(request, the_round, _form(the_round) if editable else None)
    if not mine:
        raise Http404
    form = _form(the_round, request.POST)
    if form.is_valid() and _changed(request, the_round, form):
        return HttpResponseRedirect(reverse("admissions:rules", args=[pk]))
    return _page(request, the_round, form, 422)


def _form(the_round: Round, data: Any = None) -> AnnouncedForm:
    if the_round.input_id is None:
        return RulesForm(data, initial=RulesForm.ruled_by(the_round))
    return AnnouncedForm(data, initial=AnnouncedForm.said_by(the_round))


def _changed(request: StaffRequest, the_round: Round, form: AnnouncedForm) -> bool:
    sections = form.sections() if isinstance(form, RulesForm) else None
    try:
        moved = making.change_round(the_round, form.announced(), by=request.user, sections=sections)
    except (Refusal, Refused) as refusal:
        form.add_error(None, words_of(refusal))
        return False
    messages.success(request, _("Rules and text are saved."))
    if moved:
        told = ngettext(
            "The plan follows the new class cap: %d school has other seats now.",
            "The plan follows the new class cap: %d schools have other seats now.",
            moved,
        )
        messages.info(request, told % moved)
    return True


def words_of(refusal: Refusal | Refused) -> list[str]:
    """What a refusal says, fault by fault."""
    if isinstance(refusal, Refused):
        said = [fault.said_in(_) for fault in refusal.faults]
        return [f"{one.column}: {one.message} {one.fix}" for one in said]
    return [str(refusal)]


def _page(
    request: StaffRequest, the_round: Round, form: AnnouncedForm | None, status: int = 200
) -> HttpResponse:
    context = {
        "round": the_round,
        "title": round_title(the_round),
        "tab": "rules",
        "rules": list(rules_in_words(the_round.rules, lotteries_of(the_round)))
        if the_round.rules
        else [],
        "form": form,
    }
    return TemplateResponse(request, "admissions/rules.html", context, status=status).render()
