"""Working days: Monday to Friday, but for public holidays and the days worked in their stead.

Which days those are is set by the State Council each autumn for the next year (国务院办公厅节假日
安排的通知); a county may have days of its own. Both come in as data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

FRIDAY = 4
ONE_DAY = timedelta(days=1)
FARTHEST = 3_000
"""Working days that may be counted ahead: more is a mistake of typing (about twelve years)."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked.

    Attributes:
        off: Days from Monday to Friday on which nobody works.
        worked: Saturdays and Sundays on which people do.
    """

    off: frozenset[date] = field(default_factory=frozenset)
    worked: frozenset[date] = field(default_factory=frozenset)

    def is_work_day(self, day: date) -> bool:
        """Whether people work on this day; a day that is both off and worked is worked."""
        if day in self.worked:
            return True
        return day.weekday() <= FRIDAY and day not in self.off

    def after(self, day: date, count: int) -> date:
        """The working day that comes `count` working days after a day.

        The day itself does not count, as periods are counted in administrative law (行政诉讼法 and
        民法典 art. 201: the day on which a period begins is left out).

        Args:
            day: Any day, worked or not.
            count: Working days, 0 to 3000; 0 is the day itself, or the next working day.

        Raises:
            ValueError: If `count` is out of range.
        """
        if not 0 <= count <= FARTHEST:
            raise ValueError(f"{count} working days cannot be counted ahead")
        if count == 0:
            return day if self.is_work_day(day) else self.after(day, 1)
        while count:
            day += ONE_DAY
            count -= self.is_work_day(day)
        return day

    def between(self, begun: date, ended: date) -> int:
        """Working days after the one day up to and with the other; 0 if it comes before."""
        return sum(map(self.is_work_day, _days(begun, ended)))


def _days(begun: date, ended: date) -> Iterator[date]:
    return (begun + timedelta(days=n) for n in range(1, (ended - begun).days + 1))
