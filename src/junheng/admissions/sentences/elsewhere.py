"""What came of an offer, and of an entering grade that was to move, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from junheng.admissions.engine.reasons import (
    Explanation,
    Moved,
    Offer,
    Offered,
    OfferReason,
    OfferVerdict,
)
from junheng.admissions.engine.types import GradeReason


class Teller(Protocol):
    """Who speaks the reader's language and knows the schools' names."""

    def gettext(self, message: str, /) -> str:
        """A source sentence in the reader's language."""

    def name(self, school_id: str) -> str:
        """What a school is called."""

    def several(self, school_ids: Sequence[str]) -> str:
        """Several schools in a row."""

    def way(self, metres: int) -> str:
        """A distance as people say it."""


def told_of_offer(teller: Teller, offered: Offered, needed: int) -> Iterator[str]:
    """What a family was offered, what it said, and what was left when its turn came.

    Args:
        teller: Words and names.
        offered: The engine's reasons.
        needed: Seats that the child, or its group, needs.
    """
    gettext = teller.gettext
    if offered.reason is OfferReason.NOTHING_OFFERED:
        yield gettext(
            "No school with seats enough could be offered: none was left, or none in reach."
        )
        return
    yield gettext("Schools with free seats that the family is offered: %(count)s.") % {
        "count": offered.offered_count
    }
    if offered.reason is OfferReason.ASKED:
        yield from _asked(teller, offered)
        return
    yield _answer(teller, offered)
    yield gettext(
        "Families chose one after another in the order of their tickets; this one was number "
        "%(turn)s."
    ) % {"turn": offered.turn}
    for row in offered.schools:
        yield _at_the_turn(teller, row, needed)
    if more := offered.taken_count - sum(r.verdict is OfferVerdict.TAKEN for r in offered.schools):
        yield gettext("Further schools that were taken when the turn came: %(count)s.") % {
            "count": more
        }


def _asked(teller: Teller, offered: Offered) -> Iterator[str]:
    gettext = teller.gettext
    names = teller.several([row.school_id for row in offered.schools])
    if offered.offered_count > len(offered.schools):
        yield gettext("The first of them are: %(schools)s.") % {"schools": names}
    else:
        yield gettext("They are: %(schools)s.") % {"schools": names}
    yield gettext(
        "The family now ranks these schools; nothing is decided before the day for that is over."
    )


def _answer(teller: Teller, offered: Offered) -> str:
    gettext = teller.gettext
    if offered.answered:
        return gettext("The family ranked them.")
    if offered.reason is OfferReason.DECLINED:
        return gettext(
            "The family did not answer. By the rules of this round that means that it wants none "
            "of them."
        )
    return gettext(
        "The family did not answer. By the rules of this round it took part with the schools in "
        "the order in which they were offered."
    )


def _at_the_turn(teller: Teller, row: Offer, needed: int) -> str:
    figures = {"school": teller.name(row.school_id), "left": row.left, "needed": needed}
    if row.verdict is OfferVerdict.SEATED:
        message = teller.gettext(
            "Of the schools that still had room then, %(school)s is the first on its ranking."
        )
    elif row.left:
        message = teller.gettext(
            "%(school)s had seats left then (%(left)s), but fewer than the %(needed)s that the "
            "group needs together."
        )
    else:
        message = teller.gettext("%(school)s had no seat left then.")
    return message % figures


def told_of_grade(teller: Teller, moved: Moved, e: Explanation) -> Iterator[str]:
    """Why a child's entering grade moved, or why it could not.

    Args:
        teller: Words and names.
        moved: The engine's reasons.
        e: The whole explanation.
    """
    gettext = teller.gettext
    if moved.reason is GradeReason.NOT_MOVABLE:
        yield gettext("The entering grade of no school on the list may move in this round.")
        return
    figures = {
        "school": teller.name(moved.school_id or ""),
        "host": teller.name(moved.host_id or ""),
        "children": moved.children,
        "without": moved.without_seat,
        "way": teller.way(moved.distance_m or 0),
    }
    yield (
        gettext(
            "%(children)s children are due in the entering grade of %(school)s, and %(without)s of "
            "them found no seat by list."
        )
        % figures
    )
    yield _what_became(teller, moved.reason) % figures
    if moved.reason is GradeReason.MOVED and e.list_rank:
        yield (
            gettext("By list the child had a seat at %(school)s; it moves with its grade.")
            % figures
        )


def _what_became(teller: Teller, reason: GradeReason) -> str:
    gettext = teller.gettext
    told = {
        GradeReason.MOVED: gettext(
            "So that nobody is picked out and all stay together, the whole grade is taught at "
            "%(host)s, %(way)s from %(school)s."
        ),
        GradeReason.NO_ROOM: gettext(
            "No school to which this grade may move has seats for all of it, and a grade is never "
            "split."
        ),
        GradeReason.TOO_FAR: gettext(
            "The schools with seats for the whole grade are farther away than the rules of this "
            "round allow."
        ),
        GradeReason.HOST_TAKEN: gettext(
            "The schools with seats for the whole grade take the grades of other schools, by the "
            "plan that gives most children a seat in the fewest metres."
        ),
    }
    return told[reason]
