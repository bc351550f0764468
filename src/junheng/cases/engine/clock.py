"""The clock of a case: working days used and left, when it is due, what colour that is.

The day on which a case is opened does not count; a day counts once it has begun. While a case is
paused its clock stands still: the days after the pause began, up to and with the day on which it
was resumed, do not count. The clock turns yellow one working day before it runs out, and red on
the first day after.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from junheng.cases.engine.calendar import WorkCalendar

SOON = 1
"""Working days left, from which on a clock is yellow."""

BETWEEN_LEVELS = 2
"""Working days overdue after which a case goes up another level."""


class Standing(StrEnum):
    """What a clock shows."""

    FINE = "fine"
    SOON = "soon"
    OVERDUE = "overdue"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch that does not count; `ended` is None while it lasts."""

    begun: date
    ended: date | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """How a case stands on a day.

    Attributes:
        days: Working days that it was given.
        used: Working days that have gone by, pauses left out.
        due_on: The last working day in time; of a paused case, if it were resumed today.
        standing: What colour that is.
    """

    days: int
    used: int
    due_on: date
    standing: Standing

    @property
    def left(self) -> int:
        """Working days left; negative when it is overdue."""
        return self.days - self.used

    @property
    def overdue(self) -> int:
        """Working days that it is, or was when it was stopped, overdue; else 0."""
        return max(0, -self.left)


def due_on(begun: date, days: int, pauses: Sequence[Pause], calendar: WorkCalendar) -> date:
    """The last day on which a case is in time.

    Args:
        begun: The day on which its clock began; it does not count.
        days: Working days given, 0 to 3000 less those paused.
        pauses: Pauses that have ended and do not overlap; one that lasts is left out.
        calendar: Which days are worked.
    """
    return calendar.after(begun, days + _paused(pauses, calendar))


def read(
    begun: date,
    days: int,
    pauses: Sequence[Pause],
    *,
    on: date,
    calendar: WorkCalendar,
    stopped: date | None = None,
) -> Clock:
    """How a case stands.

    Args:
        begun: The day on which its clock began; it does not count.
        days: Working days given.
        pauses: All pauses, not overlapping; at most one lasts.
        on: The day that is asked about.
        calendar: Which days are worked.
        stopped: The day on which it was answered or closed, None while it runs.
    """
    until = min(on, stopped or on)
    known = [Pause(pause.begun, min(pause.ended or until, until)) for pause in pauses]
    used = calendar.between(begun, until) - _paused(known, calendar)
    lasts = any(pause.ended is None for pause in pauses)
    return Clock(
        days,
        used,
        due_on(begun, days, known, calendar),
        _standing(days - used, stopped, paused=lasts),
    )


def levels_due(overdue: int, levels: int) -> int:
    """How many levels a case should have gone up: one when overdue, one more every two days.

    Args:
        overdue: Working days overdue, from 0.
        levels: How many there are above it.
    """
    return 0 if overdue <= 0 else min(levels, 1 + (overdue - 1) // BETWEEN_LEVELS)


def _standing(left: int, stopped: date | None, *, paused: bool) -> Standing:
    if stopped is not None:
        return Standing.STOPPED
    if paused:
        return Standing.PAUSED
    if left < 0:
        return Standing.OVERDUE
    return Standing.SOON if left <= SOON else Standing.FINE


def _paused(pauses: Iterable[Pause], calendar: WorkCalendar) -> int:
    return sum(calendar.between(p.begun, p.ended) for p in pauses if p.ended is not None)
