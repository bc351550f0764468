"""Which days are worked where."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from junheng.cases.engine.calendar import WorkCalendar
from junheng.cases.models import WorkDay
from junheng.cases.models.calendar import EVERYWHERE


@dataclass(slots=True)
class Calendars:
    """The calendars of all places, from one question to the database."""

    _rows: list[tuple[str, date, bool]] = field(default_factory=list)
    _made: dict[tuple[str, ...], WorkCalendar] = field(default_factory=dict)

    def at(self, path: str) -> WorkCalendar:
        """The calendar of a place: the country's, but for what is said nearer to it."""
        paths = tuple(sorted({row[0] for row in self._rows if path.startswith(row[0])}, key=len))
        if paths not in self._made:
            self._made[paths] = self._make(paths)
        return self._made[paths]

    def _make(self, paths: tuple[str, ...]) -> WorkCalendar:
        said: dict[date, bool] = {}
        for nearer in paths:
            said |= {day: works for path, day, works in self._rows if path == nearer}
        return WorkCalendar(
            off=frozenset(day for day, works in said.items() if not works),
            worked=frozenset(day for day, works in said.items() if works),
        )


def calendars() -> Calendars:
    """All of them."""
    return Calendars(list(WorkDay.objects.values_list("path", "day", "works")))


def work_days_after(day: date, count: int, *, path: str = EVERYWHERE) -> date:
    """The working day that comes `count` working days after a day, at a place."""
    return calendars().at(path).after(day, count)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of the calendar as the page shows it; `own` if the county set it itself."""

    pk: int
    day: date
    works: bool
    name: str
    own: bool


def year_of(path: str, year: int) -> list[CalendarDay]:
    """The days of a year that are other than the week says, as they hold at a place."""
    found: dict[date, CalendarDay] = {}
    rows = WorkDay.objects.filter(day__year=year, path__in=[EVERYWHERE, path])
    for row in sorted(rows, key=lambda row: len(row.path)):
        found[row.day] = CalendarDay(row.pk, row.day, row.works, row.name, row.path != EVERYWHERE)
    return [found[day] for day in sorted(found)]


def years_known() -> list[int]:
    """The years of which the country's days are known."""
    return sorted({day.year for day in WorkDay.objects.values_list("day", flat=True)})
