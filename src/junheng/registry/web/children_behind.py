"""Children of school age by place: what the net enrolment ratio is set against."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy

from junheng.commons.tables import NumberColumn
from junheng.commons.web.lists import Rows
from junheng.registry.selectors.behind import children_behind
from junheng.registry.web.behind import BehindPage, DayTable
from junheng.registry.web.days import day_asked
from junheng.registry.web.words import year_name


class ChildrenBehindTable(DayTable):
    """Children of the age of a level, by place."""

    place = tables.Column(gettext_lazy("Place"), accessor="place__name")
    level = tables.Column(gettext_lazy("Level"))
    year = NumberColumn(verbose_name=gettext_lazy("School year"))
    number = NumberColumn(verbose_name=gettext_lazy("Children of that age"))
    source = tables.Column(gettext_lazy("Source"))

    def render_year(self, value: int) -> str:
        return year_name(value)


class ChildrenBehind(BehindPage):
    """How many children of an age live where, and who says so."""

    table = ChildrenBehindTable
    title = gettext_lazy("Children of school age")
    empty = gettext_lazy("Nobody has told how many children there are.")

    def rows(self) -> Rows:
        return children_behind(self.request.user, day_asked(self.request), self.asked())
