"""Every household of a place, also those that have left and those of which nothing is decided."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.accounts.facade import StaffMixin, StaffRequest
from junheng.aid.models.posts import SEES_HOUSEHOLDS
from junheng.aid.selectors.households import BEFORE, NEVER, NOW, homes_on
from junheng.aid.selectors.reviews import code_names
from junheng.aid.web.household_words import day_on, place_seen
from junheng.commons.filters import ListFilters, SearchFilter
from junheng.commons.masks import mask_name
from junheng.commons.tables import BadgeColumn, ListTable
from junheng.commons.web.lists import ListPage, Rows

STANDS = {
    NOW: gettext_lazy("has a status"),
    BEFORE: pgettext_lazy("household", "removed"),
    NEVER: gettext_lazy("nothing decided yet"),
}
TONES = {NOW: "warning", BEFORE: "success", NEVER: "info"}


class HomeTable(ListTable):
    """Households by number: heads in masks, and what they were said to be, the latest first."""

    number = tables.Column(gettext_lazy("Household number"))
    village = tables.Column(pgettext_lazy("household", "Village"), accessor="lay_name")
    head = tables.Column(pgettext_lazy("household", "Head"), empty_values=())
    stands = BadgeColumn(tones=TONES, labels=STANDS, verbose_name=gettext_lazy("Stands"))
    told = tables.Column(gettext_lazy("What it is said to be"), empty_values=(), default="—")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = code_names(["status"])

    def render_number(self, value: str) -> str:
        return format_html('<a href="{}">{}</a>', reverse("aid:household", args=[value]), value)

    def value_number(self, value: str) -> str:
        return value

    def render_head(self, record: Any) -> str:
        return mask_name(str(record.heads[0].name or "")) if record.heads else "—"

    def render_told(self, value: list[Any]) -> str:
        spans = (
            f"{self.names.get(('status', one.kind), one.kind)} {one.valid_from}"
            f" – {one.valid_to or ''}".rstrip()
            for one in value
        )
        return " · ".join(spans)

    value_head, value_told = render_head, render_told


class HomeFilters(ListFilters):
    """Search a number, narrow by where households stand."""

    q = SearchFilter(field_name="number", label=gettext_lazy("Search a number"))
    stands = django_filters.ChoiceFilter(choices=list(STANDS.items()), label=gettext_lazy("Stands"))


class Homes(StaffMixin, ListPage):
    """The households of a village, township or county."""

    roles = SEES_HOUSEHOLDS
    table = HomeTable
    filters = HomeFilters
    title = gettext_lazy("All households")
    empty = gettext_lazy("No household is written down here.")
    template_name: ClassVar[str] = "aid/homes.html"
    request: StaffRequest

    def rows(self) -> Rows:
        place = place_seen(self.request.user, self.kwargs["code"])
        return homes_on(self.request.user, day_on(self.request), place.path)

    def context(self) -> dict[str, Any]:
        return {
            "place": place_seen(self.request.user, self.kwargs["code"]),
            "day": day_on(self.request),
        }
