"""Questions about schools: which there are, what is true of them on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from junheng.accounts.facade import User, paths_of
from junheng.commons.dated import current_on
from junheng.places.facade import Level as PlaceLevel
from junheng.places.facade import Place
from junheng.registry.models import Ownership, School
from junheng.registry.models.schools import SchoolFactsQuerySet


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """A school of one level, as it is true on a day.

    Attributes:
        code: Its code in every file and register.
        name: Its name.
        kind: Kind of organisation, such as `primary` or `teaching_point`.
        level: `primary` or `lower_secondary`.
        setting: `urban`, `town` or `village`.
        private: Whether it is a private school, which recruits by lottery and has no zone.
        township, township_code: The township or street it stands in; blank if unknown.
        path: For row scope.
        lon, lat: Degrees, None if unknown.
        lowest_grade, highest_grade: Grades it teaches, 1 to 9.
        entry_classes: Planned classes of its entry grade.
        class_size: Planned pupils in each of them.
    """

    code: str
    name: str
    kind: str
    level: str
    setting: str
    private: bool
    township: str
    township_code: str
    path: str
    lon: float | None
    lat: float | None
    lowest_grade: int
    highest_grade: int
    entry_classes: int
    class_size: int

    @property
    def seats(self) -> int:
        """Planned seats of the entry grade."""
        return self.entry_classes * self.class_size


def with_places(schools: SchoolFactsQuerySet) -> SchoolFactsQuerySet:
    """The same rows with all that `facts_of` reads, in one query."""
    places = schools.select_related("organisation__place__parent")
    return places.defer("organisation__place__outline", "organisation__place__parent__outline")


def facts_of(school: School) -> SchoolFacts:
    """One row of facts as a frozen value."""
    organisation = school.organisation
    township = township_of(organisation.place)
    return SchoolFacts(
        code=organisation.code,
        name=organisation.name,
        kind=organisation.kind,
        level=school.level.value,
        setting=school.setting,
        private=school.ownership == Ownership.PRIVATE,
        township=township.name if township else "",
        township_code=township.code if township else "",
        path=organisation.path,
        lon=organisation.lon,
        lat=organisation.lat,
        lowest_grade=school.lowest_grade,
        highest_grade=school.highest_grade,
        entry_classes=school.entry_classes,
        class_size=school.class_size,
    )


def township_of(place: Place) -> Place | None:
    """The township that a place is or lies in; None above townships."""
    if place.level == PlaceLevel.TOWNSHIP:
        return place
    return place.parent if place.level == PlaceLevel.VILLAGE else None


def current_schools(user: User, on: date) -> SchoolFactsQuerySet:
    """The schools that somebody sees, as they are on a day."""
    found: SchoolFactsQuerySet = with_places(School.objects.for_user(user).filter(current_on(on)))
    return found


def townships_of(user: User) -> list[Place]:
    """The townships within somebody's scope, and the one that a school's people stand in."""
    wanted = Q(pk__in=[])
    for path in paths_of(user):
        wanted |= Q(path__startswith=path) | Q(path__in=_above(path))
    found = Place.objects.current().filter(wanted, level=PlaceLevel.TOWNSHIP)
    return list(found.defer("outline").order_by("code"))


def school_names_of(user: User) -> list[tuple[str, str]]:
    """Code and name of every school within somebody's scope, those of the past as well."""
    rows = School.objects.for_user(user).order_by("organisation__code")
    names = rows.values_list("organisation__code", "organisation__name").distinct()
    return [(code, name) for code, name in names]


def _above(path: str) -> Iterable[str]:
    """The path itself and everything it lies in: `/99/9901/` gives `/99/` and `/99/9901/`."""
    steps = path.strip("/").split("/")
    return ["/" + "/".join(steps[: n + 1]) + "/" for n in range(len(steps))]


def schools_below(path: str, *, on: date, level: str) -> tuple[SchoolFacts, ...]:
    """Every school of a level below a path on a day, by code."""
    of_level = School.objects.filter(current_on(on)).of_level(level)
    rows = of_level.filter(organisation__path__startswith=path)
    return tuple(facts_of(row) for row in with_places(rows).order_by("organisation__code"))
