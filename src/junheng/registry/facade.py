"""What other rooms may ask of the registry: schools and zones as they are true on a day."""

from __future__ import annotations

from datetime import date

from junheng.places.facade import Place
from junheng.registry.engine.cap import CLASS_CAP, STANDARD, VERY_LARGE, band_of
from junheng.registry.selectors.schools import SchoolFacts, schools_below
from junheng.registry.selectors.zones import ZoneFacts, zones_below

__all__ = [
    "CLASS_CAP",
    "STANDARD",
    "VERY_LARGE",
    "SchoolFacts",
    "ZoneFacts",
    "band_of",
    "schools_of",
    "zones_of",
]


def schools_of(place: Place, *, on: date, level: str) -> tuple[SchoolFacts, ...]:
    """The schools of a level in a place, with the seats they plan to offer.

    Args:
        place: A county, township or village; everything that lies in it counts.
        on: The day whose facts are wanted.
        level: "primary" or "lower_secondary".

    Returns:
        One row per school, by code; empty if there is none.

    Raises:
        ValueError: If there is no such level.
    """
    return schools_below(place.path, on=on, level=_known(level))


def zones_of(place: Place, *, on: date, level: str) -> tuple[ZoneFacts, ...]:
    """The zones of a level that hold a village or block of a place.

    Args:
        place: A county, township or village.
        on: The day whose zones are wanted.
        level: "primary" or "lower_secondary".

    Returns:
        One row per zone, by code; a zone that reaches over the border comes whole.

    Raises:
        ValueError: If there is no such level.
    """
    return zones_below(place.path, on=on, level=_known(level))


def _known(level: str) -> str:
    if level not in STANDARD:
        raise ValueError(f"there is no level {level!r}")
    return level
