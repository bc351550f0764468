"""The monitor of class sizes: weekly ranking, daily dispatch, trend, days without a large class."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import StaffMixin, StaffRequest
from junheng.commons.charts import Chart, Series
from junheng.commons.tables import ListTable, NumberColumn
from junheng.commons.web.lists import ListPage, Rows
from junheng.registry.access import READERS
from junheng.registry.models import SchoolClass
from junheng.registry.selectors.class_sizes import (
    RankedSchool,
    YearOfSizes,
    grades,
    large_until,
    moves,
    ranking,
    trend,
)
from junheng.registry.selectors.classes import exempt_classes, latest_year
from junheng.registry.web.schools import marked_size
from junheng.registry.web.words import grade_name, year_name


class RankingTable(ListTable):
    """Schools, the most classes above the cap first."""

    rank = NumberColumn(verbose_name=gettext_lazy("Rank"))
    name = tables.Column(gettext_lazy("School"))
    township = tables.Column(gettext_lazy("Township"))
    classes = NumberColumn(verbose_name=gettext_lazy("Classes"))
    pupils = NumberColumn(verbose_name=gettext_lazy("Pupils"))
    largest = NumberColumn(verbose_name=gettext_lazy("Largest class"))
    near = NumberColumn(verbose_name=gettext_lazy("51 to 55"))
    large = NumberColumn(verbose_name=gettext_lazy("56 and more"))
    very_large = NumberColumn(verbose_name=gettext_lazy("66 and more"))
    change = NumberColumn(verbose_name=gettext_lazy("Against a week ago"))
    exempt = NumberColumn(verbose_name=gettext_lazy("Exempt"))

    def render_name(self, record: RankedSchool) -> str:
        url = reverse("registry:school", args=[record.code])
        return format_html('<a href="{}">{}</a>', url, record.name)

    def value_name(self, record: RankedSchool) -> str:
        return record.name

    def render_largest(self, record: RankedSchool) -> str:
        return marked_size(record.largest)

    def value_largest(self, record: RankedSchool) -> int:
        return record.largest

    def render_change(self, value: int) -> str:
        return f"{value:+d}" if value else "0"

    def value_change(self, value: int) -> int:
        return value


def trend_chart(years: list[YearOfSizes]) -> Chart:
    """Large classes by school year beside the target of none."""
    return Chart(
        "line",
        [year_name(row.year) for row in years],
        [
            Series(_("Classes of 56 and more"), [row.large for row in years], "danger"),
            Series(_("Target"), [0 for _row in years], "success"),
        ],
        x_name=_("School year"),
        y_name=_("Classes"),
    )


class ClassSizes(StaffMixin, ListPage):
    """The ranking of this week, with what happened day by day."""

    roles = READERS
    table = RankingTable
    title = gettext_lazy("Monitor of class sizes")
    empty = gettext_lazy("Classes come with an import of the schools' counts.")
    template_name: ClassVar[str] = "registry/class_sizes.html"
    tie_break = ""
    request: StaffRequest

    @cached_property
    def year(self) -> int | None:
        return latest_year(self.request.user)

    @cached_property
    def ranked(self) -> list[RankedSchool]:
        return ranking(self.request.user, self.year, timezone.localdate())

    def rows(self) -> Rows:
        return self.ranked

    def context(self) -> dict[str, Any]:
        user, today = self.request.user, timezone.localdate()
        until = large_until(user, self.year, today)
        return {
            "week": today - timedelta(days=today.weekday()),
            "year": year_name(self.year) if self.year is not None else "",
            "large": sum(row.large for row in self.ranked),
            "near": sum(row.near for row in self.ranked),
            "exempt": sum(row.exempt for row in self.ranked),
            "exempted": list(
                exempt_classes(SchoolClass.objects.for_user(user).of_year(self.year), today)
            ),
            "change": sum(row.change for row in self.ranked),
            "until": until,
            "days_since": (today - until).days if until else None,
            "moves": moves(user, today),
            "grades": [(grade_name(row.grade), row) for row in grades(user, self.year)],
            "chart": trend_chart(trend(user)),
        }
