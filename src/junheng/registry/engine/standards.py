"""What a school needs for every hundred pupils, as versioned data.

Source: rules for the supervision of high-quality balanced development of compulsory education in
counties (2017), seven indicators of resources, by level. That the indicators which a school
misses must reach at least 85 % could not be confirmed and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from junheng.kernel.levels import Level


class Indicator(StrEnum):
    """A resource indicator, by the name it has in files; the order is that of the rules."""

    QUALIFIED_TEACHERS = "qualified_teachers"
    BACKBONE_TEACHERS = "backbone_teachers"
    SPORT_AND_ARTS_TEACHERS = "sport_and_arts_teachers"
    TEACHING_AREA = "teaching_area"
    SPORTS_AREA = "sports_area"
    EQUIPMENT_VALUE = "equipment_value"
    MULTIMEDIA_ROOMS = "multimedia_rooms"


PER_HUNDRED = frozenset(
    {
        Indicator.QUALIFIED_TEACHERS,
        Indicator.BACKBONE_TEACHERS,
        Indicator.SPORT_AND_ARTS_TEACHERS,
        Indicator.MULTIMEDIA_ROOMS,
    }
)
"""People and rooms: for every 100 pupils, and counted whole. The others are for each pupil."""


@dataclass(frozen=True, slots=True)
class Standard:
    """What the rules ask of the schools of one level.

    Attributes:
        thresholds: The least for every indicator: per 100 pupils for `PER_HUNDRED`; square metres
            per pupil for areas; yuan per pupil for equipment.
        most_cv: The largest coefficient of variation between schools; unitless, for each
            indicator.
        least_met: How many of the seven a school has to reach.
        least_pupils: A teaching point with fewer pupils does not count.
    """

    thresholds: Mapping[Indicator, float]
    most_cv: float
    least_met: int = 6
    least_pupils: int = 50


def _standard(most_cv: float, *thresholds: float) -> Standard:
    return Standard(dict(zip(Indicator, thresholds, strict=True)), most_cv)


STANDARDS: Mapping[str, Mapping[Level, Standard]] = {
    "2017": {
        Level.PRIMARY: _standard(0.50, 4.2, 1.0, 0.9, 4.5, 7.5, 2000.0, 2.3),
        Level.LOWER_SECONDARY: _standard(0.45, 5.3, 1.0, 0.9, 5.8, 10.2, 2500.0, 2.4),
    }
}
"""The standards by version and level; a new one is added, none is changed."""

LATEST = "2017"

ABOVE_REQUIRED: Mapping[Level, tuple[str, ...]] = {
    Level.PRIMARY: ("college", "bachelor", "master", "doctor"),
    Level.LOWER_SECONDARY: ("bachelor", "master", "doctor"),
}
"""Qualifications above what the Teachers Law of 1993, Art. 11, requires for each level: a normal
school for primary, a college for lower secondary schools."""

RETENTION_ASKED = 0.95
"""Three-year retention of lower secondary schools that the same rules ask for; unitless."""
