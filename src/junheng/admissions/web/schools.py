"""The schools of a run: the list, and one school with its order."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import StaffMixin, StaffRequest
from junheng.admissions.engine.types import UNPLACED_M
from junheng.admissions.models import Placement, RoundRun, SchoolResult
from junheng.admissions.models.querysets import READERS
from junheng.admissions.selectors import children as children_selectors
from junheng.admissions.selectors import results as selectors
from junheng.admissions.selectors.results import SchoolRow
from junheng.admissions.web.results import heading, visible_run
from junheng.admissions.web.tables import (
    HOW_TONES,
    ChildrenTable,
    HowColumn,
    TicketColumn,
)
from junheng.admissions.web.words import GAP, key_in_words, metres, share
from junheng.commons.filters import ListFilters, SearchFilter, SwitchFilter
from junheng.commons.tables import ListTable, NumberColumn
from junheng.commons.web.lists import ListPage, Rows


class SchoolTable(ListTable):
    """What every school gave and has left."""

    name = tables.Column(
        gettext_lazy("School"),
        accessor="school__name",
        empty_values=(),
        orderable=True,
        order_by=("school__name", "school__code"),
    )
    code = tables.Column(gettext_lazy("Code"), accessor="school__code", orderable=True)
    township = tables.Column(gettext_lazy("Township"), accessor="school__township", orderable=True)
    seats = NumberColumn(orderable=True)
    placed_by_list = NumberColumn(orderable=True)
    diverted_in = NumberColumn(orderable=True)
    free = NumberColumn(orderable=True)
    refused = NumberColumn(orderable=True)
    full = NumberColumn(verbose_name=gettext_lazy("Taken"), accessor="seats", empty_values=())

    class Meta:
        order_by = ("code",)
        model = SchoolResult
        fields = (
            *("name", "code", "township", "seats", "placed_by_list", "diverted_in", "free"),
            *("refused", "full"),
        )

    def render_name(self, record: SchoolResult) -> str:
        url = reverse("admissions:school", args=[record.run.run.ref, record.school_id])
        return format_html('<a href="{}">{}</a>', url, self.value_name(record))

    def value_name(self, record: SchoolResult) -> str:
        return record.school.name or record.school.code

    def render_full(self, record: SchoolResult) -> str:
        return share(record.seats - record.free, record.seats)


class SchoolFilters(ListFilters):
    """Search by name or code, narrow by township or by what is left."""

    q = SearchFilter(method="find", label=gettext_lazy("Search a school"))
    township = django_filters.AllValuesFilter(
        field_name="school__township", label=gettext_lazy("Township")
    )
    free = SwitchFilter(field_name="free", lookup_expr="gt", label=gettext_lazy("with free seats"))
    refused = SwitchFilter(
        field_name="refused", lookup_expr="gt", label=gettext_lazy("asked in vain")
    )

    def find(self, rows: QuerySet[Any], _name: str, words: str) -> QuerySet[Any]:
        return rows.filter(Q(school__name__icontains=words) | Q(school__code__icontains=words))


class OfRun(StaffMixin):
    """A page below a run: the run itself, and who may see it."""

    roles = READERS
    request: StaffRequest
    kwargs: dict[str, Any]

    @cached_property
    def record(self) -> RoundRun:
        return visible_run(self.request.user, self.kwargs["ref"])


class SchoolList(OfRun, ListPage):
    """All schools of a run."""

    table = SchoolTable
    filters = SchoolFilters
    title = gettext_lazy("Schools")
    template_name: ClassVar[str] = "admissions/run_list.html"

    def rows(self) -> Rows:
        return (
            SchoolResult.objects.for_user(self.request.user)
            .filter(run=self.record)
            .select_related("school", "run__run")
        )

    def context(self) -> dict[str, Any]:
        return heading(self.record, self.request.user, "schools")


class SeatedTable(ChildrenTable):
    """A school's children in its order."""

    place_in_order = NumberColumn(verbose_name=gettext_lazy("No."), orderable=True)
    code = tables.Column(orderable=False)
    how = HowColumn(tones=HOW_TONES)
    list_rank = NumberColumn()
    tier = NumberColumn()
    older = tables.Column(
        gettext_lazy("Older child here"), accessor="applicant__sibling_school_id", empty_values=()
    )
    ticket = TicketColumn()
    distance_m = NumberColumn(verbose_name=gettext_lazy("Distance"))

    class Meta:
        order_by = ("place_in_order",)
        model = Placement
        fields = (
            *("place_in_order", "code", "how", "list_rank", "tier", "older", "ticket"),
            "distance_m",
        )

    def render_older(self, record: Placement) -> str:
        own = record.applicant.sibling_school_id
        return _("yes") if own is not None and own == record.school_id else ""

    def render_distance_m(self, value: int) -> str:
        return metres(value)


class SeatedFilters(ListFilters):
    """Narrow by how they came."""

    how = django_filters.ChoiceFilter(
        choices=Placement.How.choices[:3], label=gettext_lazy("How seated")
    )


class SchoolPage(OfRun, ListPage):
    """One school: its figures and those whom it seats, in its order."""

    table = SeatedTable
    filters = SeatedFilters
    title = gettext_lazy("Children in the school's order")
    empty = gettext_lazy("The run seats nobody here.")
    template_name: ClassVar[str] = "admissions/school.html"

    @cached_property
    def school(self) -> SchoolRow:
        found = selectors.school_of(self.record, self.request.user, self.kwargs["pk"])
        if found is None:
            raise Http404
        return found

    def rows(self) -> Rows:
        return (
            Placement.objects.for_user(self.request.user)
            .filter(run=self.record, school=self.school.id)
            .select_related("applicant")
        )

    def context(self) -> dict[str, Any]:
        school = self.school
        priority = children_selectors.priority_at(self.record, school.code)
        return heading(self.record, self.request.user, "schools") | {
            "school": school,
            "share": share(school.seated, school.seats),
            "last_key": key_in_words(school.last_key, priority),
            "price": _price(school.price_m),
            "sizes": sorted(school.sizes, reverse=True),
            "plan": _("%(classes)s classes of at most %(size)s")
            % {"classes": school.classes, "size": min(school.class_size, school.class_cap)},
        }


def _price(metres_saved: int | None) -> str:
    """What one more seat here would be worth: a child more with a seat, or a shorter way."""
    if metres_saved is None:
        return GAP
    if metres_saved > UNPLACED_M // 2:
        return _("a seat for one child more")
    if metres_saved:
        return _("%s less way in all") % metres(metres_saved)
    return _("nothing: there are free seats")
