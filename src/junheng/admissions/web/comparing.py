"""Two runs of a round side by side."""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2 as tables
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.admissions.models import Placement, RoundRun
from junheng.admissions.selectors import comparing as selectors
from junheng.admissions.web.results import heading, visible_run
from junheng.admissions.web.schools import OfRun
from junheng.admissions.web.tables import HOW_TONES, ChildrenTable, HowColumn
from junheng.commons.filters import ListFilters, SearchFilter
from junheng.commons.web.lists import ListPage, Rows

OTHERS_SHOWN = 12


class DifferenceTable(ChildrenTable):
    """Children with another school, by code."""

    code = tables.Column(orderable=True)
    before_school = tables.Column(gettext_lazy("School before"), empty_values=())
    before_how = HowColumn(tones=HOW_TONES, verbose_name=gettext_lazy("How before"))
    school = tables.Column(gettext_lazy("School now"), empty_values=())
    how = HowColumn(tones=HOW_TONES, verbose_name=gettext_lazy("How now"))

    class Meta:
        order_by = ("code",)
        model = Placement
        fields = ("code", "before_school", "before_how", "school", "how")

    def render_before_school(self, record: Any) -> str:
        return record.before_school or record.before_code or _("no seat")

    def render_school(self, record: Placement) -> str:
        return (record.school.name or record.school.code) if record.school else _("no seat")


class DifferenceFilters(ListFilters):
    """Search by code."""

    q = SearchFilter(field_name="code", label=gettext_lazy("Search a code"))


class Compare(OfRun, ListPage):
    """What became otherwise from one run to another of the same round."""

    table = DifferenceTable
    filters = DifferenceFilters
    title = gettext_lazy("Children with another school")
    empty = gettext_lazy("Every child has the same school in both runs.")
    template_name: ClassVar[str] = "admissions/compare.html"
    query_budget = 25

    @cached_property
    def others(self) -> list[RoundRun]:
        """Runs to compare with."""
        return list(selectors.others_of(self.record, self.request.user)[:OTHERS_SHOWN])

    @cached_property
    def before(self) -> RoundRun | None:
        """The run that this one is held against: the one named, else the published or latest."""
        if "other" not in self.kwargs:
            return self.others[0] if self.others else None
        found = visible_run(self.request.user, self.kwargs["other"])
        if found.round_id != self.record.round_id:
            raise Http404
        return found

    def rows(self) -> Rows:
        if self.before is None:
            return Placement.objects.none()
        return selectors.differing(self.before, self.record, self.request.user)

    def context(self) -> dict[str, Any]:
        found = heading(self.record, self.request.user, "compare") | {"others": self.others}
        if self.before is None:
            return found
        user = self.request.user
        ways = selectors.ways(self.before, self.record, user)
        return found | {
            "before": self.before,
            "comparison": selectors.compare(self.before, self.record, user),
            "moved": selectors.moved_together(self.before, self.record, user),
            "ways": [(_how(old), _how(new), n) for old, new, n in ways],
        }


def _how(value: str) -> str:
    return str(Placement.How(value).label)
