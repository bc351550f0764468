"""Classes made in public: the list of draws, a new one, and the page of one with its receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, User, staff_required
from junheng.commons.filters import SearchFilter
from junheng.commons.masks import mask_name
from junheng.commons.refusals import Refusal
from junheng.commons.tables import BadgeColumn, ListTable, MaskedColumn, MomentColumn, NumberColumn
from junheng.commons.web.lists import ListPage, Rows
from junheng.places.facade import Organisation
from junheng.registry.access import ASSIGNERS, READERS, may_assign
from junheng.registry.engine.class_assignment import NewClass, Wish
from junheng.registry.models import ClassAssignment
from junheng.registry.selectors.class_assignments import (
    Household,
    Waiting,
    classes_at,
    entrants_at,
    entrants_waiting,
    households_of,
    latest_year,
    placed_pupils,
    schools_to_regroup,
)
from junheng.registry.services import class_assignments as services
from junheng.registry.snapshots.class_assignments import Group, standings_of
from junheng.registry.web.filters import RegistryFilters
from junheng.registry.web.words import grade_name, year_name

SHOWN = 30
"""So many grades that wait are listed at once; the others follow when these are done."""

STATE_TONES = {
    "frozen": "info",
    "drawn": "warning",
    "published": "success",
    "withdrawn": "plain",
}


class AssignmentTable(ListTable):
    """Draws of classes, the latest first."""

    school = tables.Column(gettext_lazy("School"), accessor="organisation__name")
    year = tables.Column(gettext_lazy("School year"), accessor="school_year")
    grade = tables.Column(gettext_lazy("Grade"))
    kind = tables.Column(gettext_lazy("What"), accessor="sources", empty_values=())
    pupils = NumberColumn(verbose_name=gettext_lazy("Pupils"))
    state = BadgeColumn(tones=STATE_TONES, labels=dict(ClassAssignment.State.choices))
    frozen_at = MomentColumn(verbose_name=gettext_lazy("Frozen at"))

    def render_school(self, record: ClassAssignment) -> str:
        url = reverse("registry:class_assignment", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, record.organisation.name)

    def value_school(self, record: ClassAssignment) -> str:
        return record.organisation.name

    def render_year(self, value: int) -> str:
        return year_name(value)

    def render_grade(self, value: int) -> str:
        return grade_name(value)

    def render_kind(self, record: ClassAssignment) -> str:
        return what(record)


class AssignmentFilters(RegistryFilters):
    """Search a school."""

    q = SearchFilter(field_name="organisation__name", label=gettext_lazy("Search a school"))


class RegroupForm(forms.Form):
    """Which classes are to be split or merged."""

    school = forms.ChoiceField(label=gettext_lazy("School"))
    grade = forms.TypedChoiceField(
        label=gettext_lazy("Grade that they are in now"),
        coerce=int,
        choices=[(n, n) for n in range(1, 9)],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        school: Any = self.fields["school"]
        school.choices = schools_to_regroup(user)


class AssignmentList(StaffMixin, ListPage):
    """Draws of classes at the schools of one's scope."""

    roles = READERS
    table = AssignmentTable
    filters = AssignmentFilters
    title = gettext_lazy("Putting pupils into classes")
    pretitle = gettext_lazy("Register")
    empty = gettext_lazy("No list was frozen yet.")
    template_name: ClassVar[str] = "registry/class_assignments.html"
    request: StaffRequest

    def rows(self) -> Rows:
        found: Rows = ClassAssignment.objects.for_user(self.request.user).select_related(
            "organisation"
        )
        return found

    def context(self) -> dict[str, Any]:
        user = self.request.user
        if not may_assign(user):
            return {}
        waiting = [
            (w, grade_name(w.grade), year_name(w.school_year)) for w in entrants_waiting(user)
        ]
        return {
            "waiting": waiting[:SHOWN],
            "more": len(waiting) - SHOWN,
            "form": RegroupForm(user=user),
        }


def what(row: ClassAssignment) -> str:
    """What a draw does, in words."""
    if not row.sources:
        return _("Entrants into %(count)s classes") % {"count": len(row.targets)}
    classes = ", ".join(map(str, row.sources))
    into = ", ".join(str(number) for number, _most in row.targets)
    return _("Classes %(classes)s go on as %(into)s") % {"classes": classes, "into": into}


class FreezeForm(forms.Form):
    """Which classes there are to be, and the event that decides."""

    sources = forms.MultipleChoiceField(
        label=gettext_lazy("Classes to be split, merged or mixed"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    first = forms.IntegerField(
        label=gettext_lazy("Number of the first class"), min_value=1, max_value=99
    )
    classes = forms.IntegerField(label=gettext_lazy("How many classes"), min_value=1, max_value=60)
    most = forms.IntegerField(
        label=gettext_lazy("Pupils in a class at most"), min_value=1, max_value=55
    )
    event = forms.CharField(
        label=gettext_lazy("Public event that decides"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Such as the drawing of a public lottery. One class alone needs none."
        ),
    )
    example = forms.CharField(
        label=gettext_lazy("How its figures are written, by an example"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("A digit stands for a digit, all else stays as it is: 03-11-28+07"),
    )
    event_at = forms.DateTimeField(
        label=gettext_lazy("When it takes place"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
    )

    def __init__(
        self, *args: Any, group: Waiting, households: list[Household], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        sources: Any = self.fields["sources"]
        sources.choices = [(str(n), _("Class %d") % n) for n in group.classes]
        if not group.classes:
            del self.fields["sources"]
        for household in households:
            self.fields[household.field] = forms.ChoiceField(
                label=_("Brothers and sisters: %s") % household.names,
                choices=[
                    ("", _("the family said nothing")),
                    (Wish.TOGETHER.value, _("in the same class")),
                    (Wish.APART.value, _("in different classes")),
                ],
                required=False,
            )

    def targets(self) -> list[NewClass]:
        """The new classes, numbered on from the first."""
        data = self.cleaned_data
        numbers = range(data["first"], data["first"] + data["classes"])
        return [NewClass(number, data["most"]) for number in numbers]


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


class FiguresForm(forms.Form):
    """What the event said."""

    figures = forms.CharField(label=gettext_lazy("Figures of the event"), max_length=60)


class PlacedTable(ListTable):
    """Pupils with the class that they were drawn into."""

    into = NumberColumn(verbose_name=gettext_lazy("Class"))
    number = tables.Column(gettext_lazy("Pupil number"))
    name = MaskedColumn(mask=mask_name, verbose_name=pgettext_lazy("of a person", "Name"))


class AssignmentPage(StaffMixin, ListPage):
    """One draw: what is frozen, what decides, what came of it, and everybody's class."""

    roles = READERS
    table = PlacedTable
    title = gettext_lazy("Pupils by class")
    empty = gettext_lazy("Nothing is drawn yet.")
    template_name: ClassVar[str] = "registry/class_assignment.html"
    request: StaffRequest
    row: ClassAssignment

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.row = _seen(request, kwargs["pk"])
        return super().get(request, *args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.row = _seen(request, kwargs["pk"])
        return super().post(request, *args, **kwargs)

    def rows(self) -> Rows:
        found: Rows = placed_pupils(self.row)
        return found

    def context(self) -> dict[str, Any]:
        row = self.row
        past = row.event_at is not None and row.event_at <= timezone.now()
        return {
            "row": row,
            "what": what(row),
            "grade": grade_name(row.grade),
            "tone": STATE_TONES[row.state],
            "assigns": may_assign(self.request.user, row.organisation.path),
            "form": FiguresForm(),
            "past": past,
            "typed_by_me": row.first_by_id == self.request.user.pk,
            "may_withdraw": (row.state == "frozen" and not past)
            or (row.state == "published" and row.event == ""),
        }


def _seen(request: StaffRequest, pk: UUID) -> ClassAssignment:
    rows = ClassAssignment.objects.for_user(request.user).select_related(
        "organisation", "snapshot", "run", "first_by", "second_by", "frozen_by"
    )
    row: ClassAssignment = get_object_or_404(rows, pk=pk)
    return row


@require_POST
@staff_required(*ASSIGNERS)
def type_figures(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Type the event's figures, as the first or the second person."""
    form = FiguresForm(request.POST)
    figures = form.cleaned_data["figures"].strip() if form.is_valid() else ""
    return _done(
        request,
        pk,
        lambda: services.type_figures(pk, figures, by=request.user),
        _("The figures are written down."),
    )


@require_POST
@staff_required(*ASSIGNERS)
def publish(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Make the draw the result."""
    words = _("Published: the pupils have their classes.")
    return _done(request, pk, lambda: services.publish(pk, by=request.user), words)


@require_POST
@staff_required(*ASSIGNERS)
def withdraw(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give a list up before its event."""
    return _done(
        request, pk, lambda: services.withdraw(pk, by=request.user), _("The list is given up.")
    )


def _done(
    request: StaffRequest, pk: UUID, call: Callable[[], object], words: str
) -> HttpResponseRedirect:
    row = _seen(request, pk)
    if not may_assign(request.user, row.organisation.path):
        raise Http404
    try:
        call()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return HttpResponseRedirect(reverse("registry:class_assignment", args=[pk]))
