"""What figures about staff count: who was recruited in a year, which courses were taken."""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.accounts.facade import StaffMixin, StaffRequest
from junheng.commons.masks import mask_name
from junheng.commons.tables import DateColumn, ListTable, MaskedColumn, NumberColumn
from junheng.commons.web.lists import ListPage, Rows
from junheng.registry.access import READERS
from junheng.registry.models import StaffMember, Training
from junheng.registry.selectors.staff import courses_behind, recruits_behind


def _link(person: StaffMember) -> str:
    url = reverse("registry:staff_member", args=[person.ref])
    return format_html('<a href="{}">{}</a>', url, person.number)


class RecruitsTable(ListTable):
    """People, whoever has left since as well; names in masks."""

    number = tables.Column(gettext_lazy("Staff number"))
    name = MaskedColumn(mask=mask_name, verbose_name=pgettext_lazy("person", "Name"))
    recruited_on = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Recruited on"))
    recruited_as = tables.Column(gettext_lazy("Employment"))
    recruited_for = tables.Column(gettext_lazy("Recruited for"))
    organisation = tables.Column(gettext_lazy("School"))

    def render_number(self, record: StaffMember) -> str:
        return _link(record)

    def value_number(self, record: StaffMember) -> str:
        return record.number


class CoursesTable(ListTable):
    """Courses, each with who took it; names in masks."""

    number = tables.Column(gettext_lazy("Staff number"), accessor="person__number")
    name = MaskedColumn(
        mask=mask_name,
        accessor="person__name",
        verbose_name=pgettext_lazy("person", "Name"),
    )
    school = tables.Column(gettext_lazy("School"), accessor="person__organisation")
    title = tables.Column(gettext_lazy("Course"))
    level = tables.Column(pgettext_lazy("course", "Held by"))
    year = tables.Column(gettext_lazy("Year"))
    hours = NumberColumn(verbose_name=gettext_lazy("Hours"))

    def render_number(self, record: Training) -> str:
        return _link(record.person)

    def value_number(self, record: Training) -> str:
        return record.person.number


class StaffBehindPage(StaffMixin, ListPage):
    """Base: rows narrowed by what the figure says in its address."""

    roles = READERS
    pretitle = gettext_lazy("Recruitment and training")
    template_name: ClassVar[str] = "registry/staff_behind.html"
    request: StaffRequest

    def asked(self) -> dict[str, Any]:
        return {name: str(value) for name, value in self.request.GET.items()}


class RecruitsBehind(StaffBehindPage):
    """Who was recruited in a year, in a kind of employment."""

    table = RecruitsTable
    title = gettext_lazy("Who was recruited")
    empty = gettext_lazy("Nobody is counted here.")

    def rows(self) -> Rows:
        return recruits_behind(self.request.user, self.asked())


class CoursesBehind(StaffBehindPage):
    """Courses of a year and level."""

    table = CoursesTable
    title = gettext_lazy("Courses that were taken")
    empty = gettext_lazy("No course is counted here.")

    def rows(self) -> Rows:
        return courses_behind(self.request.user, self.asked())
