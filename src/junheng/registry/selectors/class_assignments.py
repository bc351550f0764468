"""Which pupils wait for classes, which classes may be split, and who are brothers and sisters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Subquery

from junheng.accounts.facade import User, scope_q
from junheng.commons.masks import mask_name
from junheng.places.facade import Organisation
from junheng.registry.access import ASSIGNERS
from junheng.registry.engine.cap import STANDARD
from junheng.registry.models import (
    ClassAssignment,
    DrawnPupil,
    Pupil,
    School,
    SchoolClass,
    Standing,
)

ROLES = frozenset(ASSIGNERS)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Pupils of one grade of a school who are to get classes.

    Attributes:
        code, name, path: The school.
        school_year, grade: Of the classes they are to get.
        pupils: How many they are.
        classes: Numbers of the classes that they are in now; none for entrants.
    """

    code: str
    name: str
    path: str
    school_year: int
    grade: int
    pupils: int
    classes: tuple[int, ...] = ()

    @property
    def most(self) -> int:
        """Pupils that a class has by the national standard."""
        return STANDARD["primary" if self.grade <= 6 else "lower_secondary"]

    @property
    def suggested(self) -> int:
        """So many classes of that size are needed."""
        return max(1, -(-self.pupils // self.most))


def entrants_waiting(user: User) -> list[Waiting]:
    """Grades with pupils in no class, at the schools whose classes somebody makes."""
    rows = (
        Standing.objects.open()
        .studying()
        .filter(scope_q(user, "organisation__path", ROLES), school_class=None)
    )
    names = ("organisation__code", "organisation__name", "organisation__path")
    wanted = (*names, "school_year", "grade")
    counted = rows.values_list(*wanted).annotate(pupils=Count("pk")).order_by(*wanted)
    return [Waiting(*row) for row in counted]


def entrants_at(user: User, code: str, year: int, grade: int) -> Waiting | None:
    """Those of one grade of a school."""
    found = (
        w for w in entrants_waiting(user) if (w.code, w.school_year, w.grade) == (code, year, grade)
    )
    return next(found, None)


def classes_at(user: User, code: str, year: int, grade: int) -> Waiting | None:
    """The classes that will be of a year and grade, with their pupils now.

    Args:
        user: Who asks.
        code: The school's code.
        year: Calendar year in which the coming school year begins.
        grade: The grade that they will be in.
    """
    rows = SchoolClass.objects.filter(
        scope_q(user, "organisation__path", ROLES),
        organisation__code=code,
        school_year=year - 1,
        grade=grade - 1,
        size__gt=0,
    )
    found: list[Any] = list(rows.select_related("organisation").order_by("number"))
    if not found:
        return None
    school = found[0].organisation
    numbers = tuple(row.number for row in found)
    pupils = sum(row.size for row in found)
    return Waiting(school.code, school.name, school.path, year, grade, pupils, numbers)


def schools_to_regroup(user: User) -> list[tuple[str, str]]:
    """Codes and names of the schools whose classes somebody may split and merge."""
    rows = Organisation.objects.filter(scope_q(user, "path", ROLES))
    taught = rows.filter(pk__in=School.objects.values("organisation"))
    return list(taught.order_by("code").values_list("code", "name"))


def latest_year(code: str) -> int | None:
    """The latest school year of which a school has classes with pupils."""
    rows = SchoolClass.objects.filter(organisation__code=code, size__gt=0)
    found: int | None = rows.order_by("-school_year").values_list("school_year", flat=True).first()
    return found


def placed_pupils(row: ClassAssignment) -> Any:
    """The pupils of a list with their number there and their class as `listed` and `into`.

    Class by class; nobody once the time is over in which it is kept whose numbers they are.
    """
    drawn = DrawnPupil.objects.filter(assignment=row, pupil=OuterRef("pk"))
    return (
        Pupil.objects.filter(pk__in=row.drawn.values("pupil"))
        .annotate(listed=Subquery(drawn.values("listed")), into=Subquery(drawn.values("number")))
        .order_by("into", "listed")
    )


@dataclass(frozen=True, slots=True)
class Household:
    """Brothers and sisters among the pupils.

    Attributes:
        key: Of the household; it never leaves the server.
        field: What their choice is called on a form.
        names: The children, masked.
    """

    key: str
    field: str
    names: str


def households_of(standings: Any) -> list[Household]:
    """Households with two and more pupils among these standings."""
    members: dict[str, list[Any]] = {}
    rows = standings.exclude(pupil__household_key="").order_by("pupil__number")
    for key, pupil in rows.values_list("pupil__household_key", "pupil_id"):
        members.setdefault(key, []).append(pupil)
    several = {key: pupils for key, pupils in members.items() if len(pupils) > 1}
    pupils = Pupil.objects.in_bulk([pk for found in several.values() for pk in found])
    return [
        Household(key, f"household-{n}", ", ".join(_named(pupils[pk]) for pk in found))
        for n, (key, found) in enumerate(several.items(), start=1)
    ]


def _named(pupil: Pupil) -> str:
    return f"{mask_name(str(pupil.name))} ({pupil.number})"
