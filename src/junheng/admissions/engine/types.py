"""The frozen values that go into an admission round and come out of it.

One round is columns, not objects: 100,000 children are a handful of arrays, so the
algorithms stay fast and every row can be hashed. Index `i` always means "the i-th child
by UTF-8 bytes of `applicant_id`" and `s` "the s-th school by bytes of `school_id`", so
nothing that follows can depend on the order in which rows arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NONE = -1
"""No school, no group, no zone: the index that stands for a blank."""

UNPLACED_M = 10_000_000
"""What leaving a child without a seat weighs in the diversion, in metres (format page, 6)."""


class Key(StrEnum):
    """What a school may order children by."""

    TIER = "tier"
    SIBLING = "sibling"
    TICKET = "ticket"


class Method(StrEnum):
    """How tickets are drawn."""

    HMAC = "hmac-sha256"
    RING = "ring-interval"


class Mode(StrEnum):
    """What happens to children whom no school on their list could seat."""

    NONE = "none"
    ZONE = "zone"


class How(StrEnum):
    """How a child came to its seat."""

    CHOICE = "choice"
    ZONE = "zone"
    DIVERTED = "diverted"
    UNPLACED = "unplaced"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the bureau laid down before anybody knew a ticket (`round.toml`)."""

    ref: str
    year: int
    level: str
    class_cap: int
    priority: tuple[Key, ...]
    choices_only: bool
    bbox: tuple[float, float, float, float] | None
    method: Method
    seed: str
    mode: Mode
    max_distance_m: int | None


@dataclass(frozen=True, slots=True)
class Schools:
    """Schools in byte order of `ids`; every column has one entry per school.

    `seats` is classes x min(class_size, class_cap) - continuing - reserved, never negative;
    `lon`, `lat` are WGS 84 degrees, NaN where blank.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    townships: tuple[str, ...]
    lon: Floats
    lat: Floats
    classes: Ints
    class_size: Ints
    continuing: Ints
    reserved: Ints
    seats: Ints


@dataclass(frozen=True, slots=True)
class Zones:
    """Blocks and villages in byte order of `ids`, each with its schools by rank.

    Schools of zone z, rank 1 first: `school[start[z]:start[z + 1]]`.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    start: Ints
    school: Ints


@dataclass(frozen=True, slots=True)
class Applicants:
    """Children in byte order of `ids`; every column has one entry per child.

    `zone`, `sibling_school`, `group` are indexes or NONE; `group` indexes `group_ids`.
    Own choices of child i, rank 1 first: `choice[choice_start[i]:choice_start[i + 1]]`.
    """

    ids: tuple[str, ...]
    zone: Ints
    lon: Floats
    lat: Floats
    tier: Ints
    sibling_school: Ints
    group: Ints
    group_ids: tuple[str, ...]
    choice_start: Ints
    choice: Ints


@dataclass(frozen=True, slots=True)
class Round:
    """Everything a run needs and nothing else; the same round gives the same result anywhere.

    `distances` maps (child, school) to whole metres where the bureau measured its own; the
    table then decides alone. None means great circles.
    """

    rules: Rules
    schools: Schools
    zones: Zones
    applicants: Applicants
    distances: dict[tuple[int, int], int] | None = None


@dataclass(frozen=True, slots=True)
class Lists:
    """Each child's whole list: own choices, then its zone's schools not yet listed.

    Schools of child i: `school[start[i]:start[i + 1]]`; `own[i]` of them are own choices.
    """

    start: Ints
    school: Ints
    own: Ints


@dataclass(frozen=True, slots=True)
class Result:
    """What became of every child and every school.

    Attributes:
        school: School of each child, or NONE.
        how: How each child came to it.
        list_rank: Place of that school in the child's list, from 1; 0 if diverted or unplaced.
        tickets: Each child's ticket as printed: hexadecimal, or the place in the drawing.
        ticket_order: Place of each child's ticket among all units, from 0; members of a
            group share one.
        distance_m: Whole metres from home to school, NONE if unplaced or not known.
        placed_by_list: Children seated by list, per school.
        diverted_in: Children diverted to the school, per school.
        last_key: Per school, the printed `priority` values joined by "|" of the last unit
            seated by list; blank while list seats stay free.
        price_m: Per school, what one seat more would have saved the diversion in all, in
            whole metres: 0 where a seat stays free; None without diversion.
        kept_out: (child, school) pairs in which the child would rather be at the school and
            a unit that stands after the child's in its order is seated there by list: the
            size of a group kept the child out. In child then list order.
    """

    lists: Lists
    school: Ints
    how: tuple[How, ...]
    list_rank: Ints
    tickets: tuple[str, ...]
    ticket_order: Ints
    distance_m: Ints
    placed_by_list: Ints
    diverted_in: Ints
    last_key: tuple[str, ...]
    price_m: Ints | None
    kept_out: tuple[tuple[int, int], ...]
