"""Villages that became part of others: where somebody looks for them today."""

from __future__ import annotations

from collections.abc import Iterable

from junheng.aid.models import VillageMerge
from junheng.places.facade import Level, Place


def merge_of(place: Place) -> VillageMerge | None:
    """How a village became part of another one; None for any other place."""
    if place.level != Level.VILLAGE:
        return None
    rows = VillageMerge.objects.filter(village=place)
    return rows.select_related("into").defer("into__outline").first()


def part_of(place: Place) -> Place:
    """The village that a place is part of today; itself, unless it became part of another one."""
    while (merge := merge_of(place)) is not None:
        place = merge.into
    return place


def paths_today(villages: Iterable[Place]) -> dict[int, str]:
    """The paths under which the households of villages are seen today, by key of the village."""
    into = dict(VillageMerge.objects.values_list("village_id", "into_id"))
    targets = Place.objects.filter(pk__in=set(into.values()))
    paths: dict[int, str] = dict(targets.values_list("pk", "path"))
    paths |= {one.pk: one.path for one in villages}
    return {key: paths[_followed(into, key)] for key in paths}


def came_to(village: int) -> set[int]:
    """The keys of a village and of all that became part of it."""
    found, fresh = {village}, {village}
    while fresh:
        fresh = set(VillageMerge.objects.filter(into__in=fresh).values_list("village", flat=True))
        found |= fresh
    return found


def _followed(into: dict[int, int], village: int) -> int:
    while village in into:
        village = into[village]
    return village
