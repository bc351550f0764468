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
    OPEN = "open"
    GRADE = "grade"


class Silence(StrEnum):
    """What it means that a family does not answer an offer (mode `open`)."""

    NEAREST = "nearest"
    """It takes part as if it had ranked what it is offered from the nearest on."""
    LAST = "last"
    """The same, but after every family that answered."""
    DECLINE = "decline"
    """It wants none of the schools."""


class Unranked(StrEnum):
    """What becomes of offered schools that a family left out of its answer (mode `open`)."""

    NEAREST = "nearest"
    """They follow those it ranked, from the nearest on."""
    DECLINE = "decline"
    """It wants none of them."""


class How(StrEnum):
    """How a child came to its seat."""

    CHOICE = "choice"
    ZONE = "zone"
    DIVERTED = "diverted"
    OFFERED = "offered"
    MOVED = "moved"
    UNPLACED = "unplaced"


HOWS = {
    1: (How.CHOICE, How.ZONE, How.DIVERTED, How.UNPLACED),
    2: tuple(How),
    3: tuple(How),
}
"""What each version of the format knows."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the bureau laid down before anybody knew a ticket (`round.toml`).

    What follows `max_distance_m` belongs to version 2; `first_run` is the SHA-256 of the
    receipt of the run that made the offers, blank as long as nobody has answered them.
    `by_lottery` belongs to version 3: `school_id`s, ascending, at which the ticket alone decides.
    """

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
    version: int = 1
    silence: Silence | None = None
    unranked: Unranked | None = None
    first_run: str = ""
    by_lottery: tuple[str, ...] = ()


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
class Ranking:
    """Schools by owner, first wish first: those of owner o are `school[start[o]:start[o + 1]]`."""

    start: Ints
    school: Ints

    def of(self, owner: int) -> list[int]:
        """The schools of one owner."""
        found: list[int] = self.school[self.start[owner] : self.start[owner + 1]].tolist()
        return found


@dataclass(frozen=True, slots=True)
class Round:
    """Everything a run needs and nothing else; the same round gives the same result anywhere.

    Attributes:
        distances: (child, school) to whole metres where the bureau measured its own; the
            table then decides alone. None means great circles.
        offers: Schools that may be offered to each child, in the order in which its silence
            is read; None: those within the limit, from the nearest on.
        answers: How each family ranks what it was offered; None before it was asked.
        moves: To which hosts each school's entering grade may move, by `school_id`.
    """

    rules: Rules
    schools: Schools
    zones: Zones
    applicants: Applicants
    distances: dict[tuple[int, int], int] | None = None
    offers: Ranking | None = None
    answers: Ranking | None = None
    moves: Ranking | None = None


@dataclass(frozen=True, slots=True)
class Lists:
    """Each child's whole list: own choices, then its zone's schools not yet listed.

    Schools of child i: `school[start[i]:start[i + 1]]`; `own[i]` of them are own choices.
    """

    start: Ints
    school: Ints
    own: Ints


@dataclass(frozen=True, slots=True)
class Offers:
    """What the units without a seat by list are offered (mode `open`), by ticket.

    Offers of the k-th unit: `[start[k], start[k + 1])` of the columns behind it.

    Attributes:
        unit: The units, index of a unit, in ticket order.
        school: Schools with room for the whole unit after the lists, in the order in which
            its silence is read.
        distance_m: Whole metres of the member who lives farthest, NONE where not known.
        answered: Whether the k-th unit's family ranked anything.
    """

    unit: Ints
    start: Ints
    school: Ints
    distance_m: Ints
    answered: Bools


class GradeReason(StrEnum):
    """What became of the entering grade of a school over plan (mode `grade`)."""

    MOVED = "moved"
    """The whole grade moves to the host."""
    NO_ROOM = "no-room"
    """No school it may move to has seats free for the whole grade."""
    TOO_FAR = "too-far"
    """Those that have are farther than the limit."""
    HOST_TAKEN = "host-taken"
    """Those that have are given to other grades, by the best plan of all."""
    NOT_MOVABLE = "not-movable"
    """Said of a child: no school on its list may move its grade at all."""


@dataclass(frozen=True, slots=True)
class Grade:
    """The entering grade of a school over plan.

    Attributes:
        school: The school.
        host: Where all of the grade goes, or NONE.
        children: The whole grade: seated there by list, and without a seat and due there.
        without_seat: Those of them without a seat by list.
        distance_m: Whole metres from school to host, NONE if it stays.
    """

    school: int
    host: int
    reason: GradeReason
    children: int
    without_seat: int
    distance_m: int


@dataclass(frozen=True, slots=True)
class Result:
    """What became of every child and every school.

    Attributes:
        school: School of each child, or NONE.
        how: How each child came to it.
        list_rank: Place of its school by list in the child's list, from 1; 0 without one. Only a
            moved child goes to another school than that.
        tickets: Each child's ticket as printed: hexadecimal, or the place in the drawing.
        ticket_order: Place of each child's ticket among all units, from 0; members of a
            group share one.
        distance_m: Whole metres from home to school, NONE if unplaced or not known.
        placed_by_list: Children seated by list, per school.
        diverted_in: Children diverted, offered or moved to the school, per school.
        last_key: Per school, the printed `priority` values joined by "|" of the last unit
            seated by list; blank while list seats stay free.
        price_m: Per school, what one seat more would have saved the diversion in all, in
            whole metres: 0 where a seat stays free; NONE at a school open by lottery, to which
            nobody is diverted; None without diversion.
        kept_out: (child, school) pairs in which the child would rather be at the school and
            a unit that stands after the child's in its order is seated there by list: the
            size of a group kept the child out. In child then list order.
        offers: What was offered; None but in mode `open`.
        grades: Schools over plan by id; none but in mode `grade`.
        grade_of: School to whose entering grade each child belongs, NONE but for those of
            `grades`.
        drawn: Units that took part in the drawing of each school open by lottery, NONE at the
            others.
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
    offers: Offers | None = None
    grades: tuple[Grade, ...] = ()
    grade_of: Ints | None = None
    drawn: Ints | None = None

    def by_list(self) -> Ints:
        """School of each child by list, NONE without one: before any grade moved."""
        seated = np.flatnonzero(self.list_rank > 0)
        school = np.full(len(self.school), NONE, dtype=np.int64)
        school[seated] = self.lists.school[self.lists.start[seated] + self.list_rank[seated] - 1]
        return school

    def moved_out(self, schools: int) -> Ints:
        """Children with a seat by list who are taught elsewhere, per school."""
        by_list = self.by_list()
        gone = by_list[(by_list != NONE) & (by_list != self.school)]
        return np.bincount(gone, minlength=schools).astype(np.int64)
