"""Zones: the map, the list, and the page of one with its earlier versions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, User, staff_required
from junheng.commons.filters import SearchFilter, SwitchFilter
from junheng.commons.maps import MapData
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable
from junheng.commons.web.lists import Rows
from junheng.kernel.school_year import SchoolYear
from junheng.registry.access import READERS, place_kept
from junheng.registry.models import LEVELS, SchoolClass, Zone, ZoneSchool
from junheng.registry.models.zones import ZoneQuerySet
from junheng.registry.selectors.belonging import ranges_of_zone
from junheng.registry.selectors.classes import latest_year, sizes_by_school
from junheng.registry.selectors.schools import current_schools, facts_of, townships_of
from junheng.registry.selectors.zones import (
    ZoneFacts,
    current_zones,
    drawn_together,
    outlines_of,
    townships_around,
    with_parts,
    zone_years,
)
from junheng.registry.selectors.zones import facts_of as zone_facts
from junheng.registry.web.filters import RegistryFilters, TownshipFilter
from junheng.registry.web.pictures import zone_map
from junheng.registry.web.where_words import range_in_words
from junheng.registry.web.words import LEVEL_TONES, listed, year_name
from junheng.registry.web.years import YearListPage

NOWRAP = {"td": {"class": "nowrap"}}


class ZoneTable(ListTable):
    """Zones by code."""

    name = tables.Column(gettext_lazy("Zone"), accessor="name", attrs=NOWRAP)
    code = tables.Column(gettext_lazy("Code"), accessor="code", orderable=True)
    level = BadgeColumn(tones=LEVEL_TONES, labels=dict(LEVELS), verbose_name=gettext_lazy("Level"))
    places = tables.Column(gettext_lazy("Villages and blocks"), accessor="pk")
    schools = tables.Column(gettext_lazy("Schools"), accessor="pk")
    valid_from = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Valid from"), attrs=NOWRAP)

    @cached_property
    def below(self) -> tuple[str, str]:
        """Where the pages of zones and schools lie; asking for each is much of the list's time."""
        return reverse("registry:zones"), reverse("registry:schools")

    def render_name(self, record: Zone) -> str:
        return format_html('<a href="{}{}/">{}</a>', self.below[0], record.code, record.name)

    def value_name(self, record: Zone) -> str:
        return record.name

    def render_places(self, record: Zone) -> str:
        return self.value_places(record)

    def value_places(self, record: Zone) -> str:
        return listed(part.place.name for part in record.parts.all())

    def render_schools(self, record: Zone) -> str:
        schools = [ranked.organisation for ranked in record.ranked.all()]
        rows = ((self.below[1], school.code, school.name) for school in schools)
        return format_html_join(_(", "), '<a href="{}{}/">{}</a>', rows)

    def value_schools(self, record: Zone) -> str:
        return listed(ranked.organisation.name for ranked in record.ranked.all())


class ZoneFilters(RegistryFilters):
    """Search by name, narrow by level and township."""

    q = SearchFilter(label=gettext_lazy("Search a zone"), field_name="name")
    level = django_filters.ChoiceFilter(choices=LEVELS, label=gettext_lazy("Level"))
    township = TownshipFilter(path="places__path")
    shared = SwitchFilter(
        method="only_shared", label=gettext_lazy("Only with several schools"), field_name="pk"
    )

    def only_shared(self, rows: ZoneQuerySet, _name: str, value: bool) -> ZoneQuerySet:  # noqa: FBT001 -- django-filter's signature
        second = ZoneSchool.objects.filter(zone=OuterRef("pk"), rank=2)
        return rows.filter(Exists(second)) if value else rows


class ZoneList(StaffMixin, YearListPage):
    """The zones that somebody sees today, or on 1 September of a year: on a map and as a list."""

    roles = READERS
    table = ZoneTable
    filters = ZoneFilters
    title = gettext_lazy("Zones")
    pretitle = gettext_lazy("Register")
    empty = gettext_lazy("Zones come with an import of the county's division into zones.")
    template_name: ClassVar[str] = "registry/zones.html"
    request: StaffRequest

    def offered(self) -> Collection[int]:
        return zone_years(self.request.user, timezone.localdate())

    def rows(self) -> Rows:
        return with_parts(current_zones(self.request.user, _day(self.year)))

    def context(self) -> dict[str, Any]:
        return {
            "map_level": _level(self.request),
            "keeps": place_kept(self.request.user),
            "year": self.year,
            "year_name": year_name(self.year) if self.year is not None else "",
            "years": [(year, year_name(year)) for year in self.years],
        }


@require_safe
@staff_required(*READERS)
def zones_map(request: StaffRequest) -> HttpResponse:
    """The map beside the list: asked for by the page once it stands, or a page by itself."""
    template = "zones_map_part" if request.headers.get("HX-Request") else "zones_map"
    return TemplateResponse(
        request,
        f"registry/{template}.html",
        {
            "map": _whole_map(request.user, _level(request), _day(_year(request))),
            "title": _("Map of the zones"),
        },
    )


def _day(year: int | None) -> date:
    """The day whose zones are shown: 1 September of a year, or today."""
    return timezone.localdate() if year is None else SchoolYear(year).starts_on


def _year(request: StaffRequest) -> int | None:
    """The year that the map is asked for, None for none that can be shown."""
    asked = request.GET.get("year", "")
    years = zone_years(request.user, timezone.localdate()) if asked else []
    return next((year for year in years if str(year) == asked), None)


def _level(request: StaffRequest) -> str:
    """Zones of one level; both at once would lie upon each other on a map."""
    asked = request.GET.get("level")
    return asked if asked in dict(LEVELS) else "primary"


def _whole_map(user: User, level: str, day: date) -> MapData:
    """The zones of a level that somebody sees, with the schools and their classes."""
    today = timezone.localdate()
    zones = drawn_together(current_zones(user, day).filter(level=level))
    townships = outlines_of(place.code for place in townships_of(user))
    schools = current_schools(user, today).of_level(level)
    own = SchoolClass.objects.for_user(user).of_year(latest_year(user))
    sizes = sizes_by_school(own.of_level(level))
    return zone_map([facts_of(s) for s in schools], sizes, zones, townships.values())


@require_safe
@staff_required(*READERS)
def zone_page(request: StaffRequest, code: str) -> HttpResponse:
    """One zone as it is, and as it was."""
    seen = Zone.objects.for_user(request.user).filter(code=code).order_by("-valid_from")
    versions = list(with_parts(seen))
    if not versions:
        raise Http404
    zone = zone_facts(versions[0])
    return TemplateResponse(
        request,
        "registry/zone.html",
        {
            "zone": zone,
            "level": dict(LEVELS)[zone.level],
            "places": list(zip(zone.places, zone.place_names, strict=True)),
            "schools": list(zip(zone.schools, zone.school_names, strict=True)),
            "earlier": [(row, zone_facts(row)) for row in versions[1:]],
            "ended": versions[0].valid_to,
            "ranges": [range_in_words(told) for told in ranges_of_zone(zone.code)],
            "map": _zone_map(request, versions[0], zone),
        },
    )


def _zone_map(request: StaffRequest, version: Zone, zone: ZoneFacts) -> MapData:
    user, today = request.user, timezone.localdate()
    schools = current_schools(user, today).filter(organisation__code__in=zone.schools)
    schools = schools.of_level(zone.level)
    classes = SchoolClass.objects.of_year(latest_year(user)).filter(
        organisation__code__in=zone.schools
    )
    townships = townships_around(zone.places)
    outlines = drawn_together(Zone.objects.filter(pk=version.pk))
    rows = [facts_of(school) for school in schools]
    return zone_map(
        rows, sizes_by_school(classes.of_level(zone.level)), outlines, townships.values()
    )
