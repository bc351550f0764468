"""What a run decided, as rows of the tables that keep it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from junheng.admissions.engine.orders import open_by_lottery
from junheng.admissions.engine.types import NONE, How, Ints, Key, Result, Round
from junheng.admissions.models import Placement, PlacementReasons, SchoolResult
from junheng.admissions.snapshots.rows import Numbers, Row, Rows

ELSEWHERE = (How.DIVERTED, How.OFFERED, How.MOVED)
"""Ways to a school that no list gave."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Keys and paths of what was loaded, schools and children in byte order of their codes."""

    school_ids: Sequence[int]
    school_paths: Sequence[str]
    applicant_ids: Sequence[int]
    applicant_paths: Sequence[str]


def result_rows(
    the_round: Round,
    result: Result,
    loaded: Loaded,
    explanations: Sequence[str],
    *,
    run_id: int,
    numbers: Numbers,
) -> Iterator[Rows]:
    """Every table of a result, in an order in which references always point backwards.

    Args:
        the_round: What went in.
        result: What came out.
        loaded: Beside them, what the database calls the same schools and children.
        explanations: A line for each child, in the order of children.
        run_id: The run.
        numbers: Gives fresh primary keys.
    """
    ids = numbers(Placement, len(the_round.applicants.ids))
    yield Rows(SchoolResult, _SCHOOL_COLUMNS, _schools(the_round, result, loaded, run_id))
    yield Rows(Placement, _COLUMNS, _placements(the_round, result, loaded, run_id, ids))
    yield Rows(PlacementReasons, ("placement_id", "body"), zip(ids, explanations, strict=True))


_SCHOOL_COLUMNS = (
    *("run_id", "school_id", "seats", "placed_by_list", "diverted_in", "moved_out", "free"),
    *("refused", "last_key", "price_m", "path"),
)


def _schools(the_round: Round, result: Result, loaded: Loaded, run_id: int) -> Iterator[Row]:
    count = len(the_round.schools.ids)
    seats, by_list, diverted = the_round.schools.seats, result.placed_by_list, result.diverted_in
    prices = [NONE] * count if result.price_m is None else result.price_m.tolist()
    return zip(
        [run_id] * count,
        loaded.school_ids,
        seats.tolist(),
        by_list.tolist(),
        diverted.tolist(),
        result.moved_out(count).tolist(),
        (seats - by_list - diverted).tolist(),
        refused(result, count).tolist(),
        result.last_key,
        (None if price == NONE else price for price in prices),
        loaded.school_paths,
        strict=True,
    )


_COLUMNS = (
    *("id", "run_id", "applicant_id", "school_id", "code", "how", "list_rank", "tier", "ticket"),
    *("ticket_order", "distance_m", "place_in_order", "path", "school_path"),
)


def _placements(
    the_round: Round, result: Result, loaded: Loaded, run_id: int, ids: Sequence[int]
) -> Iterator[Row]:
    applicants, schools = the_round.applicants, result.school.tolist()
    return zip(
        ids,
        [run_id] * len(ids),
        loaded.applicant_ids,
        _where(schools, loaded.school_ids, blank=None),
        applicants.ids,
        (how.value for how in result.how),
        (rank or None for rank in result.list_rank.tolist()),
        applicants.tier.tolist(),
        result.tickets,
        result.ticket_order.tolist(),
        (None if metres == NONE else metres for metres in result.distance_m.tolist()),
        (place or None for place in places_in_order(the_round, result).tolist()),
        loaded.applicant_paths,
        _where(schools, loaded.school_paths, blank=""),
        strict=True,
    )


def _where(schools: list[int], values: Sequence[Any], *, blank: Any) -> Iterator[Any]:
    return (blank if school == NONE else values[school] for school in schools)


def places_in_order(the_round: Round, result: Result) -> Ints:
    """Each child's place, from 1, in the order of the school that seats it; 0 without a seat.

    Children seated by list stand in the school's order, those who come from elsewhere follow in
    order of their tickets.
    """
    applicants, school = the_round.applicants, result.school
    diverted = result.by_list() != school
    by_lottery = np.append(open_by_lottery(the_round.schools, the_round.rules.by_lottery), False)
    by_ticket = diverted | by_lottery[school]  # there tier and sibling did not count
    values = {
        Key.TIER: applicants.tier,
        Key.SIBLING: (applicants.sibling_school != school).astype(np.int64),
        Key.TICKET: result.ticket_order,
    }
    keys = [np.where(by_ticket, result.ticket_order, values[k]) for k in the_round.rules.priority]
    children = np.arange(len(school))
    order = np.lexsort((children, *reversed(keys), diverted, school))
    at, first = np.unique(school[order], return_index=True)
    begins = dict(zip(at.tolist(), first.tolist(), strict=True))
    offset = np.array([begins[s] for s in school[order].tolist()], dtype=np.int64)
    place = np.zeros(len(school), dtype=np.int64)
    place[order] = children - offset + 1
    return np.where(school == NONE, 0, place)


def refused(result: Result, schools: int) -> Ints:
    """Per school, how many children had it on their list before, or without, a seat by list."""
    lists = result.lists
    length = np.diff(lists.start)
    reach = np.where(result.list_rank > 0, result.list_rank - 1, length)
    place = np.arange(len(lists.school)) - np.repeat(lists.start[:-1], length)
    in_vain = place < np.repeat(reach, length)
    return np.bincount(lists.school[in_vain], minlength=schools).astype(np.int64)


def flows(result: Result, loaded: Loaded) -> list[tuple[int, int, int]]:
    """(first school of the list, school sent to, children) by primary keys, largest first."""
    lists = result.lists
    moved = np.array([how in ELSEWHERE for how in result.how], dtype=bool)
    moved &= np.diff(lists.start) > 0
    first = lists.school[lists.start[:-1][moved]]
    pairs, counts = np.unique(np.stack([first, result.school[moved]]), axis=1, return_counts=True)
    ids = loaded.school_ids
    found = [
        (ids[a], ids[b], n) for (a, b), n in zip(pairs.T.tolist(), counts.tolist(), strict=True)
    ]
    return sorted(found, key=lambda flow: (-flow[2], flow))
