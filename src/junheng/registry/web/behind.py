"""What a figure counts: lists of schools, classes and pupils of a day, each a step further down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.accounts.facade import StaffMixin, StaffRequest, paths_of
from junheng.commons.masks import mask_name
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable, MaskedColumn, NumberColumn
from junheng.commons.web.lists import ListPage, Rows
from junheng.kernel.levels import Level
from junheng.registry.access import READERS
from junheng.registry.engine.ratios import Share
from junheng.registry.models import Standing
from junheng.registry.selectors.behind import (
    ClassBehind,
    classes_behind,
    pupils_behind,
    schools_behind,
)
from junheng.registry.selectors.on_a_day import SchoolOnDay
from junheng.registry.selectors.returns import SHARES
from junheng.registry.web.days import day_asked, query_of
from junheng.registry.web.return_words import (
    RESOURCE_WORDS,
    in_yuan,
    level_name,
    shown_number,
    shown_share,
)
from junheng.registry.web.schools import marked_size
from junheng.registry.web.words import class_name, grade_name

WITHOUT_FIGURE = ("part", "whole", "figure")
"""Columns that are left out where no figure of resources is asked for."""
WITH_FIGURE = ("boys", "girls", "untold", "counted", "entrants", "quality")
"""Columns that are left out where one figure of resources is asked for."""


def _link(view: str, query: str, shown: object) -> str:
    return format_html('<a href="{}?{}">{}</a>', reverse(f"registry:{view}"), query, shown)


class BehindPage(StaffMixin, ListPage):
    """Base: rows of a day, narrowed by what the figure says in its address."""

    roles = READERS
    pretitle = gettext_lazy("Yearly return")
    template_name: ClassVar[str] = "registry/behind.html"
    request: StaffRequest

    def asked(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.request.GET.items()}

    def context(self) -> dict[str, Any]:
        day = day_asked(self.request)
        return {"day": day, "query": query_of(day)}

    def table_options(self) -> dict[str, Any]:
        return {"day": day_asked(self.request)}


class DayTable(ListTable):
    """Base: a table that knows its day, for the links of its rows."""

    def __init__(self, *args: Any, day: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = day


class SchoolsBehindTable(DayTable):
    """Schools with their pupils, classes and teachers on the day."""

    name = tables.Column(gettext_lazy("School"), attrs={"td": {"class": "nowrap"}})
    code = tables.Column(gettext_lazy("Code"))
    township = tables.Column(gettext_lazy("Township"))
    level = tables.Column(gettext_lazy("Level"))
    boys = NumberColumn(verbose_name=gettext_lazy("Boys"))
    girls = NumberColumn(verbose_name=gettext_lazy("Girls"))
    untold = NumberColumn(verbose_name=gettext_lazy("Sex not told"))
    counted = NumberColumn(verbose_name=gettext_lazy("Only counted"))
    pupils = NumberColumn(verbose_name=gettext_lazy("Pupils"))
    entrants = NumberColumn(verbose_name=pgettext_lazy("return", "Entrants"))
    classes = NumberColumn(verbose_name=gettext_lazy("Classes"))
    teachers = NumberColumn(verbose_name=gettext_lazy("Teachers"))
    part = NumberColumn(verbose_name=gettext_lazy("What there is"), accessor="resources")
    whole = NumberColumn(verbose_name=gettext_lazy("Of how many"), accessor="resources")
    figure = NumberColumn(verbose_name=pgettext_lazy("return", "Figure"), accessor="resources")
    quality = BadgeColumn(
        tones={True: "success"},
        labels={True: gettext_lazy("Quality school"), False: "—"},
        verbose_name=pgettext_lazy("school", "Title"),
    )

    def __init__(self, *args: Any, figure: str, **kwargs: Any) -> None:
        self.asked = figure
        hidden = WITHOUT_FIGURE if not figure else WITH_FIGURE
        super().__init__(*args, exclude=hidden, **kwargs)
        if figure:
            self.columns["figure"].column.verbose_name = RESOURCE_WORDS[figure]

    def render_name(self, record: SchoolOnDay) -> str:
        query = query_of(self.day, code=record.code, level=record.level)
        return _link("statistics_classes", query, record.name)

    def value_name(self, record: SchoolOnDay) -> str:
        return record.name

    def render_level(self, record: SchoolOnDay) -> str:
        return level_name(record.level) or "—"

    def counted_or_dash(self, record: SchoolOnDay, value: int) -> str:
        """A figure of pupils; a dash where no register here has the school's pupils."""
        return str(number_format(value, force_grouping=True)) if record.level else "—"

    def render_boys(self, record: SchoolOnDay, value: int) -> str:
        return self.counted_or_dash(record, value)

    render_girls = render_untold = render_counted = render_boys

    def render_entrants(self, record: SchoolOnDay, value: int) -> str:
        if not record.level:
            return "—"
        grade = Level(record.level).entry_grade.number
        query = query_of(self.day, code=record.code, grade=grade)
        return _link("statistics_pupils", query, number_format(value, force_grouping=True))

    def value_entrants(self, value: int) -> int:
        return value

    def render_pupils(self, record: SchoolOnDay) -> str:
        if not record.level:
            return "—"
        query = query_of(self.day, code=record.code, level=record.level)
        return _link("statistics_pupils", query, number_format(record.pupils))

    def value_pupils(self, record: SchoolOnDay) -> int:
        return record.pupils

    def render_classes(self, record: SchoolOnDay) -> int | str:
        return len(record.classes) if record.level else "—"

    def each(self, record: SchoolOnDay, name: str) -> str:
        """A figure of resources for each pupil."""
        amount = getattr(record.resources, name)
        if amount is None or not record.pupils:
            return "—"
        return shown_number(in_yuan(name, amount) / record.pupils)

    def render_part(self, record: SchoolOnDay) -> str:
        amount = getattr(record.resources, self.asked)
        return shown_number(None if amount is None else in_yuan(self.asked, amount), 0)

    def render_whole(self, record: SchoolOnDay) -> str:
        return shown_number(self.over(record), 0)

    def render_figure(self, record: SchoolOnDay) -> str:
        if self.asked not in SHARES:
            return self.each(record, self.asked)
        part, whole = getattr(record.resources, self.asked), self.over(record)
        return shown_share(None if part is None or whole is None else Share(part, whole))

    def over(self, record: SchoolOnDay) -> int | None:
        """What the figure is set against: pupils, or what was planned or is there."""
        if self.asked in SHARES:
            whole: int | None = getattr(record.resources, SHARES[self.asked])
            return whole
        return record.pupils


class SchoolsBehind(BehindPage):
    """The schools that a figure counts."""

    table = SchoolsBehindTable
    title = gettext_lazy("Schools on a day")
    empty = gettext_lazy("No school was there on that day.")
    tie_break = ""

    def table_options(self) -> dict[str, Any]:
        asked = self.request.GET.get("figure", "")
        return super().table_options() | {"figure": asked if asked in RESOURCE_WORDS else ""}

    def rows(self) -> Rows:
        return schools_behind(self.request.user, day_asked(self.request), self.asked())


class ClassesBehindTable(DayTable):
    """Classes with their size on the day."""

    school = tables.Column(gettext_lazy("School"), accessor="school__name")
    township = tables.Column(gettext_lazy("Township"), accessor="school__township")
    name = tables.Column(gettext_lazy("Class"), accessor="row__number")
    size = NumberColumn(verbose_name=gettext_lazy("Pupils"), accessor="row__size")
    kept = tables.Column(gettext_lazy("Known from"), accessor="row__by_register")

    def render_name(self, record: ClassBehind) -> str:
        shown = self.value_name(record)
        if not record.row.by_register:
            return shown
        return _link("statistics_pupils", query_of(self.day, **{"class": record.pk}), shown)

    def value_name(self, record: ClassBehind) -> str:
        return class_name(record.row.grade, record.row.number)

    def render_size(self, record: ClassBehind) -> str:
        return marked_size(record.row.size)

    def value_size(self, record: ClassBehind) -> int:
        return record.row.size

    def render_kept(self, record: ClassBehind) -> str:
        by_register = record.row.by_register
        return str(gettext_lazy("the register") if by_register else gettext_lazy("a count"))


class ClassesBehind(BehindPage):
    """The classes that a figure counts."""

    table = ClassesBehindTable
    title = gettext_lazy("Classes on a day")
    empty = gettext_lazy("No class was there on that day.")
    tie_break = ""

    def rows(self) -> Rows:
        return classes_behind(self.request.user, day_asked(self.request), self.asked())


class PupilsBehindTable(DayTable):
    """Pupils where they stood on the day; names in masks. Their records are where they are now."""

    number = tables.Column(gettext_lazy("Pupil number"), accessor="pupil__number")
    name = MaskedColumn(
        mask=mask_name, accessor="pupil__name", verbose_name=pgettext_lazy("person", "Name")
    )
    school = tables.Column(gettext_lazy("School"), accessor="organisation__name")
    grade = tables.Column(gettext_lazy("Class"))
    state = tables.Column(gettext_lazy("State"))
    valid_from = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("From"))
    movement = tables.Column(gettext_lazy("How it began"))

    def __init__(self, *args: Any, seen: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen = tuple(seen)

    def render_number(self, record: Standing) -> str:
        """A way to the record, unless the pupil has gone where the reader has no business."""
        number = record.pupil.number
        if not record.pupil.organisation.path.startswith(self.seen):
            return number
        return format_html('<a href="{}">{}</a>', reverse("registry:pupil", args=[number]), number)

    def value_number(self, record: Standing) -> str:
        return record.pupil.number

    def render_grade(self, record: Standing) -> str:
        if record.school_class is None:
            return grade_name(record.grade)
        return class_name(record.grade, record.school_class.number)


class PupilsBehind(BehindPage):
    """The pupils that a figure counts."""

    table = PupilsBehindTable
    title = gettext_lazy("Pupils on a day")
    empty = gettext_lazy("No pupil is counted here.")

    def table_options(self) -> dict[str, Any]:
        return super().table_options() | {"seen": paths_of(self.request.user)}

    def rows(self) -> Rows:
        found = pupils_behind(self.request.user, day_asked(self.request), self.asked())
        related = found.select_related("pupil__organisation", "organisation", "school_class")
        return related.order_by("organisation__code", "grade", "pupil__number")
