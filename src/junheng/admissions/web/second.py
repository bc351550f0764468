"""The second round: the officer makes it of what is left, families ask to take part."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.admissions.access import ENTERERS, may_run
from junheng.admissions.models import Application, Round
from junheng.admissions.models.querysets import COUNTY, OFFICERS
from junheng.admissions.selectors.public_results import published_record
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.selectors.second import (
    carried,
    schools_with_seats,
    seats_left,
    second_of,
    without_seat,
)
from junheng.admissions.services import carrying, second_rounds
from junheng.admissions.web.application import own_application
from junheng.admissions.web.apply import applicant_required
from junheng.admissions.web.at_the_counter import child_meant
from junheng.admissions.web.finding import round_to_run, visible_round
from junheng.admissions.web.making import words_of
from junheng.admissions.web.making_forms import reference
from junheng.admissions.web.ranking import RankForm, ranked
from junheng.commons.masks import mask_name
from junheng.commons.refusals import Refusal
from junheng.kernel.faults import Refused


class SecondForm(forms.Form):
    """What the officer says of a second round; everything else comes from the first."""

    ref = reference()
    newcomers = forms.BooleanField(
        label=gettext_lazy("Families who came late may apply, too"),
        required=False,
        help_text=gettext_lazy("Their papers are checked as in the first round."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*COUNTY)
def second_round(request: StaffRequest, pk: int) -> HttpResponse:
    """What is left, school by school with the working, and the button."""
    the_round = visible_round(request.user, pk)
    record = published_record(the_round)
    if record is None:
        raise Http404
    sent = request.method == "POST"
    if sent and not may_run(request.user, the_round):
        raise Http404
    form = SecondForm(request.POST if sent else None, initial={"ref": f"{the_round.ref}-2"})
    if form.is_valid() and (made := _held(request, the_round, form)) is not None:
        messages.success(request, _("The second round is made. Set its calendar next."))
        return redirect("admissions:calendar", made.pk)
    left = seats_left(record)
    context = {
        "round": the_round,
        "title": round_title(the_round),
        "tab": "second_round",
        "schools": left,
        "left": sum(one.left for one in left),
        "without": without_seat(record).count(),
        "second": second_of(the_round),
        "why_not": _why_not(the_round),
        "form": form if may_run(request.user, the_round) else None,
    }
    return render(request, "admissions/second.html", context, status=422 if sent else 200)


def _held(request: StaffRequest, the_round: Round, form: SecondForm) -> Round | None:
    try:
        return second_rounds.hold(the_round, by=request.user, **form.cleaned_data)
    except (Refusal, Refused) as refusal:
        form.add_error(None, words_of(refusal))
    return None


def _why_not(the_round: Round) -> str:
    try:
        second_rounds.require_over(the_round)
    except Refusal as refusal:
        return str(refusal)
    return ""


@require_POST
@staff_required(*OFFICERS)
def plan_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Lay the plan of a second round down with what is left now."""
    the_round = round_to_run(request.user, pk)
    try:
        seats = second_rounds.plan_again(the_round, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        words = ngettext("%d seat is left now.", "%d seats are left now.", seats)
        messages.success(request, words % seats)
    return redirect("admissions:plan", pk)


# --- families -------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_required
def take_part(request: StaffRequest, number: str) -> HttpResponse:
    """A family says that its child takes part, and which schools it wants."""
    shown = own_application(request, number)
    return _take_part(request, shown, "admissions/apply/second.html", "apply:application")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*ENTERERS)
def take_part_for(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody of staff says it for a family; both are recorded."""
    the_round: Round = get_object_or_404(
        Round.objects.select_related("second_of__place", "place"), pk=pk, second_of__isnull=False
    )
    heading = _("Enter a child of the first round")
    shown = child_meant(request, the_round, heading, of=the_round.second_of_id)
    if isinstance(shown, HttpResponse):
        return shown
    return _take_part(request, shown, "admissions/second_for.html", "")


def _take_part(
    request: StaffRequest, shown: Application, template: str, after: str
) -> HttpResponse:
    the_round = carrying.open_second_round(shown)
    if the_round is None:
        messages.error(request, _("This child does not take part in a second round now."))
        return redirect(after, shown.number) if after else redirect(request.path)
    before = carried(shown)
    form = RankForm(
        request.POST if request.method == "POST" else None,
        schools=schools_with_seats(the_round),
        initial=ranked(before.wishes if before else ()),
    )
    if form.is_valid():
        try:
            made = carrying.take_part(shown, form.wishes(), by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            words = _("The child takes part in the second round. Its number there: %s.")
            messages.success(request, words % made.number)
            return redirect(after, made.number) if after else redirect(request.path)
    context = {
        "application": shown,
        "child": mask_name(shown.child_name),
        "round": the_round,
        "title": round_title(the_round),
        "form": form,
        "before": before,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)
