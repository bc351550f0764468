"""Pupils: the list with its search, and the record of one."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.commons import approvals
from junheng.commons.filters import SearchFilter
from junheng.commons.history import Change, HistoryRow, history_of
from junheng.commons.masks import mask_id, mask_name
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable, MaskedColumn
from junheng.commons.web.lists import ListPage, Rows
from junheng.kernel.codes import table
from junheng.registry.access import (
    READERS,
    may_apply_transfer,
    may_keep_record,
    place_kept,
)
from junheng.registry.engine.id_numbers import other_paper
from junheng.registry.models import Pupil, Standing, State, Tag
from junheng.registry.models.standings import GONE, StandingQuerySet
from junheng.registry.selectors.pupil_page import (
    guardians_of,
    siblings_of,
    standings_of,
    tags_of,
)
from junheng.registry.selectors.search import MOST, Found, find_pupils
from junheng.registry.services.asked import MOVEMENT
from junheng.registry.services.movements import current
from junheng.registry.web.families import offered
from junheng.registry.web.filters import RegistryFilters, SchoolFilter, TownshipFilter
from junheng.registry.web.movements import moves_of
from junheng.registry.web.words import class_name

STATE_TONES = {
    State.STUDYING: "success",
    State.SUSPENDED: "warning",
    State.DROPPED_OUT: "danger",
    State.LEFT: "plain",
    State.GRADUATED: "plain",
}
CHANGES_SHOWN = 20
SILENT = re.compile(r"^id$|_key$")


class PupilTable(ListTable):
    """Pupils by school, grade and class; names in masks."""

    name = MaskedColumn(
        mask=mask_name, accessor="pupil__name", verbose_name=pgettext_lazy("person", "Name")
    )
    number = tables.Column(gettext_lazy("Pupil number"), accessor="pupil__number")
    school = tables.Column(gettext_lazy("School"), accessor="organisation__name")
    in_class = tables.Column(gettext_lazy("Class"), accessor="grade")
    state = BadgeColumn(
        tones=STATE_TONES, labels=dict(State.choices), verbose_name=gettext_lazy("State")
    )
    valid_from = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Since"))

    def render_number(self, record: Standing) -> str:
        url = reverse("registry:pupil", args=[record.pupil.number])
        return format_html('<a href="{}">{}</a>', url, record.pupil.number)

    def value_number(self, record: Standing) -> str:
        return record.pupil.number

    def render_school(self, record: Standing) -> str:
        url = reverse("registry:school", args=[record.organisation.code])
        return format_html('<a href="{}">{}</a>', url, record.organisation.name)

    def value_school(self, record: Standing) -> str:
        return record.organisation.name

    def render_in_class(self, record: Standing) -> str:
        return where_in_school(record)


def where_in_school(row: Standing) -> str:
    """Grade and class, or the grade alone where no class is known yet."""
    if row.school_class is None:
        return _("Grade %(grade)s") % {"grade": row.grade}
    return class_name(row.grade, row.school_class.number)


class PupilFilters(RegistryFilters):
    """Search by name, initials or number; narrow by school, grade, class, state, tag."""

    q = SearchFilter(method="of_words", label=gettext_lazy("Name, initials or whole number"))
    school = SchoolFilter()
    township = TownshipFilter()
    grade = django_filters.ChoiceFilter(
        choices=[(str(n), str(n)) for n in range(1, 10)], label=gettext_lazy("Grade")
    )
    number = django_filters.NumberFilter(
        field_name="school_class__number", label=gettext_lazy("Class number")
    )
    state = django_filters.ChoiceFilter(
        choices=[*State.choices, ("all", gettext_lazy("All, those who are gone as well"))],
        method="of_state",
        label=gettext_lazy("State"),
    )
    tag = django_filters.ChoiceFilter(
        choices=Tag.choices, method="with_tag", label=gettext_lazy("Tag")
    )
    found = Found(())

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(QueryDict() if data is None else data, *args, **kwargs)

    def of_words(self, rows: StandingQuerySet, _name: str, value: str) -> StandingQuerySet:
        self.found = find_pupils(self.request.user, value)
        return rows.filter(pupil__in=self.found.pupils)

    def of_state(self, rows: StandingQuerySet, _name: str, value: str) -> StandingQuerySet:
        return rows if value == "all" else rows.filter(state=value)

    def with_tag(self, rows: StandingQuerySet, _name: str, value: str) -> StandingQuerySet:
        return rows.filter(pupil__tags__tag=value, pupil__tags__valid_to=None)

    def filter_queryset(self, queryset: Any) -> Any:
        """Those who are gone are shown only where they are asked for."""
        if not self.form.cleaned_data.get("state"):
            queryset = queryset.exclude(state__in=GONE)
        return super().filter_queryset(queryset)


class PupilList(StaffMixin, ListPage):
    """Where the pupils stand whom somebody sees."""

    roles = READERS
    table = PupilTable
    filters = PupilFilters
    title = pgettext_lazy("people", "Pupils")
    pretitle = gettext_lazy("Register")
    empty = gettext_lazy("Pupils come with an import of the register, or from admission.")
    template_name: ClassVar[str] = "registry/pupils.html"
    request: StaffRequest

    def rows(self) -> Rows:
        open_now = Standing.objects.for_user(self.request.user).open()
        return open_now.select_related("pupil", "organisation", "school_class").order_by(
            "organisation", "grade", "school_class"
        )

    def context(self) -> dict[str, Any]:
        return {
            "keeps": place_kept(self.request.user),
            "may_enter": may_keep_record(self.request.user),
            "most": MOST,
        }


class DayForm(forms.Form):
    """A day on which to look at a record."""

    on = forms.DateField(
        label=gettext_lazy("As on"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )


@require_safe
@staff_required(*READERS)
def pupil(request: StaffRequest, number: str) -> HttpResponse:
    """A pupil's record over the whole school life, as on a day; who it is in masks."""
    seen = Pupil.objects.for_user(request.user).select_related("organisation")
    row = get_object_or_404(seen, number=number)
    form = DayForm(request.GET if "on" in request.GET else None)
    on: date = form.cleaned_data["on"] if form.is_valid() else timezone.localdate()
    standings, guardians, tags = standings_of(row, on), guardians_of(row, on), tags_of(row, on)
    context = {
        "pupil": row,
        "name": mask_name(str(row.name)),
        "facts": _facts(row),
        "form": form if form.is_bound else DayForm(initial={"on": on}),
        "on": on,
        "is_today": on == timezone.localdate(),
        "standings": [(each, where_in_school(each.standing)) for each in standings],
        "now": next((each for each in standings if each.now), None),
        "moves": moves_of(request.user, current(row)) if on == timezone.localdate() else [],
        "waiting": approvals.waiting_for(f"registry.pupil.{row.number}").get(MOVEMENT),
        "may_release": may_apply_transfer(request.user, row.organisation.path),
        "family_moves": offered(guardians=bool(guardians), tags=bool(tags))
        if _is_kept(request, row, on)
        else [],
        "tones": STATE_TONES,
        "guardians": [(each, _relation(each.relation)) for each in guardians],
        "tags": tags,
        "siblings": siblings_of(request.user, row),
        "history": _changes_of(row),
        "may_reveal": may_keep_record(request.user, row.organisation.path),
    }
    return TemplateResponse(request, "registry/pupil.html", context)


def _is_kept(request: StaffRequest, row: Pupil, on: date) -> bool:
    """Whether somebody may write down something of this family now."""
    today = on == timezone.localdate()
    return today and bool(str(row.name)) and may_keep_record(request.user, row.organisation.path)


def _changes_of(row: Pupil) -> list[tuple[HistoryRow, list[Change]]]:
    """What became of the record, newest first; keys and ids say nothing to a reader."""
    events = history_of(row)[:CHANGES_SHOWN]
    return [(event, [c for c in event.changes if not SILENT.search(c.field)]) for event in events]


def _facts(row: Pupil) -> dict[str, str]:
    language = get_language() or "zh"
    number = str(row.resident_id or "")
    paper = _("Passport or travel permit") if other_paper(number) else _("Resident ID number")
    return {
        "resident_id": mask_id(number),
        "paper": paper,
        "national_number": mask_id(str(row.national_number or "")),
        "household_number": mask_id(str(row.household_number or "")),
        "sex": table("sex").name(row.sex, language),
        "ethnicity": table("ethnicity").name(row.ethnicity, language),
    }


def _relation(code: str) -> str:
    return table("relation").name(code, get_language() or "zh")
