"""Classes: the list with its figures, and counting one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.commons.filters import SearchFilter
from junheng.commons.history import Change, HistoryRow, history_of
from junheng.commons.refusals import Refusal
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable, NumberColumn
from junheng.commons.web.lists import Rows
from junheng.registry.access import COUNTERS, READERS, may_count, may_hold_count, place_kept
from junheng.registry.engine.cap import CLASS_CAP, LARGEST_KNOWN, NEAR, VERY_LARGE
from junheng.registry.models import SchoolClass
from junheng.registry.models.classes import SchoolClassQuerySet
from junheng.registry.selectors.classes import bands_of, exempt_classes, figures_of, years_of
from junheng.registry.selectors.schools import township_of
from junheng.registry.services.classes import count_class
from junheng.registry.web.filters import LevelFilter, RegistryFilters, TownshipFilter
from junheng.registry.web.pictures import size_chart
from junheng.registry.web.words import BAND_TONES, BANDS, class_name, share, year_name
from junheng.registry.web.years import YearListPage

COUNTS_SHOWN = 20


class ClassTable(ListTable):
    """Classes, the largest first."""

    school = tables.Column(gettext_lazy("School"), accessor="organisation__name")
    township = tables.Column(gettext_lazy("Township"), accessor="organisation__place")
    name = tables.Column(gettext_lazy("Class"), accessor="number")
    size = NumberColumn(verbose_name=gettext_lazy("Pupils"), orderable=True)
    band = BadgeColumn(tones=BAND_TONES, labels=BANDS, verbose_name=gettext_lazy("Size"))
    counted_on = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Counted on"))
    inherited_size = NumberColumn(verbose_name=gettext_lazy("Pupils at the opening count"))

    def render_school(self, record: SchoolClass) -> str:
        url = reverse("registry:school", args=[record.organisation.code])
        return format_html('<a href="{}">{}</a>', url, record.organisation.name)

    def value_school(self, record: SchoolClass) -> str:
        return record.organisation.name

    def render_township(self, record: SchoolClass) -> str:
        return str(township_of(record.organisation.place) or "—")

    def render_name(self, record: SchoolClass) -> str:
        return class_name(record.grade, record.number)


class ClassFilters(RegistryFilters):
    """Search by school, narrow by level, township, grade and size."""

    q = SearchFilter(field_name="organisation__name", label=gettext_lazy("Search a school"))
    level = LevelFilter()
    township = TownshipFilter()
    grade = django_filters.ChoiceFilter(
        choices=[(n, n) for n in range(1, 10)], label=gettext_lazy("Grade")
    )
    size = django_filters.ChoiceFilter(
        method="of_size",
        choices=[
            ("large", gettext_lazy("56 and more")),
            ("very_large", gettext_lazy("66 and more")),
            ("near", gettext_lazy("51 to 55")),
        ],
        label=gettext_lazy("Size"),
    )

    def of_size(self, rows: SchoolClassQuerySet, _name: str, value: str) -> SchoolClassQuerySet:
        least = {"large": CLASS_CAP + 1, "very_large": VERY_LARGE, "near": CLASS_CAP - NEAR + 1}
        rows = rows.filter(size__gte=least[value]) if value in least else rows
        return rows.filter(size__lte=CLASS_CAP) if value == "near" else rows


class ClassList(StaffMixin, YearListPage):
    """The classes of one school year, the latest where none is named."""

    roles = READERS
    table = ClassTable
    filters = ClassFilters
    title = gettext_lazy("Classes and sizes")
    pretitle = gettext_lazy("Register")
    empty = gettext_lazy("Classes come with an import of the schools' counts.")
    template_name: ClassVar[str] = "registry/classes.html"
    request: StaffRequest

    def offered(self) -> Collection[int]:
        return years_of(self.request.user)

    def unasked(self) -> int | None:
        return next(iter(self.years), None)

    def of_year(self) -> SchoolClassQuerySet:
        return SchoolClass.objects.for_user(self.request.user).of_year(self.year)

    def rows(self) -> Rows:
        return (
            self.of_year()
            .select_related("organisation__place__parent")
            .defer("organisation__place__outline", "organisation__place__parent__outline")
            .order_by("-size")
        )

    def context(self) -> dict[str, Any]:
        figures = figures_of(self.of_year())
        return {
            "year": year_name(self.year) if self.year is not None else "",
            "years": [(year, year_name(year)) for year in self.years],
            "figures": figures,
            "large_share": share(figures.large_share),
            "chart": size_chart(bands_of(self.of_year())),
            "keeps": place_kept(self.request.user),
            "may_hold_count": may_hold_count(self.request.user),
            "exempt": list(exempt_classes(self.of_year(), timezone.localdate())),
        }


class CountForm(forms.Form):
    """How many pupils a class has."""

    size = forms.IntegerField(label=gettext_lazy("Pupils"), min_value=0, max_value=LARGEST_KNOWN)
    counted_on = forms.DateField(
        label=gettext_lazy("Counted on"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )


@require_http_methods(["GET", "POST"])
@staff_required(*COUNTERS)
def count(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down the size of a class."""
    found = SchoolClass.objects.for_user(request.user).select_related("organisation")
    row = get_object_or_404(found, pk=pk)
    if not may_count(request.user, row.organisation.path):
        raise Http404
    start = {"size": row.size, "counted_on": timezone.localdate()}
    form = CountForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_valid() and _counted(request, row, form):
        return HttpResponseRedirect(reverse("registry:school", args=[row.organisation.code]))
    context = {
        "row": row,
        "name": class_name(row.grade, row.number),
        "form": form,
        "cap": CLASS_CAP,
        "history": _counts(row),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "registry/count.html", context, status=status)


def _counts(row: SchoolClass) -> list[tuple[HistoryRow, list[Change]]]:
    """What was counted and by whom, newest first."""
    events = history_of(row)[:COUNTS_SHOWN]
    kept = ("size", "counted_on", "inherited_size")
    return [(event, [c for c in event.changes if c.field in kept]) for event in events]


def _counted(request: StaffRequest, row: SchoolClass, form: CountForm) -> bool:
    try:
        count_class(row, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error("size", str(refusal))
        return False
    messages.success(request, _("Written down."))
    return True
