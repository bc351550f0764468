"""How the zones of one school year differ from those of another."""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import StaffMixin, StaffRequest
from junheng.commons.tables import BadgeColumn, ListTable
from junheng.commons.web.lists import ListPage, Rows
from junheng.kernel.school_year import SchoolYear
from junheng.registry.access import READERS
from junheng.registry.engine.zone_changes import ZoneChange
from junheng.registry.models import LEVELS
from junheng.registry.selectors.zones import zone_years, zones_changed
from junheng.registry.web.words import LEVEL_TONES, listed, year_name

KINDS = {
    "new": gettext_lazy("New zone"),
    "gone": gettext_lazy("No longer a zone"),
    "renamed": gettext_lazy("Renamed"),
    "schools": gettext_lazy("Other schools"),
    "order": gettext_lazy("Other order of schools"),
    "places": gettext_lazy("Other villages or blocks"),
}
NONE = ((), None)


class ChangeTable(ListTable):
    """Zones that differ, by code."""

    name = tables.Column(gettext_lazy("Zone"), accessor="name")
    code = tables.Column(gettext_lazy("Code"))
    level = BadgeColumn(tones=LEVEL_TONES, labels=dict(LEVELS), verbose_name=gettext_lazy("Level"))
    kinds = tables.Column(gettext_lazy("What changed"))
    earlier_name = tables.Column(gettext_lazy("Earlier name"))
    schools_added = tables.Column(gettext_lazy("Schools added"), empty_values=NONE)
    schools_taken = tables.Column(gettext_lazy("Schools taken away"), empty_values=NONE)
    places_added = tables.Column(gettext_lazy("Places added"), empty_values=NONE)
    places_taken = tables.Column(gettext_lazy("Places taken away"), empty_values=NONE)

    def render_name(self, record: ZoneChange) -> str:
        url = reverse("registry:zone", args=[record.code])
        return format_html('<a href="{}">{}</a>', url, record.name)

    def value_name(self, record: ZoneChange) -> str:
        return record.name

    def render_kinds(self, value: tuple[str, ...]) -> str:
        return listed(str(KINDS[kind]) for kind in value)

    def render_schools_added(self, value: tuple[str, ...]) -> str:
        return listed(value)

    render_schools_taken = render_places_added = render_places_taken = render_schools_added


class ZoneChanges(StaffMixin, ListPage):
    """What differs between two school years: unless others are asked, this and the one before."""

    roles = READERS
    table = ChangeTable
    title = gettext_lazy("Changes of zones")
    pretitle = gettext_lazy("Register")
    empty = gettext_lazy("Nothing changed between these two years.")
    template_name: ClassVar[str] = "registry/zone_changes.html"
    request: StaffRequest

    @cached_property
    def years(self) -> list[int]:
        """The years to choose from, with the one before the oldest."""
        years = zone_years(self.request.user, timezone.localdate())
        return [*years, years[-1] - 1]

    @cached_property
    def compared(self) -> tuple[int, int]:
        """The two years; one that cannot be chosen is as if none was asked."""
        now = SchoolYear.of(timezone.localdate()).start
        later = self._asked("to", now)
        return self._asked("from", later - 1), later

    def _asked(self, name: str, default: int) -> int:
        asked = self.request.GET.get(name, "")
        return next((year for year in self.years if str(year) == asked), default)

    def rows(self) -> Rows:
        before, after = (SchoolYear(year).starts_on for year in self.compared)
        return zones_changed(self.request.user, before=before, after=after)

    def context(self) -> dict[str, Any]:
        before, after = self.compared
        return {
            "years": [(year, year_name(year)) for year in self.years],
            "before": before,
            "after": after,
        }
