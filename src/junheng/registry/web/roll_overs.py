"""The turn of the year: plans, who is not moved and why, and the step that two people take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.commons import approvals
from junheng.commons.filters import SearchFilter
from junheng.commons.masks import mask_name
from junheng.commons.refusals import Refusal
from junheng.commons.tables import (
    BadgeColumn,
    ListTable,
    MaskedColumn,
    MomentColumn,
    NumberColumn,
)
from junheng.commons.web.lists import ListPage, Rows
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Place
from junheng.registry.access import KEEPERS, READERS, may_keep
from junheng.registry.engine.roll_over_types import (
    Why,
)
from junheng.registry.jobs import roll_overs as jobs
from junheng.registry.models import NotMoved, Pupil, RollOver
from junheng.registry.selectors.roll_overs import (
    county_kept,
    refused_of,
    roll_overs_for,
    years_to_turn,
)
from junheng.registry.sentences.roll_over import TITLES
from junheng.registry.services.movement_checks import turns_from
from junheng.registry.services.roll_overs import hold_back as hold_pupil_back
from junheng.registry.services.roll_overs import was_given_up
from junheng.registry.web.filters import RegistryFilters, TownshipFilter
from junheng.registry.web.words import class_name, grade_name, year_name

STATE_TONES = {
    "planning": "info",
    "planned": "primary",
    "under_way": "warning",
    "done": "success",
    "undone": "plain",
    "discarded": "plain",
}
STATES = {**dict(RollOver.State.choices), "planned": gettext_lazy("Plan is ready")}
WHY_TONES = {Why.CLASS_TOO_LARGE.value: "danger", Why.OLD_YEAR.value: "danger"}


class RollOverTable(ListTable):
    """Plans and turns, the latest first."""

    year = tables.Column(gettext_lazy("School year that ends"), accessor="school_year")
    place = tables.Column(gettext_lazy("County"), accessor="place__name")
    state = BadgeColumn(tones=STATE_TONES, labels=STATES)
    moved = NumberColumn(verbose_name=gettext_lazy("Move up"), accessor="counts__moved")
    graduated = NumberColumn(verbose_name=gettext_lazy("Graduate"), accessor="counts__graduated")
    unmoved = NumberColumn(verbose_name=gettext_lazy("Not moved"), accessor="counts__unmoved")
    requested_at = MomentColumn(verbose_name=gettext_lazy("Planned at"))
    done_at = MomentColumn(verbose_name=gettext_lazy("Done at"))

    def render_year(self, record: RollOver) -> str:
        url = reverse("registry:roll_over", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, year_name(record.school_year))

    def value_year(self, record: RollOver) -> str:
        return year_name(record.school_year)


class PlanForm(forms.Form):
    """Which school year is to be turned."""

    year = forms.TypedChoiceField(label=gettext_lazy("School year that ends"), coerce=int)

    def __init__(self, *args: Any, county: Place | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = years_to_turn(county) if county else []
        field: Any = self.fields["year"]
        field.choices = [(year.start, str(year)) for year in years]


class RollOverList(StaffMixin, ListPage):
    """Turns of the year of one's county."""

    roles = READERS
    table = RollOverTable
    title = gettext_lazy("Turn of the year")
    pretitle = gettext_lazy("Register")
    empty = gettext_lazy("No turn of the year was planned yet.")
    template_name: ClassVar[str] = "registry/roll_overs.html"
    request: StaffRequest

    def rows(self) -> Rows:
        found: Rows = roll_overs_for(self.request.user)
        return found

    def context(self) -> dict[str, Any]:
        county = county_kept(self.request.user)
        return {"county": county, "form": PlanForm(county=county) if county else None}


class NotMovedTable(ListTable):
    """Pupils who are not moved up, by school and class."""

    school = tables.Column(gettext_lazy("School"), accessor="organisation__name")
    name = tables.Column(gettext_lazy("Class"), accessor="grade")
    number = tables.Column(gettext_lazy("Pupil number"), accessor="pupil__number")
    pupil = MaskedColumn(
        mask=mask_name, verbose_name=pgettext_lazy("of a person", "Name"), accessor="pupil__name"
    )
    why = BadgeColumn(
        tones={why.value: WHY_TONES.get(why.value, "warning") for why in Why},
        labels={why.value: TITLES[why] for why in Why},
        verbose_name=gettext_lazy("Reason"),
    )
    sentence = tables.Column(gettext_lazy("Why, and what to do"), accessor="sentence")

    def render_name(self, record: NotMoved) -> str:
        if record.number is None:
            return grade_name(record.grade)
        return class_name(record.grade, record.number)


class NotMovedFilters(RegistryFilters):
    """Search a school, narrow by reason, township and grade."""

    q = SearchFilter(field_name="organisation__name", label=gettext_lazy("Search a school"))
    why = django_filters.ChoiceFilter(
        choices=[(why.value, TITLES[why]) for why in Why], label=gettext_lazy("Reason")
    )
    township = TownshipFilter()
    grade = django_filters.ChoiceFilter(
        choices=[(n, n) for n in range(1, 10)], label=gettext_lazy("Grade")
    )


class RollOverPage(StaffMixin, ListPage):
    """One plan: its figures, the classes refused, and everybody who is not moved."""

    roles = READERS
    table = NotMovedTable
    filters = NotMovedFilters
    title = gettext_lazy("Pupils who are not moved up")
    pretitle = gettext_lazy("Turn of the year")
    empty = gettext_lazy("Everybody is moved up, or graduates.")
    template_name: ClassVar[str] = "registry/roll_over.html"
    query_budget = 14
    request: StaffRequest
    row: RollOver

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.row = get_object_or_404(roll_overs_for(request.user), pk=kwargs["pk"])
        return super().get(request, *args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.row = get_object_or_404(roll_overs_for(request.user), pk=kwargs["pk"])
        return super().post(request, *args, **kwargs)

    def rows(self) -> Rows:
        rows = NotMoved.objects.for_user(self.request.user).filter(roll_over=self.row)
        order = ("organisation", "grade", "number")
        found: Rows = rows.select_related("organisation", "pupil").order_by(*order)
        return found

    def context(self) -> dict[str, Any]:
        waiting = approvals.waiting_for(jobs.matter_of(self.row))
        return {
            "row": self.row,
            "state": STATES[self.row.state],
            "state_tone": STATE_TONES[self.row.state],
            "keeps": may_keep(self.request.user, self.row.place.path),
            "given_up": was_given_up(self.row),
            "waiting": next(iter(waiting.values()), None),
            "turns_from": turns_from(self.row.year),
            "refused": _refused(self.request, self.row),
            "hold_form": HoldBackForm(),
        }


def _refused(request: StaffRequest, row: RollOver) -> list[tuple[str, str, int, int]]:
    return [
        (one.school, class_name(one.grade, one.number), one.size, one.most)
        for one in refused_of(request.user, row)
    ]


class HoldBackForm(forms.Form):
    """A pupil that stays in its grade, and the paper that says so."""

    number = forms.CharField(label=gettext_lazy("Pupil number"), max_length=20)
    paper = forms.CharField(label=gettext_lazy("Number or title of the paper"), max_length=200)


@require_POST
@staff_required(*KEEPERS)
def plan(request: StaffRequest) -> HttpResponse:
    """Make a plan of a school year."""
    county = county_kept(request.user)
    form = PlanForm(request.POST, county=county)
    if county is None or not form.is_valid():
        raise Http404
    try:
        job = jobs.start_plan(county, SchoolYear(form.cleaned_data["year"]), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("registry:roll_overs")
    return redirect(job)


@require_POST
@staff_required(*KEEPERS)
def ask(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask for a plan to be carried out."""
    return _ask(request, pk, jobs.TURN)


@require_POST
@staff_required(*KEEPERS)
def ask_undo(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask for a turn to be undone."""
    return _ask(request, pk, jobs.UNDO)


def _kept(request: StaffRequest, pk: UUID) -> RollOver:
    row: RollOver = get_object_or_404(roll_overs_for(request.user), pk=pk)
    if not may_keep(request.user, row.place.path):
        raise Http404
    return row


def _ask(request: StaffRequest, pk: UUID, kind: str) -> HttpResponse:
    row = _kept(request, pk)
    _told(
        request,
        lambda: jobs.ask(kind, row, by=request.user),
        _("Asked. It is done as soon as a second person agrees."),
    )
    return redirect("registry:roll_over", row.pk)


@require_POST
@staff_required(*KEEPERS)
def hold_back(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that a pupil stays in its grade."""
    row = _kept(request, pk)
    form = HoldBackForm(request.POST)
    number = form["number"].value() or ""
    pupil = Pupil.objects.for_user(request.user).filter(number=number.strip()).first()
    if pupil is None or not form.is_valid():
        messages.error(request, _("There is no pupil of this number, or the paper is missing."))
        return redirect("registry:roll_over", row.pk)
    _told(
        request,
        lambda: hold_pupil_back(pupil, row.year, paper=form.cleaned_data["paper"], by=request.user),
        _("Written down. Make the plan again."),
    )
    return redirect("registry:roll_over", row.pk)


def _told(request: StaffRequest, call: Callable[[], object], words: str) -> None:
    try:
        call()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
