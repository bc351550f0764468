"""Weekly ranking and daily dispatch of any indicator, by county, township or school."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.accounts.facade import StaffMixin, StaffRequest
from junheng.commons.tables import ListTable, NumberColumn
from junheng.commons.web.lists import ListPage, Rows
from junheng.registry.access import READERS
from junheng.registry.engine.ratios import Share
from junheng.registry.engine.standards import Indicator
from junheng.registry.selectors.measures import MEASURES, PERCENT
from junheng.registry.selectors.rankings import DAYS, Against, By, Ranked, ranked
from junheng.registry.web.days import day_asked, query_of
from junheng.registry.web.return_words import (
    INDICATOR_WORDS,
    RESOURCE_WORDS,
    in_yuan,
    shown_number,
    shown_share,
)

MEASURE_WORDS = {
    "large_classes": gettext_lazy("Classes of 56 and more"),
    "pupils_per_class": gettext_lazy("Pupils per class"),
    "pupils_per_teacher": gettext_lazy("Pupils per teacher"),
    "pupils": pgettext_lazy("people", "Pupils"),
    "entrants": pgettext_lazy("return", "Entrants"),
    "suspended": gettext_lazy("Suspended"),
    "dropped_out": gettext_lazy("Dropped out"),
    "findings": gettext_lazy("Open findings of the checks"),
    "enrolment_primary": gettext_lazy("Net enrolment ratio, primary"),
    "enrolment_lower_secondary": gettext_lazy("Net enrolment ratio, lower secondary"),
    "retention_primary": gettext_lazy("Retention over five years, primary"),
    "retention_lower_secondary": gettext_lazy("Retention over three years, lower secondary"),
    "quality": gettext_lazy("Share of quality schools"),
    "permanent": gettext_lazy("Permanent teachers, of all"),
    "qualified_teachers": INDICATOR_WORDS[Indicator.QUALIFIED_TEACHERS],
    "backbone_teachers": INDICATOR_WORDS[Indicator.BACKBONE_TEACHERS],
    **RESOURCE_WORDS,
}
BY_WORDS = {
    By.SCHOOL: gettext_lazy("By school"),
    By.TOWNSHIP: gettext_lazy("By township"),
    By.COUNTY: gettext_lazy("By county"),
}
AGAINST_WORDS = {
    Against.WEEK: gettext_lazy("Against a week ago"),
    Against.DAY: gettext_lazy("Against the day before"),
}
HUNDRED = 100


class RankingsTable(ListTable):
    """Units, what needs attention first."""

    rank = NumberColumn(verbose_name=pgettext_lazy("ranking", "Rank"))
    name = tables.Column(gettext_lazy("County, township or school"))
    township = tables.Column(gettext_lazy("Township"))
    schools = NumberColumn(verbose_name=gettext_lazy("Schools"))
    value = NumberColumn(verbose_name=pgettext_lazy("return", "Figure"))
    before = NumberColumn(verbose_name=pgettext_lazy("ranking", "Before"))
    change = NumberColumn(verbose_name=pgettext_lazy("ranking", "Change"))

    def __init__(self, *args: Any, measure: str, by: By, query: str, **kwargs: Any) -> None:
        hidden = {By.SCHOOL: ("schools",), By.TOWNSHIP: ("township",), By.COUNTY: ("township",)}
        super().__init__(*args, exclude=hidden[by], **kwargs)
        self.measure, self.by, self.query = measure, by, query
        self.columns["value"].column.verbose_name = MEASURE_WORDS[measure]

    def render_name(self, record: Ranked) -> str:
        if self.by is not By.SCHOOL:
            return record.name
        url = reverse("registry:statistics_classes")
        return format_html(
            '<a href="{}?{}&code={}">{}</a>', url, self.query, record.key, record.name
        )

    def value_name(self, record: Ranked) -> str:
        return record.name

    def render_value(self, record: Ranked) -> str:
        if self.measure in PERCENT and record.whole is not None:
            return shown_share(Share(record.part, record.whole))
        return self.shown(record, record.value)

    def render_before(self, record: Ranked) -> str:
        return self.shown(record, record.before)

    def render_change(self, record: Ranked, value: float) -> str:
        shown = self.shown(record, value)
        return f"+{shown}" if value > 0 else shown

    def shown(self, record: Ranked, value: float | None) -> str:
        """A figure of this measure: whole numbers whole, shares in percent."""
        if value is None:
            return "—"
        if self.measure in PERCENT:
            return f"{shown_number(value * HUNDRED)} %"
        return shown_number(in_yuan(self.measure, value), 0 if record.whole is None else 2)


class Rankings(StaffMixin, ListPage):
    """The ranking of a day."""

    roles = READERS
    table = RankingsTable
    title = gettext_lazy("Ranking")
    pretitle = gettext_lazy("Yearly return")
    empty = gettext_lazy("No school was there on that day.")
    template_name: ClassVar[str] = "registry/rankings.html"
    tie_break = ""
    query_budget: ClassVar[int] = 20  # two days, five queries each, and two for some figures
    request: StaffRequest

    @property
    def measure(self) -> str:
        return self._asked("figure", MEASURES, "large_classes")

    @property
    def by(self) -> By:
        return By(self._asked("by", By, By.SCHOOL))

    @property
    def against(self) -> Against:
        return Against(self._asked("against", Against, Against.WEEK))

    def _asked(self, name: str, known: Iterable[str], otherwise: str) -> str:
        asked = self.request.GET.get(name, "")
        return asked if asked in set(known) else otherwise

    @cached_property
    def found(self) -> list[Ranked]:
        day, measure = day_asked(self.request), MEASURES[self.measure]
        return ranked(self.request.user, measure, self.by, on=day, against=self.against)

    def rows(self) -> Rows:
        return self.found

    def table_options(self) -> dict[str, Any]:
        query = query_of(day_asked(self.request))
        return {"measure": self.measure, "by": self.by, "query": query}

    def context(self) -> dict[str, Any]:
        day = day_asked(self.request)
        return {
            "day": day,
            "before": day - DAYS[self.against],
            "query": query_of(day),
            "choices": [
                ("figure", gettext_lazy("Indicator"), self.measure, MEASURE_WORDS.items()),
                ("by", gettext_lazy("Ranked"), self.by, BY_WORDS.items()),
                ("against", gettext_lazy("Compared"), self.against, AGAINST_WORDS.items()),
            ],
        }
