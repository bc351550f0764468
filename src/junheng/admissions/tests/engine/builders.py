"""Rounds in a few words: only what a test is about has to be spelled out.

A letter is a school, a word a child: `a_round({"A": 1}, child("wei", "A"), child("na", "A"))`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from junheng.admissions.engine.types import (
    NONE,
    Applicants,
    Ints,
    Key,
    Lists,
    Method,
    Mode,
    Ranking,
    Result,
    Round,
    Rules,
    Schools,
    Zones,
)

RULES = Rules(
    ref="test",
    year=2026,
    level="primary",
    class_cap=55,
    priority=(Key.TIER, Key.SIBLING, Key.TICKET),
    choices_only=False,
    bbox=None,
    method=Method.HMAC,
    seed="seed",
    mode=Mode.NONE,
    max_distance_m=None,
)
"""By tier, sibling, ticket; no diversion."""

KM = 1 / 111.195
"""About a kilometre, in degrees along the equator or a meridian."""


@dataclass(frozen=True)
class Child:
    name: str
    choices: str = ""
    zone: str = ""
    tier: int = 1
    sibling: str = ""
    group: str = ""
    at: tuple[float, float] | None = None


def child(name: str, choices: str = "", **facts: Any) -> Child:
    return replace(Child(name, choices), **facts)


def a_round(
    seats: Mapping[str, int],
    *children: Child,
    zones: Mapping[str, str] | None = None,
    sites: Mapping[str, tuple[float, float]] | None = None,
    distances: Mapping[tuple[str, str], int] | None = None,
    offers: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    moves: Mapping[str, str] | None = None,
    **rules: Any,
) -> Round:
    """A round with these schools and children; a zone's schools are its value's letters.

    So are those that a child is offered or ranks, and those to which a school's grade may move.
    """
    schools = sorted(seats)
    index = {name: i for i, name in enumerate(schools)}
    applicants = _applicants(children, index, sorted(zones or {}))
    names = {name: i for i, name in enumerate(applicants.ids)}
    return Round(
        rules=replace(RULES, **rules),
        schools=_schools(schools, seats, sites or {}),
        zones=_zones(zones or {}, index),
        applicants=applicants,
        distances=None
        if distances is None
        else {(names[who], index[where]): metres for (who, where), metres in distances.items()},
        offers=_ranking(offers, applicants.ids, index),
        answers=_ranking(answers, applicants.ids, index),
        moves=_ranking(moves, schools, index),
    )


def _ranking(
    given: Mapping[str, str] | None, owners: Sequence[str], index: Mapping[str, int]
) -> Ranking | None:
    if given is None:
        return None
    lists = lists_from([[index[s] for s in given.get(owner, "")] for owner in owners])
    return Ranking(lists.start, lists.school)


def seated(the_round: Round, school: Iterable[int]) -> dict[str, str]:
    """Child → school by name, "" without one."""
    names = [*the_round.schools.ids, ""]
    return {who: names[s] for who, s in zip(the_round.applicants.ids, school, strict=True)}


def seats_of(the_round: Round, result: Result) -> dict[str, str]:
    return seated(the_round, result.school.tolist())


def by_ring(names: Sequence[str]) -> dict[str, Any]:
    """Rules under which the alphabetical order of the children is that of their tickets."""
    assert list(names) == sorted(names)
    return {"method": Method.RING, "seed": "1:1"}


def ints(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


def lists_from(lists: Sequence[Sequence[int]]) -> Lists:
    lengths = ints(*map(len, lists))
    start = np.concatenate((ints(0), np.cumsum(lengths)))
    return Lists(start, ints(*(s for one in lists for s in one)), lengths)


def _schools(
    ids: list[str], seats: Mapping[str, int], sites: Mapping[str, tuple[float, float]]
) -> Schools:
    site = [sites.get(name, (math.nan, math.nan)) for name in ids]
    nothing = np.zeros(len(ids), dtype=np.int64)
    count = ints(*(seats[name] for name in ids))
    return Schools(
        ids=tuple(ids),
        names=tuple(ids),
        townships=("",) * len(ids),
        lon=np.array([lon for lon, _ in site]),
        lat=np.array([lat for _, lat in site]),
        classes=nothing + 1,
        class_size=count,
        continuing=nothing,
        reserved=nothing,
        seats=count,
    )


def _zones(zones: Mapping[str, str], index: Mapping[str, int]) -> Zones:
    ids = sorted(zones)
    lists = lists_from([[index[s] for s in zones[zone]] for zone in ids])
    return Zones(tuple(ids), tuple(ids), lists.start, lists.school)


def _applicants(
    children: Sequence[Child], index: Mapping[str, int], zones: list[str]
) -> Applicants:
    ordered = sorted(children, key=lambda one: one.name.encode())
    groups = sorted({one.group for one in ordered if one.group})
    place = [one.at or (math.nan, math.nan) for one in ordered]
    lists = lists_from([[index[s] for s in one.choices] for one in ordered])
    return Applicants(
        ids=tuple(one.name for one in ordered),
        zone=ints(*(zones.index(one.zone) if one.zone else NONE for one in ordered)),
        lon=np.array([lon for lon, _ in place]),
        lat=np.array([lat for _, lat in place]),
        tier=ints(*(one.tier for one in ordered)),
        sibling_school=ints(*(index.get(one.sibling, NONE) for one in ordered)),
        group=ints(*(groups.index(one.group) if one.group else NONE for one in ordered)),
        group_ids=tuple(groups),
        choice_start=lists.start,
        choice=lists.school,
    )
