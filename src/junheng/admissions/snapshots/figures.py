"""Key figures of a round and of a result, as plain values for the pages."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from junheng.admissions.engine.types import NONE, How, Ints, Result, Round
from junheng.admissions.snapshots.results import ELSEWHERE


def figures_of(the_round: Round, result: Result) -> dict[str, Any]:
    """The result of the whole round: whole numbers only.

    Returns:
        Children by `how`, seats and free seats, metres (mean, 95 of 100 within, most) over
        children with a seat and a home, and `sizes`: how many classes have how many pupils.
    """
    by_how = Counter(how.value for how in result.how)
    seats = int(the_round.schools.seats.sum())
    free = seats - int((result.placed_by_list + result.diverted_in).sum())
    return {
        "children": len(result.how),
        "schools": len(the_round.schools.ids),
        "seats": seats,
        "free": free,
        **{how.value: by_how[how.value] for how in How},
        "elsewhere": sum(by_how[how.value] for how in ELSEWHERE),
        **metres_of(result.distance_m),
        "kept_out": len({child for child, _school in result.kept_out}),
        "sizes": class_sizes(the_round, result),
    }


def metres_of(distance_m: Ints) -> dict[str, int | None]:
    """Mean, 95th percentile (nearest rank) and most of the distances that are known."""
    known = np.sort(distance_m[distance_m != NONE])
    if not len(known):
        return {"mean_m": None, "p95_m": None, "most_m": None}
    nearest_rank = -(-95 * len(known) // 100)
    return {
        "mean_m": round(float(known.mean())),
        "p95_m": int(known[nearest_rank - 1]),
        "most_m": int(known[-1]),
    }


def class_sizes(the_round: Round, result: Result) -> list[tuple[int, int]]:
    """(pupils, classes): a school's continuing and new pupils, spread evenly over its classes."""
    schools = the_round.schools
    stayed = result.placed_by_list - result.moved_out(len(schools.ids))
    pupils = schools.continuing + stayed + result.diverted_in
    sizes: Counter[int] = Counter()
    for total, classes in zip(pupils.tolist(), schools.classes.tolist(), strict=True):
        if classes:
            small, larger = divmod(total, classes)
            sizes[small + 1] += larger
            sizes[small] += classes - larger
    return sorted((size, count) for size, count in sizes.items() if count)


def summary_of(the_round: Round, unknown_columns: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """What a preview shows of a round that was read: counts, townships, first rows."""
    applicants, schools = the_round.applicants, the_round.schools
    return {
        "counts": {
            "children": len(applicants.ids),
            "schools": len(schools.ids),
            "zones": len(the_round.zones.ids),
            "seats": int(schools.seats.sum()),
            "choices": len(applicants.choice),
            "with_choices": int((np.diff(applicants.choice_start) > 0).sum()),
            "with_sibling": int((applicants.sibling_school != NONE).sum()),
            "groups": len(applicants.group_ids),
            "without_zone": int((applicants.zone == NONE).sum()),
            "without_home": int(np.isnan(applicants.lon).sum()),
            "distances": len(the_round.distances) if the_round.distances is not None else None,
        },
        "tiers": [(tier, n) for tier, n in _counted(applicants.tier)],
        "unknown_columns": {name: list(columns) for name, columns in unknown_columns.items()},
        "demand": demand(the_round),
        "townships": townships(the_round),
    }


def demand(the_round: Round) -> list[int]:
    """Per school, in byte order, the children whose list it heads: own choice or zone."""
    applicants, zones = the_round.applicants, the_round.zones
    chosen = np.diff(applicants.choice_start) > 0
    first = np.full(len(applicants.ids), NONE, dtype=np.int64)
    first[chosen] = applicants.choice[applicants.choice_start[:-1][chosen]]
    if not the_round.rules.choices_only:
        by_zone = ~chosen & (applicants.zone != NONE)
        first[by_zone] = zones.school[zones.start[applicants.zone[by_zone]]]
    count = np.bincount(first[first != NONE], minlength=len(the_round.schools.ids))
    return [int(n) for n in count]


def townships(the_round: Round) -> list[dict[str, Any]]:
    """Schools, seats and children whose list begins there, by township; blank where unnamed."""
    schools = the_round.schools
    rows: dict[str, dict[str, Any]] = {}
    for name, seats, wanted in zip(
        schools.townships, schools.seats.tolist(), demand(the_round), strict=True
    ):
        row = rows.setdefault(name, {"name": name, "schools": 0, "seats": 0, "children": 0})
        row["schools"] += 1
        row["seats"] += seats
        row["children"] += wanted
    return sorted(rows.values(), key=lambda row: (row["seats"] - row["children"], row["name"]))


def _counted(column: Ints) -> list[tuple[int, int]]:
    values, counts = np.unique(column, return_counts=True)
    return list(zip(values.tolist(), counts.tolist(), strict=True))
