"""The children of a run: the list with search, and one child with its reasons."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.admissions.engine.reasons import Listed, Verdict
from junheng.admissions.engine.types import How, Method
from junheng.admissions.models import Placement, RoundRun, RoundSchool
from junheng.admissions.models.querysets import READERS
from junheng.admissions.selectors.children import (
    ChildPage,
    child_of,
    children_of,
    priority_at,
    priority_of,
)
from junheng.admissions.sentences import sentences
from junheng.admissions.web.results import heading, visible_run
from junheng.admissions.web.schools import OfRun
from junheng.admissions.web.tables import (
    HOW_TONES,
    ChildrenTable,
    HowColumn,
    TicketColumn,
)
from junheng.admissions.web.words import key_in_words, metres, ticket_command
from junheng.commons.filters import ListFilters, SearchFilter
from junheng.commons.tables import NumberColumn
from junheng.commons.web.lists import ListPage, Rows

BY_LIST, ELSEWHERE = "list", "elsewhere"
SEVERAL = {
    BY_LIST: [How.CHOICE, How.ZONE],
    ELSEWHERE: [How.DIVERTED, How.OFFERED, How.MOVED],
}
"""Filters that stand for several ways at once."""
VERDICTS = {
    Verdict.SEATED: (gettext_lazy("seat given"), "success"),
    Verdict.NOT_NEEDED: (gettext_lazy("not asked any more"), "plain"),
    Verdict.NO_SEATS: (gettext_lazy("no seats in this round"), "danger"),
    Verdict.OUTRANKED: (gettext_lazy("others came first"), "danger"),
    Verdict.OWN_GROUP: (gettext_lazy("too few seats for the group"), "danger"),
    Verdict.KEPT_OUT: (gettext_lazy("kept out by a group"), "warning"),
}
SOURCES = {How.CHOICE: gettext_lazy("own choice"), How.ZONE: gettext_lazy("zone school")}


class ChildTable(ChildrenTable):
    """Children by code; every order has its index."""

    code = tables.Column(orderable=True)
    school = tables.Column(
        gettext_lazy("School"), orderable=True, order_by=("school", "place_in_order")
    )
    how = HowColumn(tones=HOW_TONES, orderable=True, order_by=("how", "code"))
    list_rank = NumberColumn(orderable=True, order_by=("list_rank", "code"))
    tier = NumberColumn(orderable=True, order_by=("tier", "code"))
    zone = tables.Column(gettext_lazy("Zone"), accessor="applicant__zone", empty_values=())
    ticket = TicketColumn(orderable=True, order_by=("ticket_order", "code"))
    distance_m = NumberColumn(
        verbose_name=gettext_lazy("Distance"), orderable=True, order_by=("distance_m", "code")
    )

    class Meta:
        order_by = ("code",)
        model = Placement
        fields = ("code", "school", "how", "list_rank", "tier", "zone", "ticket", "distance_m")

    def render_school(self, value: RoundSchool) -> str:
        return value.name or value.code

    value_school = render_school

    def render_zone(self, record: Placement) -> str:
        zone = record.applicant.zone
        return (zone.name or zone.code) if zone else ""

    value_zone = render_zone

    def render_distance_m(self, value: int) -> str:
        return metres(value)


class ChildFilters(ListFilters):
    """Search by the beginning of a code; narrow by how, school, township, tier."""

    q = SearchFilter(
        field_name="code", lookup_expr="startswith", label=gettext_lazy("Search a child's code")
    )
    school = SearchFilter(method="find_school", label=gettext_lazy("School, name or code"))
    township = SearchFilter(method="find_township", label=gettext_lazy("Township of the school"))
    how = django_filters.ChoiceFilter(
        choices=[
            (BY_LIST, gettext_lazy("by list")),
            (ELSEWHERE, gettext_lazy("diverted in any way")),
            *Placement.How.choices,
        ],
        method="find_how",
        label=gettext_lazy("How seated"),
    )

    def find_school(self, rows: QuerySet[Any], _name: str, words: str) -> QuerySet[Any]:
        named = Q(name__icontains=words) | Q(code__icontains=words)
        return rows.filter(school__in=self._ids(named))

    def find_how(self, rows: QuerySet[Any], _name: str, how: str) -> QuerySet[Any]:
        return rows.filter(how__in=SEVERAL.get(how, [how]))

    def find_township(self, rows: QuerySet[Any], _name: str, words: str) -> QuerySet[Any]:
        return rows.filter(school__in=self._ids(Q(township__icontains=words)))

    def _ids(self, condition: Q) -> list[int]:
        """The run's schools that match; as numbers the planner knows how few they are."""
        ref = self.request.resolver_match.kwargs["ref"]
        schools = RoundSchool.objects.filter(condition, input__runs__run__ref=ref)
        return list(schools.values_list("pk", flat=True))


class ChildList(OfRun, ListPage):
    """The children of a run that somebody sees."""

    table = ChildTable
    filters = ChildFilters
    title = gettext_lazy("List of children")
    template_name: ClassVar[str] = "admissions/run_list.html"

    def rows(self) -> Rows:
        return children_of(self.record, self.request.user)

    def context(self) -> dict[str, Any]:
        return heading(self.record, self.request.user, "children")


@require_safe
@staff_required(*READERS)
def child(request: StaffRequest, ref: str, pk: int) -> HttpResponse:
    """One child: what was decided, why, what would have changed it, how to repeat its ticket."""
    record = visible_run(request.user, ref)
    page = child_of(record, request.user, pk)
    if page is None:
        raise Http404
    priority = priority_of(record)
    names = {code: school.label for code, school in page.schools.items()}
    context = heading(record, request.user, "children") | {
        "child": page,
        "tone": HOW_TONES[page.how],
        "distance": metres(page.distance_m),
        "told": sentences(page.explanation, _, names=names, priority=priority),
        "listed": [
            _listed(row, names, priority_at(record, row.school_id))
            for row in page.explanation.listed
        ],
        **_ticket(record, page),
    }
    return TemplateResponse(request, "admissions/child.html", context).render()


def _listed(row: Listed, names: dict[str, str], priority: Any) -> dict[str, Any]:
    label, tone = VERDICTS[row.verdict]
    return {
        "rank": row.rank,
        "school": names.get(row.school_id, row.school_id),
        "source": SOURCES[row.source],
        "seats": row.seats,
        "own": key_in_words(row.own.printed, priority),
        "last": key_in_words(row.last.printed, priority) if row.last else "",
        "free": row.free,
        "verdict": label,
        "tone": tone,
        "drawing": row.drawing,
    }


def _ticket(record: RoundRun, page: ChildPage) -> dict[str, Any]:
    """What anybody needs to draw the ticket again."""
    rules, seed = record.input.rules, record.run.seed
    drawn_for = min([page.code, *(code for _pk, code in page.together)])
    message = f"{rules['year']}|{drawn_for}"
    by_hmac = rules["method"] == Method.HMAC.value
    return {
        "seed": seed,
        "message": message,
        "drawn_for": drawn_for,
        "by_hmac": by_hmac,
        "command": ticket_command(message, seed) if by_hmac else "",
    }
