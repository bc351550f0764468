"""Questions about zones: whose children belong where on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Min, Prefetch, Q, TextField
from django.db.models.functions import MD5, Cast

from junheng.accounts.facade import User
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Level, Place
from junheng.registry.engine.zone_changes import ZoneChange, ZoneState, compare
from junheng.registry.models import Zone, ZonePlace, ZoneSchool
from junheng.registry.models.zones import ZoneQuerySet

YEARS_SHOWN = 12
"""School years to choose from, at most: a child's nine and a few more."""


@dataclass(frozen=True, slots=True)
class ZoneFacts:
    """A zone as it is true on a day.

    Attributes:
        code, name: As everywhere.
        level: `primary` or `lower_secondary`.
        valid_from: Since when it is so; None if always.
        places: Codes of its villages and blocks, in order.
        place_names: Their names.
        schools: Codes of its schools, first rank first.
        school_names: Their names.
    """

    code: str
    name: str
    level: str
    valid_from: date | None
    places: tuple[str, ...]
    place_names: tuple[str, ...]
    schools: tuple[str, ...]
    school_names: tuple[str, ...]

    @property
    def shared(self) -> bool:
        """Whether families may rank several schools."""
        return len(self.schools) > 1


def with_parts(zones: ZoneQuerySet) -> ZoneQuerySet:
    """The same zones with places and schools, in three queries."""
    places = ZonePlace.objects.select_related("place").defer("place__outline")
    return zones.prefetch_related(
        Prefetch("parts", places.order_by("place__code")),
        Prefetch("ranked", ZoneSchool.objects.select_related("organisation").order_by("rank")),
    )


def facts_of(zone: Zone) -> ZoneFacts:
    """One zone as a frozen value; its parts have been fetched."""
    places = [part.place for part in zone.parts.all()]
    schools = [ranked.organisation for ranked in zone.ranked.all()]
    return ZoneFacts(
        code=zone.code,
        name=zone.name,
        level=zone.level,
        valid_from=zone.valid_from,
        places=tuple(place.code for place in places),
        place_names=tuple(place.name for place in places),
        schools=tuple(school.code for school in schools),
        school_names=tuple(school.name for school in schools),
    )


def current_zones(user: User, on: date) -> ZoneQuerySet:
    """The zones that somebody sees, as they are on a day."""
    found: ZoneQuerySet = Zone.objects.for_user(user).current(on)
    return found


def zone_years(user: User, today: date) -> list[int]:
    """The school years whose zones can be asked for, newest first: this one is always there."""
    ends = Zone.objects.for_user(user).aggregate(first=Min("valid_from"), last=Max("valid_from"))
    now = SchoolYear.of(today).start
    newest = max(now, _first_year(ends["last"]) if ends["last"] else now)
    oldest = min(now, _first_year(ends["first"]) if ends["first"] else now)
    return list(range(newest, max(oldest, newest - YEARS_SHOWN + 1) - 1, -1))


def _first_year(day: date) -> int:
    """The first school year that begins on a day or after it."""
    year = SchoolYear.of(day)
    return year.start if year.starts_on == day else year.following.start


def zones_changed(user: User, *, before: date, after: date) -> tuple[ZoneChange, ...]:
    """How the zones of one day differ from those of another.

    A zone that somebody sees on one of the days is compared as it truly was on both: otherwise
    a school that left a zone would read that the zone is gone.
    """
    seen = current_zones(user, before) | current_zones(user, after)
    codes = list(seen.order_by().values_list("code", flat=True).distinct())
    return compare(_states(codes, before), _states(codes, after))


def _states(codes: list[str], on: date) -> list[ZoneState]:
    zones = with_parts(Zone.objects.filter(code__in=codes).current(on))
    return [_state(facts_of(zone)) for zone in zones]


def _state(zone: ZoneFacts) -> ZoneState:
    return ZoneState(
        code=zone.code,
        level=zone.level,
        name=zone.name,
        schools=tuple(zip(zone.schools, zone.school_names, strict=True)),
        places=tuple(zip(zone.places, zone.place_names, strict=True)),
    )


def zones_below(path: str, *, on: date, level: str) -> tuple[ZoneFacts, ...]:
    """Every zone of a level with a place below a path on a day, by code."""
    inside = ZonePlace.objects.filter(place__path__startswith=path).values("zone")
    rows = Zone.objects.current(on).filter(level=level, pk__in=inside).order_by("code")
    return tuple(facts_of(zone) for zone in with_parts(rows))


def zones_of_school(code: str, *, on: date) -> tuple[ZoneFacts, ...]:
    """The zones that a school is for on a day, of every level, by code."""
    rows = Zone.objects.current(on).filter(ranked__organisation__code=code).order_by("code")
    return tuple(facts_of(zone) for zone in with_parts(rows))


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """A place that has an outline.

    Attributes:
        geometry: As GeoJSON.
    """

    code: str
    name: str
    geometry: dict[str, object]


def outlines_of(places: Iterable[str]) -> dict[str, OutlineRow]:
    """Outlines by the place's code; places without one are left out."""
    return _outlines(Q(code__in=list(places)))


Drawn = tuple[tuple[str, str], ...]
"""Places that are drawn as one: code and fingerprint of the outline, in the order of codes."""


def drawn_together(zones: ZoneQuerySet) -> list[Drawn]:
    """What a map of zones draws: the places of all zones that have the same schools."""
    found = list(zones.order_by().values_list("pk", flat=True))  # who sees which is asked once
    ranked = ZoneSchool.objects.filter(zone__in=found).order_by("zone", "rank")
    schools: dict[int, list[int]] = {}
    for zone, school in ranked.values_list("zone_id", "organisation_id"):
        schools.setdefault(zone, []).append(school)
    parts = ZonePlace.objects.filter(zone__in=found, place__outline__isnull=False)
    stamped = parts.annotate(stamp=MD5(Cast("place__outline", TextField())))
    same: dict[tuple[int, ...], list[tuple[str, str]]] = {}
    columns = ("zone_id", "place__code", "stamp")
    for zone, code, stamp in stamped.order_by("place__code").values_list(*columns):
        same.setdefault(tuple(schools.get(zone, ())), []).append((code, stamp))
    return [tuple(places) for places in same.values()]


def townships_around(places: Iterable[str]) -> dict[str, OutlineRow]:
    """Outlines of the townships in which these villages and blocks lie."""
    codes = list(places)
    here = Q(code__in=codes) | Q(children__code__in=codes)
    return _outlines(here & Q(level=Level.TOWNSHIP))


def _outlines(wanted: Q) -> dict[str, OutlineRow]:
    rows = Place.objects.filter(wanted, outline__isnull=False).distinct()
    return {
        code: OutlineRow(code, name, outline)
        for code, name, outline in rows.values_list("code", "name", "outline")
    }
