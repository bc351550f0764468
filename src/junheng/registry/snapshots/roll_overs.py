"""What a turn of the year is made from, as files: the same register gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Count

from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Place
from junheng.registry.files.roll_overs import PUPILS, as_csv
from junheng.registry.models import ClassAssignment, School, SchoolClass, Standing

EVERYBODY = """
    SELECT standing.pupil_id AS pupil, school.code AS school, standing.school_year AS year,
        standing.grade, class.number AS class, standing.state,
        held.id IS NOT NULL AS held_back, standing.valid_from >= %(starts)s AS began_later
    FROM registry_standing AS standing
    JOIN places_organisation AS school ON school.id = standing.organisation_id
    LEFT JOIN registry_schoolclass AS class ON class.id = standing.school_class_id
    LEFT JOIN registry_heldback AS held
        ON held.pupil_id = standing.pupil_id AND held.school_year = %(year)s
    WHERE starts_with(school.path, %(path)s) AND standing.valid_to IS NULL
        AND standing.state NOT IN ('left', 'graduated') AND standing.school_year <= %(year)s
    ORDER BY school.code, standing.grade, class.number NULLS FIRST, standing.pupil_id
"""


def frozen(place: Place, year: SchoolYear) -> dict[str, bytes]:
    """The files of a county's turn of the year.

    Args:
        place: The county.
        year: The school year that ends.
    """
    return {
        PUPILS: _pupils(place.path, year),
        "offers.csv": as_csv(
            ("school", "lowest", "highest", "classes"), _offers(place.path, year.following)
        ),
        "classes.csv": as_csv(
            ("school", "grade", "number", "there", "limit"), _classes(place, year)
        ),
        "regroupings.csv": as_csv(
            ("school", "grade", "sources", "targets", "placed"), _regroupings(place.path, year)
        ),
    }


def _pupils(path: str, year: SchoolYear) -> bytes:
    """By COPY: a hundred thousand lines in half a second, and no object of Django's."""
    wanted = {"path": path, "year": year.start, "starts": year.following.starts_on}
    with connection.cursor() as cursor:
        statement = f"COPY ({EVERYBODY}) TO STDOUT WITH (FORMAT csv, HEADER true)"
        with cursor.copy(statement, wanted) as copy:
            return b"".join(bytes(block) for block in copy)


def _offers(path: str, year: SchoolYear) -> Iterator[tuple[object, ...]]:
    """What schools offer on the first day of the coming year."""
    rows = School.objects.current(year.starts_on).filter(organisation__path__startswith=path)
    wanted = ("organisation__code", "lowest_grade", "highest_grade", "entry_classes")
    yield from rows.order_by(*wanted).values_list(*wanted)


def _classes(place: Place, year: SchoolYear) -> Iterator[tuple[object, ...]]:
    """Classes of the coming year with pupils, and the limits of those that were large before.

    Number 0 stands for pupils of a grade of the coming year who are in no class yet.
    """
    rows = SchoolClass.objects.filter(organisation__path__startswith=place.path)
    names = ("organisation__code", "grade", "number", "size")
    there = {row[:3]: row[3] for row in rows.of_year(year.following.start).values_list(*names)}
    waiting = (
        Standing.objects.open()
        .studying()
        .filter(
            organisation__path__startswith=place.path,
            school_year=year.following.start,
            school_class=None,
        )
    )
    for code, grade, count in waiting.values_list("organisation__code", "grade").annotate(
        pupils=Count("pk")
    ):
        there[code, grade, 0] = count
    large = rows.of_year(year.start).large().exclude(inherited_size=None).filter(grade__lt=9)
    limits = {
        (code, grade + 1, number): size for code, grade, number, size in large.values_list(*names)
    }
    for key in sorted(there.keys() | limits.keys()):
        yield *key, there.get(key, 0), limits.get(key, "")


def _regroupings(path: str, year: SchoolYear) -> Iterator[tuple[object, ...]]:
    """Classes that are split, merged or mixed at this turn, by a published draw."""
    rows = ClassAssignment.objects.filter(
        organisation__path__startswith=path,
        school_year=year.following.start,
        state=ClassAssignment.State.PUBLISHED,
    ).exclude(sources=[])
    for row in rows.select_related("organisation").order_by("organisation__code", "grade", "id"):
        yield (
            row.organisation.code,
            row.grade - 1,
            json.dumps(row.sources),
            json.dumps([number for number, _most in row.targets]),
            json.dumps(_placed(row), sort_keys=True),
        )


def _placed(row: Any) -> dict[str, int]:
    return {str(pupil): number for pupil, number in row.drawn.values_list("pupil", "number")}
