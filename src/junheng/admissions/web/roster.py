"""The roster of a round: who stands behind its codes, masked, and the way to load it."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import StaffMixin, StaffRequest
from junheng.admissions.access import may_run
from junheng.admissions.models import Application, Round
from junheng.admissions.models.querysets import COUNTY
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services.roster import OPEN_STATES
from junheng.admissions.web import revealing
from junheng.admissions.web.finding import visible_round
from junheng.commons.filters import ListFilters
from junheng.commons.masks import mask_name, mask_phone
from junheng.commons.tables import ListTable, MaskedColumn
from junheng.commons.web.lists import ListPage, Rows


class RevealColumn(MaskedColumn):
    """A masked value that leads to the page where it is shown for a reason."""

    def render(  # type: ignore[override]  # django-tables2 gives what a function asks for
        self, value: Any, record: Application, bound_column: Any
    ) -> str:
        key = [revealing.KIND, record.pk, bound_column.name]
        url = reverse("accounts:reveal", args=key)
        return format_html('<a href="{}">{}</a>', url, self.mask(str(value)))

    def value(self, value: Any) -> str:
        return self.mask(str(value))


class RosterTable(ListTable):
    """Applications by number; names and telephones leave the server masked."""

    number = tables.Column(orderable=True)
    state = tables.Column()
    child_name = RevealColumn(mask=mask_name)
    born_on = tables.DateColumn("Y-m-d")
    guardian_name = RevealColumn(mask=mask_name)
    phone = RevealColumn(mask=mask_phone)
    deferral_paper = tables.Column()

    class Meta:
        model = Application
        order_by = ("number",)
        fields = (
            *("number", "state", "code", "child_name", "born_on", "guardian_name", "phone"),
            "deferral_paper",
        )


class RosterFilters(ListFilters):
    """By number or code, whole: what is sealed cannot be searched."""

    state = django_filters.ChoiceFilter(choices=Application.State)
    number = django_filters.CharFilter(
        lookup_expr="iexact", label=gettext_lazy("Application number")
    )
    code = django_filters.CharFilter(lookup_expr="exact", label=gettext_lazy("Child's code"))


class Roster(StaffMixin, ListPage):
    """The applications of a round."""

    roles = COUNTY
    table = RosterTable
    filters = RosterFilters
    title = gettext_lazy("Roster")
    empty = gettext_lazy("No names are loaded yet. The round runs without them; letters need them.")
    template_name: ClassVar[str] = "admissions/roster.html"
    request: StaffRequest
    kwargs: dict[str, Any]

    @cached_property
    def round(self) -> Round:
        """The round, or 404."""
        return visible_round(self.request.user, self.kwargs["pk"])

    def rows(self) -> Rows:
        rows: QuerySet[Application] = Application.objects.for_user(self.request.user)
        return rows.filter(round=self.round)

    def context(self) -> dict[str, Any]:
        summary = self.round.input.summary if self.round.input else {"counts": {"children": 0}}
        held = self.round.applications.exclude(state=Application.State.WITHDRAWN)
        named = held.count()
        return {
            "round": self.round,
            "title": round_title(self.round),
            "tab": "roster",
            "may_load": may_run(self.request.user, self.round) and self.round.state in OPEN_STATES,
            "nameless": max(0, summary["counts"]["children"] - named),
        }
