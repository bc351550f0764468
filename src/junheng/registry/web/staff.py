"""Staff: the list of posts, the page of a person, recruitment and training."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import django_filters
import django_tables2 as tables
from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.commons.dated import current_on
from junheng.commons.filters import SearchFilter
from junheng.commons.masks import mask_id, mask_name
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable, MaskedColumn
from junheng.commons.web.lists import ListPage, Rows
from junheng.kernel.school_year import SchoolYear
from junheng.registry.access import READERS, may_keep, place_kept
from junheng.registry.files.rotation_rules import rules_on
from junheng.registry.models import LEVELS, StaffMember, StaffPost
from junheng.registry.models.staff import Employment, PostKind, Qualification, Subject
from junheng.registry.selectors.classes import latest_year
from junheng.registry.selectors.staff import (
    backbone,
    classes_beside,
    posts_on,
    recruited_by_year,
    staff_figures,
    trained_by_level,
)
from junheng.registry.web.days import day_asked
from junheng.registry.web.filters import RegistryFilters, SchoolFilter, TownshipFilter
from junheng.registry.web.words import listed

EMPLOYMENT_TONES = {"permanent": "success", "contract": "info"}
SUBJECTS = dict(Subject.choices)
UNTOLD = "0"
SEXES = (
    ("1", gettext_lazy("Men")),
    ("2", gettext_lazy("Women")),
    (UNTOLD, gettext_lazy("Sex not told")),
)


BACKBONE = "backbone"
MORE = (
    (BACKBONE, gettext_lazy("Backbone teachers, county and above")),
    ("class_teacher", gettext_lazy("Class teachers")),
    ("flexible", gettext_lazy("Flexible posts")),
)


def subject_names(values: list[str]) -> str:
    """Subjects as people write them, one after the other."""
    return listed(str(SUBJECTS[value]) for value in values)


class StaffTable(ListTable):
    """Posts by school; names in masks."""

    name = MaskedColumn(
        mask=mask_name, accessor="person__name", verbose_name=pgettext_lazy("person", "Name")
    )
    number = tables.Column(gettext_lazy("Staff number"), accessor="person__number")
    school = tables.Column(gettext_lazy("School"), accessor="organisation__name")
    kind = tables.Column(gettext_lazy("Kind of post"))
    employment = BadgeColumn(
        tones=EMPLOYMENT_TONES,
        labels=dict(Employment.choices),
        verbose_name=gettext_lazy("Employment"),
    )
    subjects = tables.Column(gettext_lazy("Subjects"))
    qualification = tables.Column(gettext_lazy("Qualification"), accessor="person__qualification")
    valid_from = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Post since"))

    def render_number(self, record: StaffPost) -> str:
        url = reverse("registry:staff_member", args=[record.person.ref])
        return format_html('<a href="{}">{}</a>', url, record.person.number)

    def value_number(self, record: StaffPost) -> str:
        return record.person.number

    def render_school(self, record: StaffPost) -> str:
        url = reverse("registry:school", args=[record.organisation.code])
        return format_html('<a href="{}">{}</a>', url, record.organisation.name)

    def value_school(self, record: StaffPost) -> str:
        return record.organisation.name

    def render_subjects(self, record: StaffPost) -> str:
        return subject_names(record.subjects) or "—"


class StaffFilters(RegistryFilters):
    """Search by number or school, narrow by place, level, kind, employment, subject."""

    q = SearchFilter(field_name="organisation__name", label=gettext_lazy("Search a school"))
    number = django_filters.CharFilter(
        field_name="person__number", label=gettext_lazy("Staff number")
    )
    school = SchoolFilter()
    township = TownshipFilter()
    level = django_filters.ChoiceFilter(choices=LEVELS, label=gettext_lazy("Level"))
    kind = django_filters.ChoiceFilter(choices=PostKind.choices, label=gettext_lazy("Kind of post"))
    employment = django_filters.ChoiceFilter(
        choices=Employment.choices, label=gettext_lazy("Employment")
    )
    sex = django_filters.ChoiceFilter(
        field_name="person__sex", method="of_sex", choices=SEXES, label=gettext_lazy("Sex")
    )
    subject = django_filters.ChoiceFilter(
        field_name="subjects",
        method="of_subject",
        choices=Subject.choices,
        label=gettext_lazy("Subject"),
    )
    qualification = django_filters.ChoiceFilter(
        field_name="person__qualification",
        choices=Qualification.choices,
        label=gettext_lazy("Qualification"),
    )
    more = django_filters.ChoiceFilter(
        method="of_more", choices=MORE, label=gettext_lazy("Titles and posts")
    )
    year = django_filters.NumberFilter(
        field_name="person__recruited_on__year",
        label=gettext_lazy("Recruited in"),
        widget=forms.NumberInput({"placeholder": gettext_lazy("Recruited in")}),
    )

    def of_sex(self, rows: Any, _name: str, value: str) -> Any:
        return rows.filter(person__sex="" if value == UNTOLD else value)

    def of_more(self, rows: Any, _name: str, value: str) -> Any:
        if value == BACKBONE:
            titled = rows.filter(backbone(staff_day(self.request)))
            return titled.filter(kind=PostKind.TEACHER)
        return rows.filter(**{value: True})

    def of_subject(self, rows: Any, _name: str, value: str) -> Any:
        return rows.filter(subjects__contains=[value])


def staff_day(request: StaffRequest) -> date:
    """The day that a list of staff is about; today where the address names none."""
    return day_asked(request) if "day" in request.GET else timezone.localdate()


class StaffList(StaffMixin, ListPage):
    """The posts that somebody sees, as they are on a day, today where none is named."""

    roles = READERS
    table = StaffTable
    filters = StaffFilters
    title = pgettext_lazy("school", "Staff")
    pretitle = gettext_lazy("Register")
    empty = gettext_lazy("Staff come with an import of the schools' lists.")
    template_name: ClassVar[str] = "registry/staff.html"
    request: StaffRequest

    def rows(self) -> Rows:
        posts = posts_on(self.request.user, staff_day(self.request))
        return posts.select_related("person", "organisation").order_by(
            "organisation__code", "person__number"
        )

    def context(self) -> dict[str, Any]:
        user, today = self.request.user, staff_day(self.request)
        known = latest_year(user)
        year = None if known is None else min(known, SchoolYear.of(today).start)
        classes, rules = classes_beside(user, year), rules_on(today)
        return {
            "figures": staff_figures(posts_on(user, today), classes, rules, today),
            "flexible_percent": int(rules.flexible_share * 100),
            "keeps": place_kept(user),
        }


@require_safe
@staff_required(*READERS)
def staff_member(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Somebody on the staff: posts, titles, courses; who it is in masks."""
    seen = StaffMember.objects.for_user(request.user)
    person = get_object_or_404(seen.select_related("organisation", "recruited_for"), ref=ref)
    posts = person.staff_posts.select_related("organisation").order_by("-valid_from")
    context = {
        "person": person,
        "name": mask_name(str(person.name)),
        "resident_id": mask_id(str(person.resident_id or "")),
        "may_reveal": may_keep(request.user, person.organisation.path),
        "posts": [(post, subject_names(post.subjects)) for post in posts],
        "honours": person.honours.all(),
        "titles_now": person.honours.filter(current_on(timezone.localdate())).count(),
        "trainings": person.trainings.all(),
        "hours": sum(course.hours for course in person.trainings.all()),
    }
    return TemplateResponse(request, "registry/staff_member.html", context)


@require_safe
@staff_required(*READERS)
def recruited(request: StaffRequest) -> HttpResponse:
    """Recruitment by year and kind, and training by level."""
    rows = recruited_by_year(request.user)
    context = {
        "rows": rows,
        "permanent": sum(row.permanent for row in rows),
        "contract": sum(row.contract for row in rows),
        "together": sum(row.together for row in rows),
        "trained": trained_by_level(request.user),
    }
    return TemplateResponse(request, "registry/recruited.html", context)
