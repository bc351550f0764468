"""Freezing the list of a grade: of entrants, or of classes that are split, merged or mixed."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.commons.refusals import Refusal
from junheng.places.facade import Organisation
from junheng.registry.access import ASSIGNERS
from junheng.registry.engine.class_assignment import Wish
from junheng.registry.models import ClassAssignment
from junheng.registry.selectors.class_assignments import (
    Household,
    Waiting,
    classes_at,
    entrants_at,
    households_of,
    latest_year,
)
from junheng.registry.services import class_assignments as services
from junheng.registry.snapshots.class_assignments import Group, standings_of
from junheng.registry.web.class_assignment_forms import FreezeForm, RegroupForm
from junheng.registry.web.words import grade_name, year_name


@require_safe
@staff_required(*ASSIGNERS)
def regroup(request: StaffRequest) -> HttpResponse:
    """Lead to the classes that are to be split or merged."""
    form = RegroupForm(request.GET or None, user=request.user)
    if form.is_valid() and (year := latest_year(form.cleaned_data["school"])):
        code, grade = form.cleaned_data["school"], form.cleaned_data["grade"]
        return redirect("registry:freeze_classes", code, year + 1, grade + 1)
    messages.error(request, _("This school has no classes of this grade with pupils."))
    return redirect("registry:class_assignments")


@require_http_methods(["GET", "POST"])
@staff_required(*ASSIGNERS)
def freeze_entrants(request: StaffRequest, code: str, year: int, grade: int) -> HttpResponse:
    """Freeze the list of a grade's pupils who are in no class."""
    return _freeze(request, entrants_at(request.user, code, year, grade))


@require_http_methods(["GET", "POST"])
@staff_required(*ASSIGNERS)
def freeze_classes(request: StaffRequest, code: str, year: int, grade: int) -> HttpResponse:
    """Split, merge or mix classes at the turn of the year."""
    return _freeze(request, classes_at(request.user, code, year, grade))


def _freeze(request: StaffRequest, waiting: Waiting | None) -> HttpResponse:
    if waiting is None:
        raise Http404
    school = get_object_or_404(Organisation, code=waiting.code)
    group = Group(school, waiting.school_year, waiting.grade, waiting.classes)
    households = households_of(standings_of(group))
    data = request.POST if request.method == "POST" else None
    start = {"first": 1, "most": waiting.most, "classes": waiting.suggested}
    form = FreezeForm(data, group=waiting, households=households, initial=start)
    if form.is_valid() and (made := _frozen(request, group, form, households)):
        return redirect("registry:class_assignment", made.pk)
    context = {
        "waiting": waiting,
        "form": form,
        "year": year_name(waiting.school_year),
        "grade": grade_name(waiting.grade),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "registry/freeze_list.html", context, status=status)


def _frozen(
    request: StaffRequest, group: Group, form: FreezeForm, households: list[Household]
) -> ClassAssignment | None:
    data = form.cleaned_data
    sources = tuple(sorted(int(number) for number in data.get("sources", ())))
    if group.sources and not sources:
        form.add_error("sources", _("Choose at least one class."))
        return None
    wishes = {one.key: Wish(data[one.field]) for one in households if data[one.field]}
    try:
        return services.freeze_list(
            replace(group, sources=sources),
            form.targets(),
            wishes=wishes,
            event=data["event"],
            example=data["example"],
            event_at=data["event_at"],
            by=request.user,
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None
