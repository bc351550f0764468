"""The reasons behind one child's placement: codes and figures, no sentences.

Whatever a page, a letter or `explanations.jsonl` says about a child is one of these values
put into words at the edge, so the words can be translated and the figures can be checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from junheng.admissions.engine.types import GradeReason, How


class Verdict(StrEnum):
    """What a school on a child's list answered, and why."""

    SEATED = "seated"
    """The child's seat is here."""
    NOT_NEEDED = "not-needed"
    """Never asked: the child got a school higher on its list."""
    NO_SEATS = "no-seats"
    """The school has no seat in this round."""
    OUTRANKED = "outranked"
    """All seats went to claims that come before the child's."""
    OWN_GROUP = "own-group"
    """Seats were left behind better claims, but fewer than the child's own group needs."""
    KEPT_OUT = "kept-out"
    """The child's claim was good enough; the size of a group kept it out (`Result.kept_out`)."""


class ChangeKind(StrEnum):
    """The one thing that, all other placements as they are, would have put the claim in front."""

    TIER = "tier"
    """Being in tier `value` or a lower number."""
    SIBLING = "sibling"
    """An older child at this school on the day of freezing; `value` is the school's id."""
    TICKET = "ticket"
    """A ticket smaller than `value`."""
    GROUP_SIZE = "group-size"
    """Asking for no more than `value` seats together."""


class DiversionReason(StrEnum):
    """Why a child whom its list could not seat went where it went, or nowhere."""

    LEAST_TOTAL = "least-total"
    """A single child: part of the plan that seats most children in fewest metres."""
    NEAREST_WITH_ROOM = "nearest-with-room"
    """A group: the nearest school with room for all its members, in ticket order."""
    NO_FREE_SEATS = "no-free-seats"
    """After the lists no school anywhere had a seat free."""
    TOO_FAR = "too-far"
    """Seats were free, none of them within the limit."""
    NO_ROOM_TOGETHER = "no-room-together"
    """A group: no school within the limit had as many seats free as it has members."""
    ALL_TAKEN = "all-taken"
    """Every free seat within reach is used by the plan, which has no room for one child more."""


class OfferReason(StrEnum):
    """What came of an offer to a child whom its list could not seat (mode `open`)."""

    ASKED = "asked"
    """The family is asked to rank what is offered; nothing is decided yet."""
    NOTHING_OFFERED = "nothing-offered"
    """No school with room for the child, or its group, could be offered."""
    CHOSEN = "chosen"
    """The school it ranks best among those that had room when its turn came."""
    DECLINED = "declined"
    """The family did not answer, and that means no in this round."""
    ALL_TAKEN = "all-taken"
    """None of the schools it takes part with had room when its turn came."""


class OfferVerdict(StrEnum):
    """What an offered school answered when the family's turn came."""

    OPEN = "open"
    """Offered; the family has not been asked yet."""
    TAKEN = "taken"
    """Too few seats were left by those whose turn came before."""
    SEATED = "seated"
    """The child's seat is here."""


class FullBy(StrEnum):
    """Why a school nearer than the one a child was diverted to could not take it."""

    LIST = "list"
    """No seat was free after the lists."""
    DIVERSION = "diversion"
    """Its free seats went to diverted children whom any other seat would cost more metres."""
    GROUP_SIZE = "group-size"
    """It had seats free, but fewer than the child's group needs."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim to a seat: the values a school may order by, and those of `priority` as printed.

    `printed` joins the values of `priority` by "|": the tier, 1 or 0 for a sibling at this
    school, the ticket; at a school open by lottery it is the ticket.
    """

    tier: int
    sibling: bool
    ticket: str
    printed: str


@dataclass(frozen=True, slots=True)
class Change:
    """One sufficient change; `value` is a figure or an id, never a sentence."""

    kind: ChangeKind
    value: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The drawing of a school open by lottery, as one child sees it.

    Attributes:
        families: How many took part, each group counting as one.
        number: The child's place among them by ticket, from 1; None if it took no part because
            it got a school higher on its list.
    """

    families: int
    number: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One school of a child's whole list.

    Attributes:
        rank: Place in the whole list, from 1.
        source: CHOICE for an own choice, ZONE for a school of the zone.
        seats: Seats the school had in this round.
        free: Seats still free after the lists, before diversion.
        own: The child's claim at this school.
        last: Claim of the last unit seated by list; None while list seats stay free.
        changes: Each alone would have put the claim in front of the one that decided; it
            speaks of the placements as they are, not of a second round: in a second round
            the child moved aside might take another seat, and so on.
        drawing: Of a school open by lottery; None elsewhere.
    """

    school_id: str
    rank: int
    source: How
    seats: int
    free: int
    own: Claim
    last: Claim | None
    verdict: Verdict
    changes: tuple[Change, ...]
    drawing: Drawing | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """A school not on the list where the claim would have been good enough.

    Never one open by lottery: whoever did not name it took no part in its drawing.

    `distance_m` is None where no distance is known; `free` and `last` as in `Listed`.
    """

    school_id: str
    distance_m: int | None
    free: int
    last: Claim | None


@dataclass(frozen=True, slots=True)
class Nearer:
    """A school nearer than the one the child was diverted to, and why it was full.

    `price_m` is what one more seat there would have saved in all, in whole metres.
    """

    school_id: str
    distance_m: int
    price_m: int
    full_by: FullBy


@dataclass(frozen=True, slots=True)
class Diverted:
    """Why the diversion placed the child where it did, or nowhere.

    Attributes:
        distance_m: Metres to the school; None if unplaced.
        price_m: The school's price; None if unplaced.
        nearer: The nearest of the schools that are nearer and were full, at most five;
            for an unplaced child the nearest schools within the limit.
        nearer_count: How many such schools there are in all.
    """

    reason: DiversionReason
    distance_m: int | None
    price_m: int | None
    nearer: tuple[Nearer, ...]
    nearer_count: int


@dataclass(frozen=True, slots=True)
class Offer:
    """One offered school.

    Attributes:
        distance_m: Whole metres of the member who lives farthest; None if not known.
        ranked: Whether the family ranked it itself.
        left: Seats left when the family's turn came; before it was asked, free after the lists.
    """

    school_id: str
    distance_m: int | None
    ranked: bool
    left: int
    verdict: OfferVerdict


@dataclass(frozen=True, slots=True)
class Offered:
    """What a child without a seat by list was offered and what came of it.

    Attributes:
        turn: Its place among all who were offered something or nothing, from 1.
        answered: Whether the family ranked anything.
        offered_count: Schools offered.
        taken_count: Schools that it would rather have had, or all it takes part with.
        schools: The best ten of those, then the one where the seat is; before the family was
            asked, the first ten that are offered.
    """

    reason: OfferReason
    turn: int
    answered: bool
    offered_count: int
    taken_count: int
    schools: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of the entering grade that a child belongs to (mode `grade`).

    Attributes:
        school_id: The school over plan; None if none on the child's list may move.
        host_id: Where the grade goes; None if it stays.
        children: The whole grade.
        without_seat: Those of it without a seat by list.
        distance_m: Whole metres from school to host; None if it stays.
    """

    reason: GradeReason
    school_id: str | None
    host_id: str | None
    children: int
    without_seat: int
    distance_m: int | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one child is where it is, in codes and figures.

    Attributes:
        school_id: None if unplaced.
        list_rank: Place of its school by list in the whole list, from 1; 0 without one.
        distance_m: None if unplaced or not known.
        seats_needed: 1, or the members of the child's group.
        listed: Every school of the whole list, by rank.
        missed: For a child not seated by list: at most three schools not on its list that
            would have had a seat for its claim, nearest first; only schools nearer than the
            one it was diverted to.
        diverted: None unless the diversion (mode `zone`) had to deal with the child.
        offered: None unless the child had to be offered schools (mode `open`).
        moved: None unless the child moves with its grade, or has no seat (mode `grade`).
    """

    applicant_id: str
    how: How
    school_id: str | None
    list_rank: int
    distance_m: int | None
    seats_needed: int
    listed: tuple[Listed, ...]
    missed: tuple[Missed, ...]
    diverted: Diverted | None
    offered: Offered | None = None
    moved: Moved | None = None
