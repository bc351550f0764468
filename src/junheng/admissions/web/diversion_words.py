"""What becomes of children whom no school on their list can take, as a family reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from junheng.admissions.engine.types import Mode, Silence, Unranked
from junheng.admissions.web.words import metres


def diversion_in_words(rules: Mapping[str, Any]) -> Iterator[str]:
    """What the mode of diversion means, who goes first, what silence means, how far it may be."""
    told = {Mode.NONE: _none, Mode.ZONE: _zone, Mode.OPEN: _open, Mode.GRADE: _grade}
    yield from told[Mode(rules["mode"])](rules)


def _none(_rules: Mapping[str, Any]) -> Iterator[str]:
    yield _("Whom no school on the list can take stays without a seat in this round.")


def _zone(rules: Mapping[str, Any]) -> Iterator[str]:
    yield _(
        "Whom no school on the list can take is given a free seat nearby: as many children as "
        "possible are seated, and all their ways together are the shortest."
    )
    if limit := rules.get("max_distance_m"):
        yield _("Nobody is sent farther than %s in a straight line.") % metres(limit)


def _open(rules: Mapping[str, Any]) -> Iterator[str]:
    yield _(
        "Whom no school on the list can take is offered schools with free seats; the family "
        "says in which order it wants them."
    )
    yield _(
        "If several families want the same school, they choose one after another in the order of "
        "their lottery tickets. Each gets, of the schools with room left, the one that it ranked "
        "first; so it never helps to rank otherwise than one wishes."
    )
    yield _silence(rules)
    yield _left_out(rules)
    if limit := rules.get("max_distance_m"):
        yield _("No school farther than %s from the home is offered.") % metres(limit)


def _silence(rules: Mapping[str, Any]) -> str:
    told = {
        Silence.NEAREST: _(
            "A family that does not answer takes part in its turn, as if it had ranked the schools "
            "in the order in which they were offered, which is from the nearest on unless the "
            "bureau listed them otherwise."
        ),
        Silence.LAST: _(
            "A family that does not answer takes part after all that answered, as if it had ranked "
            "the schools in the order in which they were offered, which is from the nearest on "
            "unless the bureau listed them otherwise."
        ),
        Silence.DECLINE: _(
            "A family that does not answer wants none of the schools: the child stays without a "
            "seat in this round."
        ),
    }
    return told[Silence(rules["silence"])]


def _left_out(rules: Mapping[str, Any]) -> str:
    if rules["unranked"] == Unranked.NEAREST.value:
        return _(
            "Schools that a family leaves out when it answers follow those that it ranked, in the "
            "order in which they were offered."
        )
    return _("A family that answers is given none of the schools that it leaves out.")


def _grade(rules: Mapping[str, Any]) -> Iterator[str]:
    yield _(
        "A school is over plan if a child finds no seat at any school on its list and this is the "
        "first of them that may move. Nobody is picked out of it: its whole entering grade, "
        "children with and without a seat, moves together to one other school that was named "
        "beforehand and has room for all."
    )
    yield _(
        "If several schools need the same site, the plan counts by which most children without a "
        "seat get one; if plans are equal, the one by which all children together move the fewest "
        "metres; if these are equal too, the school whose code comes first chooses first."
    )
    yield _(
        "A grade for which no site is left stays: who has a seat keeps it, and the others stay "
        "without a seat in this round."
    )
    yield _(
        "Families are not asked about the move: who says nothing neither gains nor loses by it."
    )
    if limit := rules.get("max_distance_m"):
        yield _("No grade moves farther than %s in a straight line, school to school.") % metres(
            limit
        )
