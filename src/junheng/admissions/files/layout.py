"""The tables of an admission round: their columns, what a cell may hold, what the key is.

Source: the format page of the round, "In".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from junheng.admissions.engine.types import Mode


class Kind(Enum):
    """What a cell may hold."""

    ID = auto()
    ID_OR_BLANK = auto()
    TEXT = auto()
    DEGREES = auto()
    COUNT = auto()
    COUNT_OR_ZERO = auto()
    POSITIVE = auto()


IDENTIFIERS = (Kind.ID, Kind.ID_OR_BLANK)
NUMBERS = (Kind.COUNT, Kind.COUNT_OR_ZERO, Kind.POSITIVE)


@dataclass(frozen=True, slots=True)
class Layout:
    """One documented table.

    Attributes:
        name: File name without ending, or sheet.
        columns: What each documented column holds, in the documented order.
        key: How many columns from the first make up the key.
        optional: True where the round does without the table.
        may_be_empty: True where the table may have a header and no rows.
        modes: Modes of diversion that have the table; blank for all.
        says_by_being: True where a table without rows says something else than none.
    """

    name: str
    columns: dict[str, Kind]
    key: int
    optional: bool = False
    may_be_empty: bool = False
    modes: tuple[str, ...] = ()
    says_by_being: bool = False

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The columns that name a row."""
        return tuple(self.columns)[: self.key]


SCHOOLS = Layout(
    "schools",
    {
        "school_id": Kind.ID,
        "name": Kind.TEXT,
        "township": Kind.TEXT,
        "lon": Kind.DEGREES,
        "lat": Kind.DEGREES,
        "classes": Kind.COUNT,
        "class_size": Kind.COUNT,
        "continuing": Kind.COUNT_OR_ZERO,
        "reserved": Kind.COUNT_OR_ZERO,
    },
    key=1,
)
ZONES = Layout(
    "zones",
    {"zone_id": Kind.ID, "rank": Kind.POSITIVE, "school_id": Kind.ID, "name": Kind.TEXT},
    key=2,
    may_be_empty=True,
)
APPLICANTS = Layout(
    "applicants",
    {
        "applicant_id": Kind.ID,
        "zone_id": Kind.ID_OR_BLANK,
        "lon": Kind.DEGREES,
        "lat": Kind.DEGREES,
        "tier": Kind.POSITIVE,
        "sibling_school_id": Kind.ID_OR_BLANK,
        "group_id": Kind.ID_OR_BLANK,
    },
    key=1,
)
CHOICES = Layout(
    "choices",
    {"applicant_id": Kind.ID, "rank": Kind.POSITIVE, "school_id": Kind.ID},
    key=2,
    optional=True,
    may_be_empty=True,
)
DISTANCES = Layout(
    "distances",
    {"applicant_id": Kind.ID, "school_id": Kind.ID, "metres": Kind.COUNT},
    key=2,
    optional=True,
)

OFFERS = Layout(
    "offers",
    {"applicant_id": Kind.ID, "rank": Kind.POSITIVE, "school_id": Kind.ID},
    key=2,
    optional=True,
    modes=(Mode.OPEN,),
)
OFFER_CHOICES = Layout(
    "offer_choices",
    {"applicant_id": Kind.ID, "rank": Kind.POSITIVE, "school_id": Kind.ID},
    key=2,
    optional=True,
    may_be_empty=True,
    modes=(Mode.OPEN,),
    says_by_being=True,
)
GRADE_MOVES = Layout(
    "grade_moves",
    {"school_id": Kind.ID, "host_id": Kind.ID},
    key=2,
    optional=True,
    modes=(Mode.GRADE,),
)

LAYOUTS = {
    layout.name: layout
    for layout in (
        *(SCHOOLS, ZONES, APPLICANTS, CHOICES, DISTANCES),
        *(OFFERS, OFFER_CHOICES, GRADE_MOVES),
    )
}
RULES = "round"
"""Name of `round.toml` and of the workbook's sheet with the rules."""
