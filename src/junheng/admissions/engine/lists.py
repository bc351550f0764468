"""Which schools a child asks, and in which order (format page, "What it means", 1)."""

from __future__ import annotations

import numpy as np

from junheng.admissions.engine.types import NONE, Applicants, Ints, Lists, Zones


def whole_lists(applicants: Applicants, zones: Zones, *, choices_only: bool) -> Lists:
    """Put each child's own choices first and its zone's schools, by rank, behind them.

    Args:
        applicants: Children with their own choices.
        zones: Zones with their schools by rank.
        choices_only: True leaves the zone's schools out, also for a child that chose none.

    Returns:
        Every child's list; a school stands in it once, at its first place.
    """
    own = np.diff(applicants.choice_start)
    children = np.arange(len(applicants.ids))
    child = np.repeat(children, own)
    school = applicants.choice
    if not choices_only:
        zone_child, zone_school = _zone_entries(applicants.zone, zones)
        child = np.concatenate((child, zone_child))
        school = np.concatenate((school, zone_school))
    kept = _first_of_each(child, school)
    child, school = child[kept], school[kept]
    start = np.searchsorted(child, np.arange(len(children) + 1))
    return Lists(start.astype(np.int64), school, own)


def _zone_entries(zone: Ints, zones: Zones) -> tuple[Ints, Ints]:
    """(child, school) for every school of every child's zone, by child and rank."""
    children = np.flatnonzero(zone != NONE)
    first = zones.start[zone[children]]
    count = zones.start[zone[children] + 1] - first
    before = np.cumsum(count) - count
    within = np.arange(count.sum()) - np.repeat(before, count)
    return np.repeat(children, count), zones.school[np.repeat(first, count) + within]


def _first_of_each(child: Ints, school: Ints) -> Ints:
    """Indexes of the first mention of each (child, school), by child, else as they stood."""
    width = int(school.max(initial=0)) + 1
    _, first = np.unique(child * width + school, return_index=True)
    first.sort()
    return np.asarray(first[np.argsort(child[first], kind="stable")])
