"""Classes made in public: the list of draws, a new one, and the page of one with its receipt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

import django_tables2 as tables
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.commons.filters import SearchFilter
from junheng.commons.masks import mask_name
from junheng.commons.refusals import Refusal
from junheng.commons.tables import BadgeColumn, ListTable, MaskedColumn, MomentColumn, NumberColumn
from junheng.commons.web.lists import ListPage, Rows
from junheng.registry.access import ASSIGNERS, READERS, may_assign
from junheng.registry.models import ClassAssignment
from junheng.registry.selectors.class_assignments import (
    entrants_waiting,
    placed_pupils,
)
from junheng.registry.services import class_assignments as services
from junheng.registry.services import class_draws as draws
from junheng.registry.services.class_packs import take_pack
from junheng.registry.web.class_assignment_forms import FiguresForm, RegroupForm
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


class PlacedTable(ListTable):
    """Pupils with their number in the list and the class that they were drawn into."""

    listed = NumberColumn(verbose_name=gettext_lazy("Number in the list"))
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
            "placed": row.state in ("drawn", "published"),
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


@require_safe
@staff_required(*READERS)
def pack(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The pack of a draw that was held, for those who want to repeat it."""
    row = _seen(request, pk)
    if row.run is None:
        raise Http404
    data = take_pack(row, by=request.user, url=request.path)
    response = HttpResponse(data, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="draw-{row.pk}.zip"'
    return response


@require_POST
@staff_required(*ASSIGNERS)
def type_figures(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Type the event's figures, as the first or the second person."""
    form = FiguresForm(request.POST)
    figures = form.cleaned_data["figures"].strip() if form.is_valid() else ""
    return _done(
        request,
        pk,
        lambda: draws.type_figures(pk, figures, by=request.user),
        _("The figures are written down."),
    )


@require_POST
@staff_required(*ASSIGNERS)
def publish(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Make the draw the result."""
    words = _("Published: the pupils have their classes.")
    return _done(request, pk, lambda: draws.publish(pk, by=request.user), words)


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
