"""What other rooms may ask of the registry: schools and zones as they are true on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from junheng.places.facade import Place
from junheng.registry.engine.cap import CLASS_CAP, STANDARD, VERY_LARGE, band_of
from junheng.registry.engine.where import Doubt, Finding, NumberRange
from junheng.registry.models import LEVELS
from junheng.registry.selectors import dated_rows
from junheng.registry.selectors.arrivals import Answering
from junheng.registry.selectors.belonging import Belonging, FoundZone, belonging_of
from junheng.registry.selectors.entrants import RuralEntrants, rural_below
from junheng.registry.selectors.of_family import (
    PupilInMask,
    guardians_of_phone,
    is_pupil_there,
    pupil_as_subject,
    pupil_by_number,
    pupil_of_guardian,
    pupils_in_masks,
)
from junheng.registry.selectors.pupils import (
    PupilOfNumber,
    PupilRecord,
    names_by_id,
    on_roll,
    pupils_from,
    pupils_of_numbers,
)
from junheng.registry.selectors.schools import SchoolFacts, schools_below
from junheng.registry.selectors.zones import ZoneFacts, zones_below
from junheng.registry.services.pupils import (
    ClassesFull,
    Enrolled,
    Enrolment,
    NoSuchSchool,
    enrol,
    enrolled,
)

__all__ = [
    "CLASS_CAP",
    "LEVELS",
    "STANDARD",
    "VERY_LARGE",
    "Answering",
    "Belonging",
    "ClassesFull",
    "Doubt",
    "Enrolled",
    "Enrolment",
    "Finding",
    "FoundZone",
    "NoSuchSchool",
    "NumberRange",
    "PupilInMask",
    "PupilOfNumber",
    "PupilRecord",
    "RuralEntrants",
    "SchoolFacts",
    "ZoneFacts",
    "band_of",
    "enrol",
    "enrolled",
    "find_zones",
    "guardians_of_phone",
    "is_pupil_there",
    "names_by_id",
    "on_roll",
    "pupil_as_subject",
    "pupil_by_number",
    "pupil_of_guardian",
    "pupils_from",
    "pupils_in_masks",
    "pupils_of_numbers",
    "rural_entrants",
    "schools_of",
    "write_rows",
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


def rural_entrants(place: Place) -> RuralEntrants:
    """Entrants of the rural lower secondary schools of a place, year by year.

    Args:
        place: A county or township.
    """
    return rural_below(place.path)


def find_zones(
    place: Place,
    level: str,
    *,
    on: date,
    text: str = "",
    street: str = "",
    number: str = "",
    lon: float | None = None,
    lat: float | None = None,
) -> Belonging:
    """Where an address belongs, with the schools and the reason; never a guess.

    Villages, ranges of house numbers and areas are all asked with whatever is given. Only if all
    that answer name the same zone the answer is certain.

    Args:
        place: The county, township, village or block that the address lies in; a village or
            block alone is an address already.
        level: "primary" or "lower_secondary".
        on: The day whose zones are wanted.
        text: The address in one line as somebody wrote it; 200 characters are read.
        street: A street or estate, where the address comes in parts.
        number: What follows it: "12", "12-3", a building and the like.
        lon: Degrees (WGS 84 / CGCS2000); given with `lat` or not at all.
        lat: Degrees, -89 to 89.

    Returns:
        The zones in question with their schools and reasons, whether it is certain, and doubts.

    Raises:
        ValueError: If there is no such level, or no such point.
    """
    if (lon is None) != (lat is None) or (lat is not None and not -89 <= lat <= 89):
        raise ValueError("a point has a longitude and a latitude within 89 degrees")
    return belonging_of(
        place,
        _known(level),
        on=on,
        text=text,
        street=street,
        number=number,
        lon=lon,
        lat=lat,
    )


def write_rows(place: Place, start: date, end: date, folder: Path) -> None:
    """Write the register over a stretch of time as files of plain rows; no names, no numbers.

    Args:
        place: Whose schools.
        start: First day.
        end: Last day.
        folder: Where three files without heads are put, times as days and an open end missing:
            `standings.csv` (pupil, organisation, grade, state, from, until, sex, birthday, on the
            roll since), `tags.csv` (pupil, tag, from, until) and `schools.csv` (organisation,
            lowest grade, highest grade, setting, ownership, from, until).
    """
    dated_rows.write_rows(place.path, start, end, folder)


def _known(level: str) -> str:
    if level not in STANDARD:
        raise ValueError(f"there is no level {level!r}")
    return level
