"""Rule 4 of the format page, gone through step by step in the plainest code there is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from junheng.admissions.verify.tickets import Unit

Standings = Callable[[Unit, str], tuple[object, ...]]
Ranked = tuple[tuple[object, ...], Unit]


def seats_by_list(
    units: Iterable[Unit], seats: Mapping[str, int], standing: Standings
) -> dict[str, str]:
    """Each unit's school by list, or blank.

    Args:
        units: Everybody who has a list.
        seats: Seats per school.
        standing: A unit's claim at a school; the smaller one comes first.
    """
    units = list(units)
    asked = _rounds(units, seats, standing)
    _use_what_stayed_free(units, dict(seats), asked)
    return {unit.id: _school(unit, asked) for unit in units}


def _rounds(units: list[Unit], seats: Mapping[str, int], standing: Standings) -> dict[str, int]:
    """How far down its list each unit had to go: the place of its school, or the list's end."""
    asked = dict.fromkeys((unit.id for unit in units), 0)
    held: dict[str, list[Ranked]] = {school: [] for school in seats}
    waiting = units
    while waiting:
        asking: defaultdict[str, list[Ranked]] = defaultdict(list)
        for unit in waiting:
            if school := _school(unit, asked):
                asking[school].append((standing(unit, school), unit))
        waiting = []
        for school, newcomers in asking.items():
            held[school], refused = _choose(sorted(held[school] + newcomers), seats[school])
            waiting += refused
        for unit in waiting:
            asked[unit.id] += 1
    return asked


def _choose(in_order: list[Ranked], room: int) -> tuple[list[Ranked], list[Unit]]:
    """Go through all in order, take each that still fits, refuse the others for good."""
    kept, refused = [], []
    for ranked in in_order:
        unit = ranked[1]
        if unit.size <= room:
            kept.append(ranked)
            room -= unit.size
        else:
            refused.append(unit)
    return kept, refused


def _use_what_stayed_free(units: list[Unit], free: dict[str, int], asked: dict[str, int]) -> None:
    """While some unit would rather have a school with enough free seats, the first one moves."""
    admirers: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in sorted(units, key=lambda unit: unit.turn):
        for school in unit.wants:
            admirers[school].append(unit)
        if school := _school(unit, asked):
            free[school] -= unit.size
    while movers := list(_movers(admirers, free, asked)):
        unit = min(movers, key=lambda unit: unit.turn)
        if school := _school(unit, asked):
            free[school] += unit.size
        better = unit.wants[: asked[unit.id]]
        asked[unit.id] = next(at for at, school in enumerate(better) if unit.size <= free[school])
        free[unit.wants[asked[unit.id]]] -= unit.size


def _movers(
    admirers: Mapping[str, list[Unit]], free: Mapping[str, int], asked: Mapping[str, int]
) -> Iterator[Unit]:
    """Of each school with free seats, the first by ticket that would rather be there and fits."""
    for school, seats in free.items():
        for unit in admirers.get(school, ()) if seats > 0 else ():
            if unit.size <= seats and school in unit.wants[: asked[unit.id]]:
                yield unit
                break


def _school(unit: Unit, asked: Mapping[str, int]) -> str:
    place = asked[unit.id]
    return unit.wants[place] if place < len(unit.wants) else ""
