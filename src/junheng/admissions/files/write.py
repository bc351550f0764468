"""The files of a result: the same inputs and seed give the same bytes anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from junheng.admissions.engine.explain import explain_all
from junheng.admissions.engine.receipt import receipt_of
from junheng.admissions.engine.types import NONE, How, Ints, Mode, Result, Round
from junheng.admissions.engine.units import units_of
from junheng.admissions.files.canonical import canonical_tables, table_hashes, write_csv
from junheng.admissions.files.explanations import explanation_lines
from junheng.admissions.files.layout import OFFER_CHOICES
from junheng.admissions.files.read import Inputs
from junheng.kernel.canonical import canonical_json

PLACEMENTS, SCHOOLS = "placements.csv", "schools_result.csv"
OFFERS, GRADES = "offers.csv", "grades.csv"
EXPLANATIONS, RECEIPT, RUN = "explanations.jsonl", "receipt.json", "run.json"
_PLACEMENT_COLUMNS = (
    "applicant_id",
    "school_id",
    "how",
    "list_rank",
    "tier",
    "ticket",
    "distance_m",
)
_SCHOOL_COLUMNS = (
    "school_id",
    "seats",
    "placed_by_list",
    "diverted_in",
    "free",
    "last_key",
    "price_m",
)
_OFFER_COLUMNS = ("applicant_id", "rank", "school_id", "distance_m", "free")
_GRADE_COLUMNS = ("school_id", "children", "without_seat", "host_id", "reason", "distance_m")
_EVERY = 1_000

Progress = Callable[[str, float], None]


def _quiet(stage: str, share: float) -> None:
    """Progress that nobody watches."""


def write_outputs(
    the_round: Round, result: Result, *, inputs: Inputs, progress: Progress = _quiet
) -> dict[str, bytes]:
    """Write a result as the format page has it.

    Args:
        the_round: The round that was run.
        result: What became of it.
        inputs: What the round was made of; its tables' hashes stand in the receipt.
        progress: Told "explanations" and the share of children explained.

    Returns:
        Contents of `placements.csv`, `schools_result.csv`, `explanations.jsonl` and
        `receipt.json` by name, with `offers.csv` or `grades.csv` in the modes that have them.
        `run.json`, who and when, is the caller's to add.

    Source:
        The public format "An admission round in files", versions 1 to 3, "Out".
    """
    placements, more = placements_csv(the_round, result), _of_the_mode(the_round, result)
    receipt = _receipt(the_round, result, table_hashes(canonical_tables(inputs)), placements, more)
    return {
        PLACEMENTS: placements,
        SCHOOLS: schools_csv(the_round, result),
        **more,
        EXPLANATIONS: _explanations(the_round, result, progress),
        RECEIPT: receipt,
    }


def _receipt(
    the_round: Round,
    result: Result,
    hashes: dict[str, str],
    placements: bytes,
    more: dict[str, bytes],
) -> bytes:
    named = {f"{name.removesuffix('.csv')}_sha256": _sha256(data) for name, data in more.items()}
    return canonical_json(
        {
            "format": the_round.rules.version,
            "inputs": hashes,
            "placements_sha256": _sha256(placements),
            **named,
            **receipt_of(the_round, result),
        }
    )


def first_receipt(the_round: Round, result: Result, *, inputs: Inputs) -> bytes:
    """The receipt of the run that made the offers: this one's without the answers.

    Args:
        the_round: A round in which families have answered.
        result: What came of it.
        inputs: What the round was made of.
    """
    listed = result.list_rank > 0
    how = tuple(
        how if seated else How.UNPLACED
        for how, seated in zip(result.how, listed.tolist(), strict=True)
    )
    first = replace(
        result,
        school=result.by_list(),
        how=how,
        distance_m=np.where(listed, result.distance_m, NONE),
    )
    before = replace(the_round, answers=None, rules=replace(the_round.rules, first_run=""))
    hashes = table_hashes(canonical_tables(inputs))
    hashes.pop(OFFER_CHOICES.name, None)
    placements = placements_csv(before, first)
    return _receipt(before, first, hashes, placements, _of_the_mode(before, first))


def _of_the_mode(the_round: Round, result: Result) -> dict[str, bytes]:
    """The files that only some modes of diversion have."""
    if the_round.rules.mode is Mode.OPEN:
        return {OFFERS: offers_csv(the_round, result)}
    if the_round.rules.mode is Mode.GRADE:
        return {GRADES: grades_csv(the_round, result)}
    return {}


def offers_csv(the_round: Round, result: Result) -> bytes:
    """What every child without a seat by list is offered, by `applicant_id` and rank."""
    offers = result.offers
    if offers is None:
        raise ValueError("nothing is offered in this mode")
    units, ids = units_of(the_round.applicants), the_round.schools.ids
    free = (the_round.schools.seats - result.placed_by_list).tolist()
    place = {unit: k for k, unit in enumerate(offers.unit.tolist())}
    rows = []
    for child, unit in enumerate(units.of.tolist()):
        if (k := place.get(unit)) is None:
            continue
        bounds = slice(offers.start[k], offers.start[k + 1])
        pairs = zip(offers.school[bounds].tolist(), offers.distance_m[bounds].tolist(), strict=True)
        for rank, (s, metres) in enumerate(pairs, start=1):
            shown = "" if metres == NONE else metres
            rows.append((the_round.applicants.ids[child], rank, ids[s], shown, free[s]))
    return write_csv(_OFFER_COLUMNS, rows)


def grades_csv(the_round: Round, result: Result) -> bytes:
    """One row a school over plan, by `school_id`."""
    ids = the_round.schools.ids
    rows = (
        (
            ids[grade.school],
            grade.children,
            grade.without_seat,
            "" if grade.host == NONE else ids[grade.host],
            grade.reason.value,
            "" if grade.distance_m == NONE else grade.distance_m,
        )
        for grade in result.grades
    )
    return write_csv(_GRADE_COLUMNS, rows)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def placements_csv(the_round: Round, result: Result) -> bytes:
    """One row a child, by `applicant_id`."""
    ids = the_round.schools.ids
    columns = (
        the_round.applicants.ids,
        ["" if s == NONE else ids[s] for s in result.school.tolist()],
        [how.value for how in result.how],
        [rank or "" for rank in result.list_rank.tolist()],
        the_round.applicants.tier.tolist(),
        result.tickets,
        _blank_where_none(result.distance_m),
    )
    return write_csv(_PLACEMENT_COLUMNS, zip(*columns, strict=True))


def schools_csv(the_round: Round, result: Result) -> bytes:
    """One row a school, by `school_id`."""
    seats, prices = the_round.schools.seats, result.price_m
    columns = (
        the_round.schools.ids,
        seats.tolist(),
        result.placed_by_list.tolist(),
        result.diverted_in.tolist(),
        (seats - result.placed_by_list - result.diverted_in).tolist(),
        result.last_key,
        [""] * len(seats) if prices is None else _blank_where_none(prices),
    )
    if the_round.rules.version == 1:
        return write_csv(_SCHOOL_COLUMNS, zip(*columns, strict=True))
    more = {"moved_out": result.moved_out(len(seats)).tolist()}
    if the_round.rules.version > 2 and result.drawn is not None:
        more["drawn"] = _blank_where_none(result.drawn)
    return write_csv((*_SCHOOL_COLUMNS, *more), zip(*columns, *more.values(), strict=True))


def _blank_where_none(column: Ints) -> list[int | str]:
    return ["" if value == NONE else value for value in column.tolist()]


def _explanations(the_round: Round, result: Result, progress: Progress) -> bytes:
    total = len(the_round.applicants.ids)
    lines = explanation_lines(explain_all(the_round, result))
    return "".join(_watched(lines, total, progress)).encode()


def _watched(lines: Iterator[str], total: int, progress: Progress) -> Iterator[str]:
    for done, line in enumerate(lines):
        if done % _EVERY == 0:
            progress("explanations", done / total)
        yield line
