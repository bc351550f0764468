"""Retention: of a cohort, who entered, who completed, and the pupils behind each figure."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import QuerySet

from junheng.accounts.facade import User
from junheng.kernel.levels import Level
from junheng.kernel.school_year import SchoolYear
from junheng.registry.engine.ratios import RETENTION, Retention
from junheng.registry.models import Standing

COUNT_DAY = (9, 30)
"""Who is in the entry grade on this day has entered: transfers close a month after the start."""


def cohort_year(level: Level, day: date) -> int:
    """The school year in which the latest cohort entered whose last year is over."""
    return SchoolYear.of(day).start - RETENTION[level].years


def retention_of(user: User, level: Level, day: date) -> tuple[str, int, Retention]:
    """Retention of the latest cohort that is through: level, year of entry, figures.

    Entered: studying in the entry grade of a school in scope on 30 September of that year.
    Completed: the last grade of the rule, to the end of its school year, at a school in scope.
    """
    entered, stayed, completed = _counted(
        entered_of(user, level, day), completed_of(user, level, day)
    )
    return (
        level.value,
        cohort_year(level, day),
        Retention(entered=entered, stayed=stayed, joined=completed - stayed),
    )


def _counted(entered: QuerySet[Standing], completed: QuerySet[Standing]) -> tuple[int, int, int]:
    """How many entered, how many of them completed, how many completed; one look at each."""
    (first, of_first), (last, of_last) = (
        rows.order_by().values("pupil").query.sql_with_params() for rows in (entered, completed)
    )
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(entered=first, completed=last), [*of_first, *of_last])
        found: tuple[int, int, int] = cursor.fetchone()
    return found


_COUNTED = """
    WITH entered AS MATERIALIZED ({entered}), completed AS MATERIALIZED ({completed})
    SELECT (SELECT count(*) FROM entered),
        (SELECT count(*) FROM (TABLE entered INTERSECT TABLE completed) AS stayed),
        (SELECT count(*) FROM completed)
"""
"""A join is taken for a small one by the planner, and costs ten times as much."""


def entered_of(user: User, level: Level, day: date) -> QuerySet[Standing]:
    """The standings with which the cohort entered, one a pupil."""
    year = cohort_year(level, day)
    own = Standing.objects.for_user(user).studying().on(date(year, *COUNT_DAY))
    return own.filter(school_year=year, grade=RETENTION[level].entry_grade)


def completed_of(user: User, level: Level, day: date) -> QuerySet[Standing]:
    """The standings with which pupils completed the last year of the cohort, one a pupil."""
    rule = RETENTION[level]
    own = Standing.objects.for_user(user).filter(completed=True)
    return own.filter(school_year=cohort_year(level, day) + rule.years - 1, grade=rule.last_grade)


COHORT = ("entered", "stayed", "joined", "gone")


def cohort_rows(user: User, level: Level, which: str, day: date) -> QuerySet[Standing]:
    """The pupils behind a figure of retention, as the standings that it counts."""
    entered, completed = entered_of(user, level, day), completed_of(user, level, day)
    if which == "entered":
        return entered
    if which == "gone":
        return entered.exclude(pupil__in=completed.values("pupil"))
    inside = completed.filter(pupil__in=entered.values("pupil"))
    return inside if which == "stayed" else completed.exclude(pupil__in=entered.values("pupil"))
