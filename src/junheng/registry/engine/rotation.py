"""Teachers between town and country: who has to go, who may come, and why.

The rules are data. A year of service is 365 days, so that leap years count for nobody and
against nobody; stretches in the country add up, also with years between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

DAYS_A_YEAR = 365
URBAN = "urban"
FIRST_MONTH = 9


@dataclass(frozen=True, slots=True)
class RotationRules:
    """Rules of one version; they stand in `files/rotation.toml` (REG-7).

    Attributes:
        version: What they are called in receipts and on pages.
        since: Who was recruited before this day falls under none of them.
        first_years: Years in the country that a new teacher of a city school serves first.
        years_before_city: Years in the country before a rural teacher may have a city post.
        flexible_share: Share of all posts that may be flexible; unitless.
    """

    version: str
    since: date
    first_years: int
    years_before_city: int
    flexible_share: Fraction


@dataclass(frozen=True, slots=True)
class Stretch:
    """Service at one school.

    Attributes:
        setting: `urban`, `town` or `village`: where the school stands; all but `urban` is country.
        start: First day.
        end: The day after the last; None while it lasts.
    """

    setting: str
    start: date
    end: date | None = None

    @property
    def rural(self) -> bool:
        return self.setting != URBAN


class Turn(StrEnum):
    """How somebody stands to the rules."""

    FREE = "free"  # no rule asks anything
    OWES = "owes"  # recruited for a city school, and not yet long enough in the country
    SERVES = "serves"  # the same, and in the country now
    EARLY = "early"  # has a city post before the years in the country were over
    WAITS = "waits"  # in the country, and may not have a city post yet
    READY = "ready"  # in the country long enough for a city post


@dataclass(frozen=True, slots=True)
class Duty:
    """What the rules ask of somebody, on a day.

    Attributes:
        served_days: Days in the country so far.
        owed_days: Days that are missing; 0 if none.
        due_on: Owes, early: when the country service has to begin, the next start of a school
            year. Serves, waits: when it will be done. Else None.
    """

    turn: Turn
    served_days: int
    owed_days: int
    due_on: date | None


def duty_of(
    recruited_on: date,
    recruited_for: str,
    service: Sequence[Stretch],
    *,
    on: date,
    rules: RotationRules,
) -> Duty:
    """What the rules ask of a teacher on a day.

    Args:
        recruited_on: First day in the county's service.
        recruited_for: Setting of the school that the teacher was recruited for.
        service: Stretches of teaching, in any order, none over another; later ones are ignored.
        on: The day.
        rules: The version that is applied.

    Source:
        REG-7. New city teachers serve two years in the country first; a teacher of a country
        school serves five there before a city post. The second does not bind who was recruited
        for a city school, and neither binds who was there before the rules.
    """
    served = served_days(service, on)
    now = next((s for s in service if s.start <= on and (s.end is None or on < s.end)), None)
    if now is None or recruited_on < rules.since:
        return Duty(Turn.FREE, served, 0, None)
    if recruited_for == URBAN:
        return _of_a_city_teacher(now, served, rules.first_years * DAYS_A_YEAR, on)
    return _of_a_country_teacher(now, served, rules.years_before_city * DAYS_A_YEAR, on)


def served_days(service: Sequence[Stretch], on: date) -> int:
    """Days in the country until before a day."""
    return sum(
        max(0, (min(s.end or on, on) - s.start).days) for s in service if s.rural and s.start < on
    )


def flexible_posts(posts: int, rules: RotationRules) -> int:
    """How many of so many posts may be flexible: the whole number below the share."""
    return int(posts * rules.flexible_share)


def next_start(on: date) -> date:
    """The first 1 September that is not before a day."""
    start = date(on.year, FIRST_MONTH, 1)
    return start if on <= start else date(on.year + 1, FIRST_MONTH, 1)


def _of_a_city_teacher(now: Stretch, served: int, asked: int, on: date) -> Duty:
    owed = max(0, asked - served)
    if not owed:
        return Duty(Turn.FREE, served, 0, None)
    if now.rural:
        return Duty(Turn.SERVES, served, owed, on + timedelta(days=owed))
    return Duty(Turn.OWES, served, owed, next_start(on))


def _of_a_country_teacher(now: Stretch, served: int, asked: int, on: date) -> Duty:
    owed = max(0, asked - served)
    if now.rural:
        if not owed:
            return Duty(Turn.READY, served, 0, None)
        return Duty(Turn.WAITS, served, owed, on + timedelta(days=owed))
    if owed:
        return Duty(Turn.EARLY, served, owed, next_start(on))
    return Duty(Turn.FREE, served, 0, None)
