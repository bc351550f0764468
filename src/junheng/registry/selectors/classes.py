"""Questions about classes: how large they are, in figures and in bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, IntegerField, Max, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from junheng.accounts.facade import User
from junheng.kernel.levels import Level
from junheng.registry.engine.cap import CLASS_CAP, NEAR, VERY_LARGE
from junheng.registry.models import SchoolClass
from junheng.registry.models.classes import SchoolClassQuerySet
from junheng.registry.models.schools import LAST_PRIMARY

BANDS = (25, 30, 35, 40, 45, 50, CLASS_CAP, VERY_LARGE - 1)
"""Upper ends of the bands of class sizes; the last band has none."""


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """Classes of one school year in figures.

    Attributes:
        classes: How many there are.
        pupils: All their pupils.
        near: Classes within five of the cap.
        large: Classes above the cap, the very large ones included.
        very_large: Classes of 66 and more.
    """

    classes: int
    pupils: int
    near: int
    large: int
    very_large: int

    @property
    def large_share(self) -> float | None:
        """Share of classes above the cap; unitless, None without classes."""
        return self.large / self.classes if self.classes else None

    @property
    def average(self) -> float | None:
        """Pupils per class; None without classes."""
        return self.pupils / self.classes if self.classes else None


def years_of(user: User) -> list[int]:
    """The school years of which somebody sees classes, latest first."""
    years = SchoolClass.objects.for_user(user).order_by("-school_year")
    return list(years.values_list("school_year", flat=True).distinct())


def latest_year(user: User) -> int | None:
    """The latest school year of which somebody sees classes."""
    found: int | None = SchoolClass.objects.for_user(user).aggregate(y=Max("school_year"))["y"]
    return found


def figures_of(classes: SchoolClassQuerySet) -> ClassFigures:
    """These classes in figures, in one query."""
    counted = classes.aggregate(
        classes=Count("pk"),
        pupils=Coalesce(Sum("size"), 0),
        near=Count("pk", filter=Q(size__gt=CLASS_CAP - NEAR, size__lte=CLASS_CAP)),
        large=Count("pk", filter=Q(size__gt=CLASS_CAP)),
        very_large=Count("pk", filter=Q(size__gte=VERY_LARGE)),
    )
    return ClassFigures(**counted)


def exempt_classes(classes: SchoolClassQuerySet, today: date) -> SchoolClassQuerySet:
    """Those with an exemption, the one that ends first at the top.

    While it lasts it stands there; after its end only if the class is still above the cap.
    """
    held = Q(exempt_until__gte=today) | Q(exempt_size__isnull=False, size__gt=CLASS_CAP)
    return classes.filter(held).select_related("organisation").order_by("exempt_until", "pk")


def bands_of(classes: SchoolClassQuerySet) -> dict[Level, list[int]]:
    """How many classes of each level lie in each band, smallest band first, in one query."""
    whens = [When(size__lte=edge, then=Value(place)) for place, edge in enumerate(BANDS)]
    band = Case(*whens, default=Value(len(BANDS)), output_field=IntegerField())
    counted = (
        classes.order_by()
        .annotate(step=band, primary=Q(grade__lte=LAST_PRIMARY))
        .values("primary", "step")
        .annotate(n=Count("pk"))
        .values_list("primary", "step", "n")
    )
    bands = {level: [0] * (len(BANDS) + 1) for level in Level}
    for primary, place, n in counted:
        bands[Level.PRIMARY if primary else Level.LOWER_SECONDARY][place] = n
    return bands


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class on its school's page."""

    pk: int
    number: int
    size: int
    band: str
    inherited_size: int | None


@dataclass(frozen=True, slots=True)
class GradeRow:
    """The classes of one grade."""

    grade: int
    classes: tuple[ClassRow, ...]

    @property
    def pupils(self) -> int:
        return sum(row.size for row in self.classes)


def grades_of(classes: Sequence[SchoolClass]) -> list[GradeRow]:
    """Classes by grade, lowest first, each grade by number."""
    grades: dict[int, list[ClassRow]] = {}
    for row in sorted(classes, key=lambda row: (row.grade, row.number)):
        shown = ClassRow(row.pk, row.number, row.size, row.band, row.inherited_size)
        grades.setdefault(row.grade, []).append(shown)
    return [GradeRow(grade, tuple(rows)) for grade, rows in grades.items()]


@dataclass(frozen=True, slots=True)
class SchoolSizes:
    """The classes of one school in one year."""

    classes: int
    pupils: int
    largest: int
    large: int


_SIZES = {
    "classes": Count("pk"),
    "pupils": Sum("size"),
    "largest": Max("size"),
    "large": Count("pk", filter=Q(size__gt=CLASS_CAP)),
}


def sizes_by_school(classes: SchoolClassQuerySet) -> dict[str, SchoolSizes]:
    """Classes, pupils and large classes by the school's code, in one query."""
    counted: Any = classes.order_by().values_list("organisation__code").annotate(**_SIZES)
    return {code: SchoolSizes(*figures) for code, *figures in counted}


def sizes_by_level(classes: SchoolClassQuerySet) -> dict[tuple[int, bool], SchoolSizes]:
    """The same by the school's primary key and whether the level is primary, in one query."""
    primary = Q(grade__lte=LAST_PRIMARY)
    rows = classes.order_by().annotate(primary=primary).values_list("organisation_id", "primary")
    counted: Any = rows.annotate(**_SIZES)
    return {(school, is_primary): SchoolSizes(*f) for school, is_primary, *f in counted}
