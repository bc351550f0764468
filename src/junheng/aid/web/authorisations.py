"""The list of what households signed: which holds, until when, and which has no scan."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.accounts.facade import StaffMixin, StaffRequest
from junheng.aid.access import in_charge
from junheng.aid.models import CheckAuthorisation
from junheng.aid.models.posts import SEES_HOUSEHOLDS
from junheng.aid.selectors.authorisations import SCANNED, UNSCANNED, authorisations_of, proved
from junheng.aid.web.visit_words import LABELS
from junheng.commons.filters import ListFilters, SearchFilter
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable
from junheng.commons.web.lists import ListPage, Rows

STATES = {
    "holds": pgettext_lazy("authorisation", "holds"),
    "over": pgettext_lazy("authorisation", "over"),
    "withdrawn": pgettext_lazy("authorisation", "withdrawn"),
}
SCANS = {
    SCANNED: gettext_lazy("with a scan"),
    UNSCANNED: gettext_lazy("without a scan"),
}
TONES = {
    "holds": "success",
    "over": "plain",
    "withdrawn": "plain",
    SCANNED: "plain",
    UNSCANNED: "warning",
}
WHOLE = {"td": {"class": "nowrap"}}
"""Of cells that do not break, so that the list of registers does."""


class AuthorisationTable(ListTable):
    """Authorisations by their papers."""

    paper = tables.Column(gettext_lazy("Number of the paper"))
    household = tables.Column(
        gettext_lazy("Household number"), accessor="household__number", attrs=WHOLE
    )
    village = tables.Column(
        pgettext_lazy("household", "Village"), accessor="household__village__name"
    )
    registers = tables.Column(gettext_lazy("Registers that may be asked"))
    valid_from = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("From"), attrs=WHOLE)
    last_day = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Last day"), attrs=WHOLE)
    standing = BadgeColumn(tones=TONES, labels=STATES, verbose_name=gettext_lazy("State"))
    scan = BadgeColumn(tones=TONES, labels=SCANS, verbose_name=gettext_lazy("Scan"))

    def render_paper(self, record: CheckAuthorisation) -> str:
        url = reverse("aid:authorisation", args=[record.ref])
        return format_html('<a href="{}">{}</a>', url, record.paper)

    def value_paper(self, record: CheckAuthorisation) -> str:
        return record.paper

    def render_registers(self, value: list[str]) -> str:
        return _(", ").join(str(LABELS.get(one, one)) for one in value)

    value_registers = render_registers


class AuthorisationFilters(ListFilters):
    """Search a paper, narrow by state and scan."""

    q = SearchFilter(field_name="paper", label=gettext_lazy("Search a number"))
    standing = django_filters.ChoiceFilter(
        choices=list(STATES.items()), label=gettext_lazy("State")
    )
    scan = django_filters.ChoiceFilter(choices=list(SCANS.items()), label=gettext_lazy("Scan"))


class Authorisations(StaffMixin, ListPage):
    """What the households of somebody's villages signed."""

    roles = SEES_HOUSEHOLDS
    table = AuthorisationTable
    filters = AuthorisationFilters
    title = gettext_lazy("Authorisations of checks")
    pretitle = gettext_lazy("Checks of households")
    empty = gettext_lazy(
        "No household has signed yet. An authorisation is written down on the card of a household."
    )
    template_name: ClassVar[str] = "aid/authorisations.html"
    request: StaffRequest

    def rows(self) -> Rows:
        rows: Rows = authorisations_of(self.request.user)
        return rows

    def context(self) -> dict[str, Any]:
        user = self.request.user
        return {"tab": "signed", "in_charge": in_charge(user), "proved": proved(user)}
