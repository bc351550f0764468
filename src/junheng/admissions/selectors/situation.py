"""How a round stands while applications come in: by school, township, hour and day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncDate, TruncHour
from django.utils import timezone

from junheng.admissions.models import Application, PlannedIntake, Round
from junheng.kernel.school_year import SchoolYear
from junheng.registry.facade import zones_of

State = Application.State
WAITS = (State.RECEIVED, State.CHECKING, State.REVIEW, State.ASKED)
HOURS_SHOWN, DAYS_SHOWN = 48, 14
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Line:
    """A school or township in figures; children, and seats.

    Attributes:
        applied: Applications that were not taken back.
        passed, waiting: How many of them are checked, or wait for a check, a reviewer, a paper.
        week: How many of them came within the last seven days.
        seats: Planned; None for a place without a plan.
    """

    code: str
    name: str
    township: str
    applied: int = 0
    passed: int = 0
    waiting: int = 0
    week: int = 0
    seats: int | None = None

    @property
    def over(self) -> int:
        """Applications beyond the plan, 0 where there is none."""
        return max(0, self.applied - self.seats) if self.seats is not None else 0

    @property
    def share(self) -> float | None:
        """Applications beside seats, unitless; None without seats."""
        return self.applied / self.seats if self.seats else None


@dataclass(frozen=True, slots=True)
class Day:
    """What one day brought."""

    day: date
    applied: int
    settled: int


@dataclass(frozen=True, slots=True)
class Situation:
    """A round on one page.

    Attributes:
        total: All applications.
        schools: By share of applications beside seats, the most asked for first; the school is
            the first of the zone that the home lies in.
        townships: The same by township, by name.
        hours: Beginning of each hour and how many came in it, oldest first, without gaps.
        days: The last days, newest first.
        unplaced: Applications whose zone is not known yet.
        by_person: How many of the checked ones needed a person.
    """

    total: Line
    schools: tuple[Line, ...]
    townships: tuple[Line, ...]
    hours: tuple[tuple[datetime, int], ...]
    days: tuple[Day, ...]
    unplaced: int
    by_person: int

    @property
    def zero_trips(self) -> float | None:
        """Share of the checked ones that passed without a person; unitless, None without any."""
        return 1 - self.by_person / self.total.passed if self.total.passed else None


def situation_of(the_round: Round, now: datetime | None = None) -> Situation:
    """Count a round's applications, in a handful of queries."""
    moment = now or timezone.now()
    rows = Application.objects.filter(round=the_round).exclude(state=State.WITHDRAWN)
    zones = _by_zone(rows, moment)
    plan = _plan(the_round)
    schools = _by_school(zones, _first_schools(the_round), plan)
    total = _sum("", "", [*zones.values()])
    seats = sum(line.seats or 0 for line in plan.values())
    by_person = rows.filter(state=State.PASSED, by_person=True).count()
    unplaced = total.applied - sum(line.applied for line in schools)
    return Situation(
        total=replace(total, seats=seats),
        schools=tuple(sorted(schools, key=lambda line: (-(line.share or 0), line.name, line.code))),
        townships=tuple(_by_township(schools)),
        hours=tuple(_hours(rows, moment)),
        days=tuple(_days(rows, moment)),
        unplaced=unplaced,
        by_person=by_person,
    )


def _by_zone(rows: Any, now: datetime) -> dict[str, Line]:
    counted = (
        rows.order_by()
        .values_list("zone")
        .annotate(
            applied=Count("pk"),
            passed=Count("pk", filter=Q(state=State.PASSED)),
            waiting=Count("pk", filter=Q(state__in=WAITS)),
            week=Count("pk", filter=Q(submitted_at__gte=now - WEEK)),
        )
    )
    return {zone: Line(zone, "", "", *figures) for zone, *figures in counted}


def _first_schools(the_round: Round) -> dict[str, str]:
    day = SchoolYear(the_round.year).starts_on
    zones = zones_of(the_round.place, on=day, level=the_round.level)
    return {zone.code: zone.schools[0] for zone in zones if zone.schools}


def _plan(the_round: Round) -> dict[str, Line]:
    rows = PlannedIntake.objects.filter(round=the_round)
    return {
        code: Line(code, name or code, township, seats=seats)
        for code, name, township, seats in rows.values_list("code", "name", "township", "seats")
    }


def _by_school(
    zones: Mapping[str, Line], schools: Mapping[str, str], plan: Mapping[str, Line]
) -> list[Line]:
    counted: dict[str, list[Line]] = defaultdict(list)
    for zone, line in zones.items():
        if zone in schools:
            counted[schools[zone]].append(line)
    known = dict.fromkeys([*plan, *counted])
    lines = []
    for code in known:
        planned = plan.get(code, Line(code, code, ""))
        summed = _sum(code, planned.name, counted.get(code, []))
        lines.append(replace(summed, township=planned.township, seats=planned.seats))
    return lines


def _by_township(schools: Iterable[Line]) -> list[Line]:
    grouped: dict[str, list[Line]] = defaultdict(list)
    for line in schools:
        grouped[line.township].append(line)
    return [
        replace(_sum(name, name, lines), seats=sum(line.seats or 0 for line in lines))
        for name, lines in sorted(grouped.items())
    ]


def _sum(code: str, name: str, lines: Iterable[Line]) -> Line:
    figures = [(one.applied, one.passed, one.waiting, one.week) for one in lines]
    summed = [sum(column) for column in zip(*figures, strict=True)] or [0, 0, 0, 0]
    return Line(code, name, "", *summed)


def _hours(rows: Any, now: datetime) -> list[tuple[datetime, int]]:
    last = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    first = last - timedelta(hours=HOURS_SHOWN - 1)
    recent = rows.filter(submitted_at__gte=first).annotate(hour=TruncHour("submitted_at"))
    counted = dict(recent.order_by().values_list("hour").annotate(n=Count("pk")))
    steps = (first + timedelta(hours=n) for n in range(HOURS_SHOWN))
    return [(hour, counted.get(hour, 0)) for hour in steps]


def _days(rows: Any, now: datetime) -> list[Day]:
    today = timezone.localdate(now)
    came = dict(
        rows.exclude(submitted_at=None)
        .annotate(day=TruncDate("submitted_at"))
        .order_by()
        .values_list("day")
        .annotate(n=Count("pk"))
    )
    settled = dict(
        rows.exclude(decided_at=None)
        .annotate(day=TruncDate("decided_at"))
        .order_by()
        .values_list("day")
        .annotate(n=Count("pk"))
    )
    days = (today - timedelta(days=n) for n in range(DAYS_SHOWN))
    return [Day(day, came.get(day, 0), settled.get(day, 0)) for day in days]
