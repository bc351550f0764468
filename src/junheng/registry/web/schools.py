"""Schools: the list, and the page of one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, User, staff_required
from junheng.commons.filters import SearchFilter, SwitchFilter
from junheng.commons.history import history_of
from junheng.commons.maps import MapData
from junheng.commons.tables import BadgeColumn, ListTable, NumberColumn
from junheng.commons.web.lists import ListPage, Rows
from junheng.kernel.levels import Level
from junheng.places.facade import OrganisationKind
from junheng.registry.access import READERS, may_count, place_kept
from junheng.registry.engine.cap import band_of
from junheng.registry.models import (
    Ownership,
    School,
    SchoolClass,
    SchoolTitle,
    Setting,
    Zone,
)
from junheng.registry.models.schools import SchoolFactsQuerySet
from junheng.registry.selectors.classes import (
    SchoolSizes,
    figures_of,
    grades_of,
    latest_year,
    sizes_by_level,
    sizes_by_school,
)
from junheng.registry.selectors.schools import current_schools, facts_of, township_of
from junheng.registry.selectors.staff import staff_of_school
from junheng.registry.selectors.zones import drawn_together, outlines_of, zones_of_school
from junheng.registry.web.filters import LevelFilter, RegistryFilters, TownshipFilter
from junheng.registry.web.pictures import zone_map
from junheng.registry.web.words import BAND_TONES, BANDS, grade_span, year_name

SETTING_TONES = {"urban": "primary", "town": "info", "village": "success"}
SCHOOL_KINDS = (
    OrganisationKind.PRIMARY,
    OrganisationKind.TEACHING_POINT,
    OrganisationKind.LOWER_SECONDARY,
    OrganisationKind.NINE_YEAR,
    OrganisationKind.SPECIAL,
)


class SchoolTable(ListTable):
    """Schools by code."""

    name = tables.Column(gettext_lazy("School"), accessor="organisation__name")
    code = tables.Column(gettext_lazy("Code"), accessor="organisation__code")
    kind = tables.Column(gettext_lazy("Kind"), accessor="organisation__kind", empty_values=())
    township = tables.Column(gettext_lazy("Township"), accessor="organisation__place")
    setting = BadgeColumn(tones=SETTING_TONES, verbose_name=gettext_lazy("Setting"))
    grades = tables.Column(gettext_lazy("Grades"), accessor="lowest_grade")
    seats = NumberColumn(verbose_name=gettext_lazy("Planned seats"), accessor="seats")
    classes = NumberColumn(verbose_name=gettext_lazy("Classes"), accessor="pk")
    pupils = NumberColumn(verbose_name=gettext_lazy("Pupils"), accessor="pk")
    largest = NumberColumn(verbose_name=gettext_lazy("Largest class"), accessor="pk")

    def __init__(self, *args: Any, school_year: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school_year, self.whole = school_year, False

    def as_values(self, *args: Any, **kwargs: Any) -> Iterator[list[Any]]:
        self.whole = True
        yield from super().as_values(*args, **kwargs)

    @cached_property
    def sizes(self) -> dict[tuple[int, bool], SchoolSizes]:
        """Figures of the rows that are shown, or of all that leave as a workbook."""
        shown = self.rows if self.whole else self.page.object_list
        schools = {row.record.organisation_id for row in shown}
        own = SchoolClass.objects.of_year(self.school_year).filter(organisation__in=schools)
        return sizes_by_level(own)

    def figure(self, record: School, name: str) -> int | None:
        """One of the figures; None where the school has no class."""
        sizes = self.sizes.get((record.organisation_id, record.level == Level.PRIMARY))
        return getattr(sizes, name) if sizes else None

    def render_name(self, record: School) -> str:
        url = reverse("registry:school", args=[record.organisation.code])
        link = format_html('<a href="{}">{}</a>', url, record.organisation.name)
        if record.ownership != Ownership.PRIVATE:
            return link
        badge = '{} <span class="badge toned tone-info">{}</span>'
        return format_html(badge, link, record.get_ownership_display())

    def value_name(self, record: School) -> str:
        return record.organisation.name

    def render_township(self, record: School) -> str:
        return str(township_of(record.organisation.place) or "—")

    def render_grades(self, record: School) -> str:
        return grade_span(record.lowest_grade, record.highest_grade)

    def render_classes(self, record: School) -> int | str:
        return self.figure(record, "classes") or "—"

    def render_pupils(self, record: School) -> int | str:
        return self.figure(record, "pupils") or "—"

    def render_largest(self, record: School) -> str:
        largest = self.figure(record, "largest")
        return marked_size(largest) if largest is not None else "—"

    def value_largest(self, record: School) -> int | None:
        return self.figure(record, "largest")


def marked_size(size: int) -> str:
    """A class size, with a badge where it is above the cap or near it."""
    band = band_of(size)
    if band == "fine":
        return str(size)
    return format_html(
        '<span class="badge toned tone-{}" title="{}">{}</span>',
        BAND_TONES[band],
        BANDS[band],
        size,
    )


class SchoolFilters(RegistryFilters):
    """Search by name, narrow by level, township, kind, setting, ownership."""

    q = SearchFilter(field_name="organisation__name", label=gettext_lazy("Search a school"))
    level = LevelFilter()
    township = TownshipFilter()
    kind = django_filters.ChoiceFilter(
        field_name="organisation__kind",
        choices=[(kind.value, kind.label) for kind in SCHOOL_KINDS],
        label=gettext_lazy("Kind"),
    )
    setting = django_filters.ChoiceFilter(choices=Setting.choices, label=gettext_lazy("Setting"))
    ownership = django_filters.ChoiceFilter(
        choices=Ownership.choices, label=gettext_lazy("Ownership")
    )
    large = SwitchFilter(
        field_name="pk",
        method="only_large",
        label=gettext_lazy("Only with classes above the cap"),
    )

    def only_large(self, rows: SchoolFactsQuerySet, _name: str, value: bool) -> SchoolFactsQuerySet:  # noqa: FBT001 -- django-filter's signature
        if not value or self.request is None:
            return rows
        large = SchoolClass.objects.of_year(latest_year(self.request.user)).large()
        own = {
            "organisation": OuterRef("organisation"),
            "grade__gte": OuterRef("lowest_grade"),
            "grade__lte": OuterRef("highest_grade"),
        }
        return rows.filter(Exists(large.filter(**own)))


class SchoolList(StaffMixin, ListPage):
    """The schools that somebody sees, as they are today."""

    roles = READERS
    table = SchoolTable
    filters = SchoolFilters
    title = gettext_lazy("Schools")
    pretitle = gettext_lazy("Register")
    empty = gettext_lazy("Schools come with an import of the county's list.")
    template_name: ClassVar[str] = "registry/schools.html"
    request: StaffRequest

    def rows(self) -> Rows:
        return current_schools(self.request.user, timezone.localdate())

    def table_options(self) -> dict[str, Any]:
        return {"school_year": latest_year(self.request.user)}

    def context(self) -> dict[str, Any]:
        return {"keeps": place_kept(self.request.user)}


@require_safe
@staff_required(*READERS)
def school_page(request: StaffRequest, code: str) -> HttpResponse:
    """Facts, classes, zones, neighbours and history of one school."""
    today = timezone.localdate()
    seen = School.objects.for_user(request.user).filter(organisation__code=code)
    versions = list(
        seen.select_related("organisation__place__parent").order_by("-valid_from", "lowest_grade")
    )
    if not versions:
        raise Http404
    organisation = versions[0].organisation
    current = [version for version in versions if version.holds_on(today)]
    year = latest_year(request.user)
    own = SchoolClass.objects.of_year(year).filter(organisation=organisation)
    zones = zones_of_school(code, on=today)
    context = {
        "organisation": organisation,
        "kind": organisation.get_kind_display(),
        "township": township_of(organisation.place),
        "facts": [(fact, fact.get_setting_display(), _span(fact)) for fact in current],
        "private": any(fact.ownership == Ownership.PRIVATE for fact in current),
        "versions": [(version, _span(version)) for version in versions],
        "year": year_name(year) if year is not None else "",
        "figures": figures_of(own),
        "grades": grades_of(list(own)),
        "titles": SchoolTitle.objects.filter(organisation=organisation),
        "tones": BAND_TONES,
        "bands": BANDS,
        "staff": staff_of_school(organisation.pk, today),
        "zones": zones,
        "map": _map(request.user, current, year),
        "may_count": may_count(request.user, organisation.path),
        "history": history_of(versions[0])[:10],
    }
    return TemplateResponse(request, "registry/school.html", context)


def _span(fact: School) -> str:
    return grade_span(fact.lowest_grade, fact.highest_grade)


def _map(user: User, current: list[School], year: int | None) -> MapData | None:
    """The school among those of its township, with its zones."""
    if not current:
        return None
    organisation = current[0].organisation
    township = township_of(organisation.place)
    around = Q(pk__in=[fact.pk for fact in current])
    if township is not None:
        around |= Q(organisation__path__startswith=township.path)
    schools = [facts_of(row) for row in current_schools(user, timezone.localdate()).filter(around)]
    codes = [school.code for school in schools]
    classes = SchoolClass.objects.of_year(year).filter(organisation__code__in=codes)
    own = Zone.objects.current(timezone.localdate()).filter(ranked__organisation=organisation)
    townships = outlines_of([township.code]) if township is not None else {}
    sizes = sizes_by_school(classes)
    return zone_map(schools, sizes, drawn_together(own), townships.values())
