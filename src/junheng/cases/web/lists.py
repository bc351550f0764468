"""Lists of cases: mine, all that I see, the closed ones; and how much lies on whose table."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Q
from django.forms import HiddenInput
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.cases.access import READERS, may_keep_calendar, may_open
from junheng.cases.engine.flow import State
from junheng.cases.kinds import all_kinds
from junheng.cases.models import Case
from junheng.cases.models.cases import STATES, CaseQuerySet
from junheng.cases.selectors import load as loads
from junheng.cases.selectors.calendar import Calendars, calendars
from junheng.cases.selectors.cases import clock_of, with_parts
from junheng.cases.selectors.people import townships_of
from junheng.cases.web.words import (
    OUTCOMES,
    STATE_TONES,
    clock_tone,
    clock_words,
    holder_words,
    role_words,
)
from junheng.commons.filters import ListFilters, SearchFilter
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable
from junheng.commons.web.lists import ListPage, Rows

ONE_LINE = {"td": {"class": "nowrap"}}
OVERDUE = "overdue"


class CaseTable(ListTable):
    """Cases, what is due first on top."""

    title = tables.Column(gettext_lazy("Case"))
    kind = tables.Column(gettext_lazy("Kind"), attrs=ONE_LINE)
    state = BadgeColumn(tones=STATE_TONES, verbose_name=gettext_lazy("State"))
    holder = tables.Column(pgettext_lazy("case", "Held by"), empty_values=(), attrs=ONE_LINE)
    clock = tables.Column(gettext_lazy("Clock"), empty_values=(), accessor="due_on", attrs=ONE_LINE)
    due_on = DateColumn(format="Y-m-d", orderable=True, attrs=ONE_LINE)
    opened_at = DateColumn(
        format="Y-m-d", orderable=True, verbose_name=gettext_lazy("Opened"), attrs=ONE_LINE
    )
    number = tables.Column(attrs=ONE_LINE)

    class Meta:
        model = Case
        fields = ("title", "kind", "state", "holder", "clock", "due_on", "opened_at", "number")

    @cached_property
    def calendars(self) -> Calendars:
        """Asked once for all rows."""
        return calendars()

    def render_title(self, record: Case) -> SafeString:
        url = reverse("cases:case", args=[record.number])
        return format_html('<a href="{}">{}</a>', url, record.title)

    def value_title(self, value: str) -> str:
        return value

    def render_kind(self, record: Case) -> str:
        return str(record.its_kind.label)

    value_kind = render_kind

    def render_holder(self, record: Case) -> str:
        return holder_words(record)

    value_holder = render_holder

    def render_clock(self, record: Case) -> SafeString:
        clock = clock_of(record, self.calendars)
        badge = '<span class="badge toned tone-{}">{}</span>{}'
        up = f" ↑ {role_words(record.raised_to)}" if record.raised_to else ""
        return format_html(badge, clock_tone(clock), clock_words(clock), up)

    def value_clock(self, record: Case) -> str:
        return clock_words(clock_of(record, self.calendars))


class KindFilter(django_filters.ChoiceFilter):  # type: ignore[misc]  # no types
    """The kinds that rooms registered."""

    @property
    def field(self) -> Any:
        self.extra["choices"] = [(key, kind.label) for key, kind in all_kinds().items()]
        return super().field


class TownshipFilter(django_filters.ChoiceFilter):  # type: ignore[misc]  # no types
    """Cases that lie in a township of somebody's scope."""

    @property
    def field(self) -> Any:
        request = getattr(self.parent, "request", None)
        self.extra["choices"] = townships_of(request.user) if request else []
        return super().field

    def filter(self, qs: CaseQuerySet, value: str) -> CaseQuerySet:
        return qs.filter(path__startswith=value) if value else qs


class CaseFilters(ListFilters):
    """Search by title or number, narrow by kind, state, township, overdue."""

    q = SearchFilter(method="find", label=gettext_lazy("Search title or number"))
    kind = KindFilter(label=gettext_lazy("Kind"))
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=[
            (OVERDUE, gettext_lazy("Overdue")),
            *((value, words) for value, words in STATES if value != State.CLOSED),
        ],
        method="in_state",
    )
    township = TownshipFilter(label=gettext_lazy("Township"))
    at = django_filters.CharFilter(
        label=gettext_lazy("School or place"),
        field_name="path",
        lookup_expr="startswith",
        widget=HiddenInput,
    )
    holder = django_filters.CharFilter(
        label=pgettext_lazy("case", "Held by"), method="of_holder", widget=HiddenInput
    )

    def find(self, rows: CaseQuerySet, _name: str, words: str) -> CaseQuerySet:
        return rows.filter(Q(title__icontains=words) | Q(number__icontains=words))

    def of_holder(self, rows: CaseQuerySet, _name: str, whose: str) -> CaseQuerySet:
        """Somebody's by number, or those that a role has and nobody by name."""
        if whose.startswith("role:"):
            return rows.filter(holder=None, role=whose.removeprefix("role:"))
        return rows.filter(holder=int(whose)) if whose.isdecimal() else rows.none()

    def in_state(self, rows: CaseQuerySet, _name: str, state: str) -> CaseQuerySet:
        if state == OVERDUE:
            return rows.running().filter(due_on__lt=timezone.localdate())
        return rows.filter(state=state)


class CaseList(StaffMixin, ListPage):
    """What waits for me: by name, by my role, or since it went up to me."""

    roles = READERS
    table = CaseTable
    filters: ClassVar[type[ListFilters] | None] = CaseFilters
    title = gettext_lazy("My cases")
    empty = gettext_lazy("Nothing waits for you.")
    template_name: ClassVar[str] = "cases/list.html"
    tab: ClassVar[str] = "mine"
    request: StaffRequest

    def rows(self) -> Rows:
        return with_parts(self.chosen(Case.objects.for_user(self.request.user)))

    def chosen(self, seen: CaseQuerySet) -> CaseQuerySet:
        """Which of those that somebody sees."""
        return seen.under_way().held_by(self.request.user)

    def context(self) -> dict[str, Any]:
        rows = self.chosen(Case.objects.for_user(self.request.user))
        return {"tab": self.tab, "totals": loads.totals(rows), **doors(self.request)}


class AllCases(CaseList):
    """All under way that somebody sees."""

    title = gettext_lazy("All cases")
    empty = gettext_lazy("No case is under way.")
    tab = "all"

    def chosen(self, seen: CaseQuerySet) -> CaseQuerySet:
        return seen.under_way()


class ClosedFilters(CaseFilters):
    """The same, without what only cases under way have."""

    state = None  # filters are taken away so


class ClosedTable(CaseTable):
    """Closed cases, the last first."""

    closed_at = DateColumn(
        format="Y-m-d", orderable=True, verbose_name=gettext_lazy("Closed"), attrs=ONE_LINE
    )
    outcome = tables.Column()

    class Meta:
        model = Case
        fields = ("title", "kind", "outcome", "holder", "clock", "closed_at", "opened_at", "number")
        exclude = ("state", "due_on")

    def render_outcome(self, value: str) -> str:
        return str(OUTCOMES.get(value, value))


class ClosedCases(CaseList):
    """Those that are closed, newest first."""

    table = ClosedTable
    filters: ClassVar[type[ListFilters] | None] = ClosedFilters
    title = gettext_lazy("Closed cases")
    empty = gettext_lazy("No case was closed yet.")
    tab = "closed"

    def chosen(self, seen: CaseQuerySet) -> CaseQuerySet:
        return seen.filter(state=State.CLOSED).order_by("-closed_at")

    def context(self) -> dict[str, Any]:
        return {"tab": self.tab, **doors(self.request)}


@require_safe
@staff_required(*READERS)
def load(request: StaffRequest) -> HttpResponse:
    """How much each person, school and township has on the table."""
    context = {
        "tab": "load",
        "groups": [
            (gettext_lazy("By person"), loads.by_person(request.user)),
            (gettext_lazy("By township"), loads.by_township(request.user)),
            (gettext_lazy("By school"), loads.by_school(request.user)),
        ],
        **doors(request),
    }
    return TemplateResponse(request, "cases/load.html", context)


def doors(request: StaffRequest) -> dict[str, bool]:
    """What the head of the pages offers."""
    return {
        "may_open": may_open(request.user),
        "may_keep_calendar": may_keep_calendar(request.user),
    }
