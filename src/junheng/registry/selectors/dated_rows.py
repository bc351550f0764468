"""The register over a stretch of time, as files of plain rows: for whoever decides in masses."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet

from junheng.commons.copying import copy_out
from junheng.registry.models import PupilTag, School, Standing

STANDINGS = (
    *("pupil_id", "organisation_id", "grade", "state", "valid_from", "valid_to"),
    *("pupil__sex", "pupil__born_on", "pupil__entered_on"),
)
TAGS = ("pupil_id", "tag", "valid_from", "valid_to")
SCHOOLS = (
    *("organisation_id", "lowest_grade", "highest_grade", "setting", "ownership"),
    *("valid_from", "valid_to"),
)


def write_rows(path: str, start: date, end: date, folder: Path) -> None:
    """Write standings, tags and facts of schools that hold on a day of a stretch.

    Args:
        path: Of a place; what is asked are the pupils who stand at its schools.
        start: First day.
        end: Last day.
        folder: Where `standings.csv`, `tags.csv` and `schools.csv` are put, without heads and
            with the columns above.
    """
    within = _within(start, end)
    stand = Standing.objects.filter(within, organisation__path__startswith=path)
    pupils = stand.values("pupil")
    tags = PupilTag.objects.filter(within, pupil__in=pupils)
    since = Q(valid_from=None) | Q(valid_from__lte=end)
    schools = School.objects.filter(since, Q(valid_to=None) | Q(valid_to__gt=start))
    schools = schools.filter(organisation__path__startswith=path)
    for name, rows, columns in (
        ("standings", stand, STANDINGS),
        ("tags", tags, TAGS),
        ("schools", schools, SCHOOLS),
    ):
        copy_out(_plain(rows, columns), folder / f"{name}.csv")


def _within(start: date, end: date) -> Q:
    return (Q(valid_to=None) | Q(valid_to__gt=start)) & Q(valid_from__lte=end)


def _plain(rows: QuerySet[Any, Any], columns: tuple[str, ...]) -> QuerySet[Any, Any]:
    return rows.order_by().values_list(*columns)
