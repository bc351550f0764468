"""The rows behind a figure: which schools, classes and pupils it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from junheng.accounts.facade import User
from junheng.kernel.levels import Level
from junheng.kernel.school_year import SchoolYear
from junheng.registry.models import SchoolAgeChildren, Standing, State
from junheng.registry.models.schools import LAST_PRIMARY
from junheng.registry.selectors.on_a_day import (
    ClassOnDay,
    SchoolOnDay,
    of_the_age,
    others_on,
    schools_on,
)
from junheng.registry.selectors.retention import COHORT, cohort_rows
from junheng.registry.selectors.returns import size_of

SAME = ("kind", "level", "code")


@dataclass(frozen=True, slots=True)
class ClassBehind:
    """A class with its school."""

    school: SchoolOnDay
    row: ClassOnDay

    @property
    def pk(self) -> int:
        return self.row.pk


def schools_behind(user: User, day: date, asked: Mapping[str, str]) -> list[SchoolOnDay]:
    """The schools of a day of the `kind`, `level` and `code` that is asked for.

    With `quality`, only quality schools. Schools of kinds that teach no compulsory grade come
    after the others, unless a level is asked for.
    """
    rows = schools_on(user, day) + ([] if asked.get("level") else others_on(user, day))
    return [
        row
        for row in rows
        if all(not asked.get(name) or getattr(row, name) == asked[name] for name in SAME)
        and (row.quality or not asked.get("quality"))
    ]


def classes_behind(user: User, day: date, asked: Mapping[str, str]) -> list[ClassBehind]:
    """The classes of these schools, of the `grade` and `size` that is asked for."""
    grade, size = asked.get("grade"), asked.get("size")
    return [
        ClassBehind(school, row)
        for school in schools_behind(user, day, asked)
        for row in school.classes
        if (not grade or str(row.grade) == grade)
        and (not size or size_of(row.size, school.level) == size)
    ]


def pupils_behind(user: User, day: date, asked: Mapping[str, str]) -> QuerySet[Standing]:
    """The standings that a figure counts, one a pupil.

    Read from `asked`: `cohort` with `level` for retention; else `state` (studying unless said),
    `level`, `code` of a school, `class`, `grade`, `sex`, and `aged` for those of the level's age.
    """
    level = next((each for each in Level if each == asked.get("level")), None)
    if level is not None and asked.get("cohort") in COHORT:
        return cohort_rows(user, level, asked["cohort"], day)
    rows = Standing.objects.for_user(user).on(day)
    if level is not None:
        rows = rows.filter(Q(grade__lte=LAST_PRIMARY) if level == "primary" else Q(grade__gt=6))
    if asked.get("aged") and level is not None:
        rows = rows.at_school().filter(of_the_age(level, day, "pupil__"))
    else:
        rows = rows.filter(state=asked.get("state") or State.STUDYING)
    return rows.filter(**_same(asked))


def _same(asked: Mapping[str, str]) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    if asked.get("code"):
        wanted["organisation__code"] = asked["code"]
    for name, column in (("class", "school_class"), ("grade", "grade")):
        if asked.get(name, "").isdecimal():
            wanted[column] = int(asked[name])
    if asked.get("sex") in ("1", "2", "0"):
        wanted["pupil__sex"] = "" if asked["sex"] == "0" else asked["sex"]
    return wanted


def children_behind(user: User, day: date, asked: Mapping[str, str]) -> QuerySet[SchoolAgeChildren]:
    """How many children of the age of a `level` live where, in the school year of a day."""
    rows = SchoolAgeChildren.objects.for_user(user).filter(year=SchoolYear.of(day).start)
    if asked.get("level"):
        rows = rows.filter(level=asked["level"])
    found: QuerySet[SchoolAgeChildren] = rows.select_related("place").defer("place__outline")
    return found.order_by("place__code", "level")
