"""What the demo county consists of: frozen rows, from the county down to a child."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

COUNTY = "990100"
PREFECTURE = "9901"
PROVINCE = "99"
"""Codes of the invented county: GB/T 2260 leaves everything that begins with 99 unused."""


class Point(NamedTuple):
    """Degrees, WGS 84, rounded to 6 places (a tenth of a metre)."""

    lon: float
    lat: float


Ring = tuple[Point, ...]
"""The outline of a place: a closed ring, anticlockwise."""


@dataclass(frozen=True, slots=True)
class Township:
    """A street, town or country township; `seat` is where its office stands."""

    code: str
    name: str
    urban: bool
    seat: Point
    outline: Ring


@dataclass(frozen=True, slots=True)
class Village:
    """A village or a town block, with the children who start school this year."""

    code: str
    name: str
    root: str
    township: str
    urban: bool
    centre: Point
    outline: Ring
    entrants: int


@dataclass(frozen=True, slots=True)
class School:
    """A school as the registry and the admission round know it.

    Attributes:
        code: Ten digits that no real school has: kind, 99, serial.
        kind: `primary`, `teaching_point` or `lower_secondary`.
        setting: `urban` (the four streets), `town` (a township's seat) or `village`.
        village: Code of the village or block where it stands.
        entry_classes, class_size: The planned intake: classes of the entry grade, pupils each.
        continuing, reserved: Seats of it already taken: repeaters, seats held back by policy.
        private: It has no zone and draws lots among those who name it.
    """

    code: str
    name: str
    kind: str
    setting: str
    township: str
    village: str
    home: Point
    entry_classes: int
    class_size: int
    continuing: int
    reserved: int
    private: bool = False

    @property
    def seats(self) -> int:
        """Seats of the round, as the format page counts them; class sizes are under the cap."""
        return self.entry_classes * self.class_size - self.continuing - self.reserved


@dataclass(frozen=True, slots=True)
class Zone:
    """Villages and blocks whose children belong to the same schools, first school first."""

    code: str
    name: str
    level: str
    places: tuple[str, ...]
    schools: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """A class and how many pupils it has; `grade` counts 1 to 9 over both levels."""

    school: str
    school_year: int
    grade: int
    number: int
    size: int


@dataclass(frozen=True, slots=True)
class Entrant:
    """A child who starts primary school this year; blanks are empty text."""

    code: str
    zone: str
    village: str
    home: Point
    tier: int
    sibling_school: str
    group: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class County:
    """The whole invented county."""

    seed: str
    year: int
    province: str
    prefecture: str
    name: str
    bureau: str
    seat: Point
    outline: Ring
    bbox: tuple[float, float, float, float]
    townships: tuple[Township, ...]
    villages: tuple[Village, ...]
    schools: tuple[School, ...]
    zones: tuple[Zone, ...]
    classes: tuple[SchoolClass, ...]
    entrants: tuple[Entrant, ...]
