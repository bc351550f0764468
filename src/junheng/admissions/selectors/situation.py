"""How a round stands while applications come in: by school, township, hour and day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count as Number
from django.db.models.functions import TruncDate, TruncHour
from django.utils import timezone

from junheng.admissions.models import Application, PlannedIntake, Round
from junheng.admissions.selectors.applications import (
    Board,
    Count,
    board_from,
    counted,
    made_in,
)
from junheng.kernel.school_year import SchoolYear
from junheng.registry.facade import zones_of

State = Application.State
WAITS = (State.RECEIVED, State.CHECKING, State.REVIEW, State.ASKED)
HOURS_SHOWN, DAYS_SHOWN = 48, 14


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
        board: The figures of the whole round, as the board of applications has them.
    """

    total: Line
    schools: tuple[Line, ...]
    townships: tuple[Line, ...]
    hours: tuple[tuple[datetime, int], ...]
    days: tuple[Day, ...]
    unplaced: int
    board: Board


def situation_of(the_round: Round, now: datetime | None = None) -> Situation:
    """Count a round's applications, in a handful of queries."""
    moment = now or timezone.now()
    made = made_in(the_round)
    counts = counted(made, moment)
    zones, plan = _by_zone(counts), _plan(the_round)
    schools = _by_school(zones, _first_schools(the_round), plan)
    total = _sum("", "", [*zones.values()])
    seats = sum(line.seats or 0 for line in plan.values())
    rows = made.exclude(state=State.WITHDRAWN)
    return Situation(
        total=replace(total, seats=seats),
        schools=tuple(sorted(schools, key=lambda line: (-(line.share or 0), line.name, line.code))),
        townships=tuple(_by_township(schools)),
        hours=tuple(_hours(rows, moment)),
        days=tuple(_days(rows, moment)),
        unplaced=total.applied - sum(line.applied for line in schools),
        board=board_from(counts),
    )


def _by_zone(counts: Iterable[Count]) -> dict[str, Line]:
    lines: dict[str, list[Line]] = defaultdict(list)
    for one in counts:
        if one.state != State.WITHDRAWN:
            passed = one.applications if one.state == State.PASSED else 0
            waiting = one.applications if one.state in WAITS else 0
            line = Line(one.zone, "", "", one.applications, passed, waiting, one.week)
            lines[one.zone].append(line)
    return {zone: _sum(zone, "", those) for zone, those in lines.items()}


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
    counted = dict(recent.order_by().values_list("hour").annotate(n=Number("pk")))
    steps = (first + timedelta(hours=n) for n in range(HOURS_SHOWN))
    return [(hour, counted.get(hour, 0)) for hour in steps]


def _days(rows: Any, now: datetime) -> list[Day]:
    today = timezone.localdate(now)
    came = dict(
        rows.exclude(submitted_at=None)
        .annotate(day=TruncDate("submitted_at"))
        .order_by()
        .values_list("day")
        .annotate(n=Number("pk"))
    )
    settled = dict(
        rows.exclude(decided_at=None)
        .annotate(day=TruncDate("decided_at"))
        .order_by()
        .values_list("day")
        .annotate(n=Number("pk"))
    )
    days = (today - timedelta(days=n) for n in range(DAYS_SHOWN))
    return [Day(day, came.get(day, 0), settled.get(day, 0)) for day in days]
