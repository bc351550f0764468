"""Every school as it was on a day: pupils, classes, staff, resources. All figures sum these rows.

Pupils are counted from their standings, set by set in the database. Of a class that schools only
count, the size at the last count of that school year is known, and neither sex nor age.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q

from junheng.accounts.facade import User, scope_q
from junheng.commons.dated import current_on
from junheng.kernel.levels import LAST, Grade, Level
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Organisation, OrganisationKind
from junheng.registry.engine.ratios import AGES
from junheng.registry.models import (
    Resources,
    School,
    SchoolClass,
    SchoolTitle,
    Standing,
    State,
)
from junheng.registry.models.schools import LAST_PRIMARY
from junheng.registry.selectors.schools import township_of, with_places
from junheng.registry.selectors.staff import teachers_by_school

BOYS, GIRLS = "1", "2"
LEVEL_OF = {grade: Grade(grade).level.value for grade in range(1, LAST + 1)}
ENTRY = tuple(level.entry_grade.number for level in Level)
OTHER_KINDS = (
    OrganisationKind.KINDERGARTEN,
    OrganisationKind.UPPER_SECONDARY,
    OrganisationKind.VOCATIONAL,
)
"""Kinds that teach no compulsory grade: the register has the schools, and not their pupils."""
OUTLINES = ("place__outline", "place__parent__outline")
Key = tuple[int, str]
"""A school's primary key and level."""


@dataclass(frozen=True, slots=True)
class ClassOnDay:
    """A class with its pupils on the day; `by_register` says whether they are known one by one."""

    pk: int
    grade: int
    number: int
    size: int
    by_register: bool


@dataclass(frozen=True, slots=True)
class SchoolOnDay:
    """A school of one level on a day.

    Attributes:
        boys, girls, untold: Pupils who study there by the register, by sex.
        suspended, dropped_out: Who has a record there and does not come.
        of_age: Of all with a record there, those of the age of the level.
        entering: Of those who study there, the entry grade of the level.
        counted: Pupils in classes that are only counted.
        classes: By grade and number.
        staff: `teachers`, `permanent`, `qualified_teachers`, `backbone_teachers`,
            `sport_and_arts_teachers`; empty if nobody is in the register of staff.
        resources: What it has; None where nobody has told.
        quality: Whether it is a quality school.
    """

    pk: int
    code: str
    name: str
    kind: str
    level: str
    setting: str
    private: bool
    path: str
    township: str
    boys: int = 0
    girls: int = 0
    untold: int = 0
    suspended: int = 0
    dropped_out: int = 0
    of_age: int = 0
    entering: int = 0
    classes: tuple[ClassOnDay, ...] = ()
    staff: Mapping[str, int] = field(default_factory=dict)
    resources: Resources | None = None
    quality: bool = False

    @property
    def counted(self) -> int:
        return sum(row.size for row in self.classes if not row.by_register)

    @property
    def registered(self) -> int:
        """Pupils who are known one by one."""
        return self.boys + self.girls + self.untold

    @property
    def pupils(self) -> int:
        """Everybody who studies there."""
        return self.registered + self.counted

    @property
    def entrants(self) -> int:
        """Who studies in the entry grade, and who is counted there."""
        classes = [row for row in self.classes if row.grade in ENTRY and not row.by_register]
        return self.entering + sum(row.size for row in classes)

    @property
    def teachers(self) -> int | None:
        return self.staff.get("teachers")


def schools_on(user: User, day: date) -> list[SchoolOnDay]:
    """The schools that somebody sees as they were on a day, by code, in five queries."""
    facts = with_places(School.objects.for_user(user).filter(current_on(day)))
    facts = facts.annotate(quality=quality_on(day, "organisation"))
    pupils, sizes = _pupils(user, day)
    classes = _classes(user, SchoolYear.of(day).start, sizes)
    staff = teachers_by_school(user, day)
    resources = _resources(user, day)
    rows = []
    for school in facts.order_by("organisation__code", "lowest_grade"):
        key = (school.organisation_id, school.level.value)
        told = staff.get(key, {})
        rows.append(_row(school, pupils.get(key, {}), classes.get(key, ()), told, resources))
    return rows


def others_on(user: User, day: date) -> list[SchoolOnDay]:
    """Schools of a day that teach no compulsory grade, by code; their level is blank."""
    seen = Organisation.objects.filter(scope_q(user, "path"), current_on(day))
    rows = seen.filter(kind__in=OTHER_KINDS).annotate(quality=quality_on(day, "pk"))
    placed = rows.select_related("place__parent").defer(*OUTLINES)
    return [_without_level(row, quality=row.quality) for row in placed.order_by("code")]


def _without_level(organisation: Organisation, *, quality: bool) -> SchoolOnDay:
    township = township_of(organisation.place)
    return SchoolOnDay(
        pk=organisation.pk,
        code=organisation.code,
        name=organisation.name,
        kind=organisation.kind,
        level="",
        setting="",
        private=False,
        path=organisation.path,
        township=township.name if township else "",
        quality=quality,
    )


def quality_on(day: date, school: str) -> Exists:
    """Whether the school of a row is a quality school on a day; `school` names its key."""
    marks = SchoolTitle.objects.quality().filter(current_on(day), organisation=OuterRef(school))
    return Exists(marks)


def _row(
    school: School,
    pupils: Mapping[str, Any],
    classes: Iterable[ClassOnDay],
    staff: Mapping[str, int],
    resources: Mapping[Key, Resources],
) -> SchoolOnDay:
    organisation = school.organisation
    quality = bool(school.quality)  # type: ignore[attr-defined]  # annotated
    return replace(
        _without_level(organisation, quality=quality),
        level=school.level.value,
        setting=school.setting,
        private=school.ownership == "private",
        classes=tuple(sorted(classes, key=lambda row: (row.grade, row.number))),
        staff=staff,
        resources=resources.get((organisation.pk, school.level.value)),
        **pupils,
    )


def of_the_age(level: Level, day: date, prefix: str = "") -> Q:
    """Pupils who have the age of a level on 31 August before the school year of a day."""
    ages, year = AGES[level], SchoolYear.of(day).start
    youngest, eldest = date(year - ages[0], 8, 31), date(year - ages[-1] - 1, 8, 31)
    return Q(**{f"{prefix}born_on__lte": youngest, f"{prefix}born_on__gt": eldest})


def _pupils(user: User, day: date) -> tuple[dict[Key, dict[str, int]], dict[int, int]]:
    """Pupils by school and level, and how many study in each class; one pass over standings."""
    primary, of_age = Q(grade__lte=LAST_PRIMARY), Q(pk__in=[])
    for level in Level:
        own = primary if level is Level.PRIMARY else ~primary
        of_age |= own & of_the_age(level, day, "pupil__")
    rows = Standing.objects.for_user(user).on(day).at_school().order_by()
    groups = ("organisation_id", "grade", "school_class_id", "state", "sex")
    counted = rows.annotate(sex=F("pupil__sex")).values_list(*groups)
    found: dict[Key, dict[str, int]] = {}
    sizes: dict[int, int] = defaultdict(int)
    for school, grade, in_class, state, sex, number, aged in counted.annotate(
        n=Count("pk"), aged=Count("pk", filter=of_age)
    ):
        figures = found.setdefault((school, LEVEL_OF[grade]), defaultdict(int))
        figures["of_age"] += aged
        figures[_figure(state, sex)] += number
        if grade in ENTRY and state == State.STUDYING:
            figures["entering"] += number
        if in_class is not None and state == State.STUDYING:
            sizes[in_class] += number
    return found, sizes


def _figure(state: str, sex: str) -> str:
    if state != State.STUDYING:
        return state
    return {BOYS: "boys", GIRLS: "girls"}.get(sex, "untold")


def _classes(user: User, year: int, sizes: Mapping[int, int]) -> dict[Key, list[ClassOnDay]]:
    """Classes of a school year; those of the register with their pupils on the day."""
    found: dict[Key, list[ClassOnDay]] = {}
    rows = SchoolClass.objects.for_user(user).of_year(year).order_by()
    columns = ("organisation_id", "pk", "grade", "number", "size", "by_register")
    for school, pk, grade, number, size, by_register in rows.values_list(*columns):
        known = sizes.get(pk, 0) if by_register else size
        row = ClassOnDay(pk, grade, number, known, by_register)
        found.setdefault((school, LEVEL_OF[grade]), []).append(row)
    return found


def _resources(user: User, day: date) -> dict[Key, Resources]:
    rows: Any = Resources.objects.for_user(user).filter(current_on(day))
    return {(row.organisation_id, row.level): row for row in rows}
