"""Offers to children without a seat by list, and what their families were given (mode `open`).

Why no ranking but the true one helps: when a family's turn comes, what is left depends only on
those before it, and it is given the first of its own ranking that is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from junheng.admissions.verify.case import Case
from junheng.admissions.verify.distances import UNKNOWN, metres
from junheng.admissions.verify.lines import Breaches, breach
from junheng.admissions.verify.tickets import Unit
from junheng.kernel.faults import gettext_noop

Offer = tuple[str, int | None]
"""A school and how far it is for the member who lives farthest, None where not known."""


def offers(case: Case) -> Breaches:
    """`offers.csv` names exactly what the rules allow to be offered, in the order of silence."""
    meant = list(_lines(case))
    said = list(case.outputs.offers or ())
    if case.outputs.offers is None:
        yield breach(gettext_noop("%(file)s is missing"), file="offers.csv")
    for row in sorted(set(meant) ^ set(said)):
        yield breach(
            gettext_noop("the offer of %(school)s to %(child)s (%(row)s) is named %(named)d times"),
            school=row[2],
            child=row[0],
            row=",".join(row[1:]),
            named=said.count(row),
        )
    if set(meant) == set(said) and meant != said:
        yield breach(gettext_noop("the offers are not in their order, or stand there twice"))


def offered(case: Case) -> Breaches:
    """Going through the turns once more gives every family the same school or none."""
    for turn in turns(case):
        for child in turn.unit.members:
            if case.diverted[child] != turn.given:
                yield breach(
                    gettext_noop("%(child)s is due at %(meant)s and was given %(said)s"),
                    child=child,
                    meant=turn.given or "-",
                    said=case.diverted[child] or "-",
                )


@dataclass(frozen=True, slots=True)
class Turn:
    """A family's turn.

    Attributes:
        offer: What it is offered, in the order in which its silence is read.
        wanted: What it takes part with, best first.
        left: Seats left then, of each school offered.
        given: The school it is given, or blank.
    """

    unit: Unit
    offer: tuple[Offer, ...]
    wanted: tuple[str, ...]
    left: Mapping[str, int]
    given: str


def turns(case: Case) -> Iterator[Turn]:
    """Let the families choose once more, one after another."""
    room = dict(case.open_to_all)
    for unit in _order(case):
        offer = tuple(offer_of(case, unit))
        wants = tuple(wanted(case, unit, [school for school, _ in offer]))
        given = next((school for school in wants if room[school] >= unit.size), "")
        yield Turn(unit, offer, wants, {school: room[school] for school, _ in offer}, given)
        if given:
            room[given] -= unit.size


def _order(case: Case) -> list[Unit]:
    """Those who were asked, in the order in which they are served."""
    answers, waiting = case.inputs.answers or {}, case.waiting
    if case.inputs.rules.silence != "last":
        return waiting
    return [u for u in waiting if u.id in answers] + [u for u in waiting if u.id not in answers]


def wanted(case: Case, unit: Unit, offer: list[str]) -> list[str]:
    """What a unit takes part with, best first; nothing before it was asked."""
    answers, rules = case.inputs.answers, case.inputs.rules
    if answers is None:
        return []
    if unit.id not in answers:
        return offer if rules.silence in ("nearest", "last") else []
    ranked = [school for school in answers[unit.id] if school in offer]
    if rules.unranked == "nearest":
        ranked += [school for school in offer if school not in ranked]
    return ranked


def offer_of(case: Case, unit: Unit) -> list[Offer]:
    """What a unit is offered, in the order in which its silence is read."""
    inputs, free = case.inputs, case.open_to_all
    listed = None if inputs.offers is None else inputs.offers.get(unit.id, ())
    schools = free if listed is None else listed
    roomy = [school for school in schools if free[school] >= unit.size]
    far = metres(inputs, unit.members, roomy)
    farthest = dict(zip(roomy, far.max(axis=0, initial=0).tolist(), strict=True))
    if listed is not None:
        return [(s, None if farthest[s] == UNKNOWN else farthest[s]) for s in roomy]
    limit = inputs.rules.max_distance_m
    most = UNKNOWN - 1 if limit is None else limit
    return [(s, far) for s, far in sorted(farthest.items(), key=_nearest) if far <= most]


def _nearest(pair: tuple[str, int]) -> tuple[int, str]:
    return pair[1], pair[0]


def _lines(case: Case) -> Iterator[tuple[str, ...]]:
    """`offers.csv` as it has to be."""
    by_child = {child: unit for unit in case.waiting for child in unit.members}
    known = {unit.id: offer_of(case, unit) for unit in case.waiting}
    for child in sorted(by_child):
        for rank, (school, far) in enumerate(known[by_child[child].id], start=1):
            free = str(case.free_after_lists[school])
            yield child, str(rank), school, "" if far is None else str(far), free
