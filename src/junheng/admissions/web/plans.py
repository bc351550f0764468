"""The planned intake of a round: a table by township, edited row by row where it stands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.admissions.access import may_run
from junheng.admissions.models import PlannedIntake, Round
from junheng.admissions.models.querysets import OFFICERS, READERS
from junheng.admissions.selectors.plans import Township, plan_of
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services import planning
from junheng.admissions.services.plan_sheets import COLUMNS
from junheng.admissions.services.planning import FIGURES
from junheng.admissions.web.finding import round_to_run, visible_round
from junheng.commons.exports import export_response
from junheng.commons.refusals import Refusal

MOST = 999


class RowForm(forms.Form):
    """What a school offers."""

    classes = forms.IntegerField(label=gettext_lazy("Classes"), min_value=0, max_value=MOST)
    class_size = forms.IntegerField(
        label=gettext_lazy("Pupils per class"), min_value=1, max_value=MOST
    )
    continuing = forms.IntegerField(
        label=gettext_lazy("Continuing pupils"), min_value=0, max_value=MOST * 10
    )
    reserved = forms.IntegerField(
        label=gettext_lazy("Reserved seats"), min_value=0, max_value=MOST * 10
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # the form element stands outside the table
            field.widget.attrs |= {
                "form": "plan-row",
                "class": "form-control form-control-sm",
                "aria-label": str(field.label),
            }
        self.fields["classes"].widget.attrs["autofocus"] = True


@require_safe
@staff_required(*READERS)
def plan(request: StaffRequest, pk: int) -> HttpResponse:
    """The plan; `?edit=CODE` opens one row."""
    return _page(request, visible_round(request.user, pk))


def _page(
    request: StaffRequest, the_round: Round, form: RowForm | None = None, status: int = 200
) -> HttpResponse:
    townships = plan_of(the_round, request.user)
    may_edit = may_run(request.user, the_round) and the_round.state == Round.State.PLANNED
    editing = (request.POST.get("code") or request.GET.get("edit", "")) if may_edit else ""
    row = PlannedIntake.objects.filter(round=the_round, code=editing).first() if editing else None
    differences = (
        planning.differences(the_round, the_round.input) if the_round.input and townships else []
    )
    context = {
        "round": the_round,
        "title": round_title(the_round),
        "tab": "plan",
        "townships": townships,
        "totals": Township("", [row for one in townships for row in one.rows]),
        "short": sum(one.short for one in townships),
        "may_edit": may_edit,
        "row": row,
        "form": form or (RowForm(initial=row.__dict__) if row else None),
        "differences": [one.sentence() for one in differences[: planning.SHOWN * 4]],
        "different": len(differences),
    }
    return TemplateResponse(request, "admissions/plan.html", context, status=status).render()


@require_safe
@staff_required(*READERS)
def export(request: StaffRequest, pk: int) -> HttpResponse:
    """The visible part of the plan as a workbook that can be changed and brought back."""
    the_round = visible_round(request.user, pk)
    title = _("Planned intake %s") % the_round.ref
    rows = (
        [row.code, row.label, row.township, *(getattr(row, name) for name in FIGURES), row.seats]
        for township in plan_of(the_round, request.user)
        for row in township.rows
    )
    titles = [column.title for column in COLUMNS]
    return export_response(request, title, titles, rows, comes_back=True)


@require_POST
@staff_required(*OFFICERS)
def begin(request: StaffRequest, pk: int) -> HttpResponse:
    """Begin the plan with the loaded files or the register."""
    the_round = round_to_run(request.user, pk)
    try:
        added = planning.begin_plan(the_round, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%d schools were put into the plan.") % added)
    return HttpResponseRedirect(reverse("admissions:plan", args=[pk]))


@require_POST
@staff_required(*OFFICERS)
def change(request: StaffRequest, pk: int) -> HttpResponse:
    """Save a row, and open the next one where that was asked."""
    the_round = round_to_run(request.user, pk)
    row = get_object_or_404(PlannedIntake, round=the_round, code=request.POST.get("code", ""))
    form = RowForm(request.POST)
    if not form.is_valid():
        return _page(request, the_round, form, 422)
    try:
        planning.change_row(the_round, row.code, by=request.user, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, the_round, form, 422)
    address = reverse("admissions:plan", args=[pk])
    following = _after(the_round, row, request) if "next" in request.POST else ""
    return HttpResponseRedirect(f"{address}?edit={following}#row" if following else address)


def _after(the_round: Round, row: PlannedIntake, request: StaffRequest) -> str:
    codes = [one.code for township in plan_of(the_round, request.user) for one in township.rows]
    place = codes.index(row.code) + 1
    return codes[place] if place < len(codes) else ""
