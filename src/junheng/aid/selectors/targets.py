"""Targets and population of villages in a year, as they were on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from junheng.accounts.facade import User
from junheng.aid.models import VillageMerge, VillageTarget


@dataclass(frozen=True, slots=True)
class Target:
    """People to leave poverty in a year, and the registered population."""

    people: int
    population: int

    def __add__(self, other: Target) -> Target:
        return Target(self.people + other.people, self.population + other.population)


def targets_on(user: User, day: date) -> dict[int, Target | None]:
    """The targets of a day's year by village, as the villages were on that day.

    A village that another one became part of has both targets together, unless its own was set
    after the merge was agreed to: then that one speaks for both. Where one of the two has none,
    nobody knows the sum: None.
    """
    merges: dict[int, list[VillageMerge]] = defaultdict(list)
    gone = VillageMerge.objects.filter(merged_on__lte=day)
    for merge in gone:
        merges[merge.into_id].append(merge)
    ended = {merge.village_id for several in merges.values() for merge in several}
    rows = VillageTarget.objects.for_user(user).filter(year=day.year)
    told = {row.village_id: row for row in rows}
    return {village: _sum(village, told, merges) for village in told if village not in ended}


def _sum(
    village: int, told: Mapping[int, VillageTarget], merges: Mapping[int, list[VillageMerge]]
) -> Target | None:
    row = told.get(village)
    if row is None:
        return None
    total = Target(row.people, row.population)
    for merge in merges.get(village, ()):
        if row.set_at < merge.recorded_at:
            more = _sum(merge.village_id, told, merges)
            if more is None:
                return None
            total += more
    return total
