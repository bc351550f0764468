"""Open diversion: children without a seat by list are offered schools, and families rank them.

Format page, version 2, "What it means", 7. Families are served one after another in ticket
order, each with the school it ranks best among those that still have room. That is a serial
dictatorship: what a family says can only choose among what is left when its turn comes, so
no other ranking than the true one ever serves it better, whatever the others say, and a group
is served whole. (Deferred acceptance with one order for all schools is the same thing for
single children, and loses that property with groups.)
"""

from __future__ import annotations

import numpy as np

from junheng.admissions.engine.distance import distances_m
from junheng.admissions.engine.diversion import group_reach_m, require_known
from junheng.admissions.engine.errors import AnswersAstray
from junheng.admissions.engine.types import NONE, Ints, Offers, Round, Silence, Unranked
from junheng.admissions.engine.units import Units


def offers_of(
    the_round: Round, units: Units, *, waiting: Ints, free: Ints, ticket_order: Ints
) -> Offers:
    """What every unit without a seat by list is offered.

    Args:
        the_round: Homes, sites, the limit, or the bureau's own table of offers.
        units: All units of the round.
        waiting: Units without a seat, any order.
        free: Seats still free at each school.
        ticket_order: Place of each unit's ticket among all.

    Raises:
        HomesMissing, SitesMissing, DistancesMissing: If there is no table of offers and
            a place or a distance is not known.
    """
    turn = waiting[np.argsort(ticket_order[waiting])]
    if the_round.offers is None:
        children = np.flatnonzero(np.isin(units.of, waiting))
        require_known(the_round, children, np.flatnonzero(free > 0))
    members = _members(units)
    found = [_offered(the_round, members[unit], free) for unit in turn.tolist()]
    start = np.concatenate(([0], np.cumsum([len(school) for school, _ in found]))).astype(np.int64)
    nothing = np.zeros(0, dtype=np.int64)
    return Offers(
        unit=turn,
        start=start,
        school=np.concatenate([nothing, *(school for school, _ in found)]),
        distance_m=np.concatenate([nothing, *(metres for _, metres in found)]),
        answered=_answered(the_round, units.lead[turn]),
    )


def _members(units: Units) -> list[Ints]:
    """Children of each unit, ascending."""
    order = np.argsort(units.of, kind="stable")
    return np.split(order, np.cumsum(units.size)[:-1])


def _offered(the_round: Round, members: Ints, free: Ints) -> tuple[Ints, Ints]:
    """Schools with room for all, and how far they are, in the order in which silence is read."""
    if the_round.offers is not None:
        listed = np.array(the_round.offers.of(int(members[0])), dtype=np.int64)
        schools = listed[free[listed] >= len(members)]
        metres = distances_m(the_round, members, schools)
        return schools, np.where((metres == NONE).any(axis=0), NONE, metres.max(axis=0))
    schools = np.flatnonzero(free >= len(members))
    metres = group_reach_m(the_round, members, schools)
    order = np.argsort(metres, kind="stable")
    near = order[metres[order] != NONE]
    return schools[near], metres[near]


def _answered(the_round: Round, leads: Ints) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    if the_round.answers is None:
        return np.zeros(len(leads), dtype=np.bool_)
    return np.asarray(np.diff(the_round.answers.start)[leads] > 0)


def require_offered(the_round: Round, units: Units, offers: Offers) -> None:
    """Refuse answers that rank a school which the child was not offered.

    Raises:
        AnswersAstray: Naming every such child and school.
    """
    if the_round.answers is None:
        return
    place = {unit: k for k, unit in enumerate(offers.unit.tolist())}
    astray = []
    for child in np.flatnonzero(np.diff(the_round.answers.start) > 0).tolist():
        k = place.get(int(units.of[child]))
        offered = set() if k is None else set(_slice(offers, k))
        astray += [(child, s) for s in the_round.answers.of(child) if s not in offered]
    if astray:
        raise AnswersAstray(
            "families rank schools that they were not offered",
            children=tuple(child for child, _ in astray),
            schools=tuple(s for _, s in astray),
        )


def serve(the_round: Round, units: Units, offers: Offers, free: Ints) -> Ints:
    """Let the units choose one after another.

    Args:
        the_round: Answers, and what silence and schools left out mean.
        units: All units of the round.
        offers: What was offered.
        free: Seats free at each school after the lists.

    Returns:
        Beside `offers.unit`, the school each is given, or NONE.
    """
    room = free.tolist()
    school = np.full(len(offers.unit), NONE, dtype=np.int64)
    for k in serving_order(the_round, offers):
        need = int(units.size[offers.unit[k]])
        wanted = wishes(the_round, units, offers, k)
        school[k] = next((s for s in wanted if room[s] >= need), NONE)
        if school[k] != NONE:
            room[school[k]] -= need
    return school


def serving_order(the_round: Round, offers: Offers) -> list[int]:
    """In which order the entries of `offers` are served: by ticket, or the silent ones last."""
    everybody = list(range(len(offers.unit)))
    if the_round.rules.silence is not Silence.LAST:
        return everybody
    silent = ~offers.answered
    return sorted(everybody, key=lambda k: bool(silent[k]))


def wishes(the_round: Round, units: Units, offers: Offers, k: int) -> list[int]:
    """The offered schools that the k-th unit takes part with, best first."""
    offered = _slice(offers, k)
    if the_round.answers is None:
        return []
    if not offers.answered[k]:
        return [] if the_round.rules.silence is Silence.DECLINE else offered
    ranked = the_round.answers.of(int(units.lead[offers.unit[k]]))
    if the_round.rules.unranked is Unranked.DECLINE:
        return ranked
    return list(dict.fromkeys([*ranked, *offered]))


def _slice(offers: Offers, k: int) -> list[int]:
    found: list[int] = offers.school[offers.start[k] : offers.start[k + 1]].tolist()
    return found
