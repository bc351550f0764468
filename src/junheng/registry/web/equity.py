"""Equity between the schools of a county: seven indicators, and what each school lacks."""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import StaffMixin, StaffRequest
from junheng.commons.tables import BadgeColumn, ListTable, NumberColumn
from junheng.commons.web.lists import ListPage, Rows
from junheng.kernel.levels import Level
from junheng.places.facade import Place
from junheng.registry.access import READERS
from junheng.registry.engine.equity import Gap, Spread
from junheng.registry.engine.standards import LATEST, PER_HUNDRED, STANDARDS, Standard
from junheng.registry.selectors.equity import Equity, SchoolVerdict, equity_of
from junheng.registry.web.days import day_asked, query_of
from junheng.registry.web.return_words import INDICATOR_WORDS, VERDICTS, shown_number
from junheng.registry.web.words import LEVEL_NAMES, listed

TONES = {True: "success", False: "danger", None: "warning"}


def gap_words(gap: Gap) -> str:
    """What a school lacks, as a sentence's part: how much it has, and how much is missing."""
    words = {"what": INDICATOR_WORDS[gap.indicator], "needed": shown_number(gap.threshold, 1)}
    if gap.short is None:
        return _("%(what)s: not told") % words
    words |= {"has": shown_number(gap.ratio), "short": shown_number(gap.short, 0)}
    return _("%(what)s: %(has)s of %(needed)s, %(short)s missing") % words


class EquityTable(ListTable):
    """Schools, those that lack most first."""

    name = tables.Column(gettext_lazy("School"), accessor="row__name")
    township = tables.Column(gettext_lazy("Township"), accessor="row__township")
    pupils = NumberColumn(verbose_name=gettext_lazy("Pupils"), accessor="row__pupils")
    met = NumberColumn(verbose_name=gettext_lazy("Reached of 7"), accessor="verdict__met")
    passes = BadgeColumn(
        tones=TONES,
        labels=VERDICTS,
        verbose_name=gettext_lazy("At least 6"),
        accessor="verdict__passes",
        empty_values=(),
    )
    gaps = tables.Column(gettext_lazy("What is missing"), accessor="verdict__gaps", empty_values=())

    def __init__(self, *args: Any, query: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.query = query

    def render_name(self, record: SchoolVerdict) -> str:
        url = reverse("registry:school", args=[record.row.code])
        return format_html('<a href="{}">{}</a>', url, record.row.name)

    def value_name(self, record: SchoolVerdict) -> str:
        return record.row.name

    def render_gaps(self, record: SchoolVerdict) -> str:
        return listed(map(gap_words, record.verdict.gaps)) or "—"


class EquityPage(StaffMixin, ListPage):
    """The schools of one level of a county against the standard."""

    roles = READERS
    table = EquityTable
    title = gettext_lazy("Equity between schools")
    empty = gettext_lazy("No school of this level counts here on that day.")
    template_name: ClassVar[str] = "registry/equity.html"
    tie_break = ""
    request: StaffRequest

    @property
    def level(self) -> Level:
        asked = self.request.GET.get("level")
        return next((level for level in Level if level == asked), Level.PRIMARY)

    @property
    def standard(self) -> Standard:
        return STANDARDS[LATEST][self.level]

    @cached_property
    def found(self) -> tuple[Equity, list[Place]]:
        return equity_of(
            self.request.user,
            self.level,
            on=day_asked(self.request),
            standard=self.standard,
            county=self.request.GET.get("county", ""),
        )

    def rows(self) -> Rows:
        return self.found[0].schools

    def table_options(self) -> dict[str, Any]:
        return {"query": query_of(day_asked(self.request))}

    def context(self) -> dict[str, Any]:
        equity, counties = self.found
        day, county = day_asked(self.request), self.request.GET.get("county", "")
        return {
            "day": day,
            "level": self.level.value,
            "levels": [
                (level.value, words, query_of(day, level=level.value, county=county))
                for level, words in LEVEL_NAMES.items()
            ],
            "counties": [
                (place.name, query_of(day, level=self.level.value, county=place.code))
                for place in counties
            ],
            "equity": equity,
            "version": LATEST,
            "spreads": [self._spread(each) for each in equity.spreads],
            "query": query_of(day),
        }

    def _spread(self, spread: Spread) -> dict[str, Any]:
        per = _("per 100 pupils") if spread.indicator in PER_HUNDRED else _("per pupil")
        return {
            "name": INDICATOR_WORDS[spread.indicator],
            "per": per,
            "mean": shown_number(spread.mean),
            "threshold": shown_number(self.standard.thresholds[spread.indicator], 1),
            "cv": shown_number(spread.cv, 3),
            "most": shown_number(spread.most),
            "tone": TONES[spread.within],
            "verdict": VERDICTS[spread.within] if spread.within is not None else "—",
            "untold": spread.untold,
            "schools": spread.schools,
        }
