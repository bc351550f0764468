"""The files of a result: the same inputs and seed give the same bytes anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from junheng.admissions.engine.explain import explain_all
from junheng.admissions.engine.receipt import receipt_of
from junheng.admissions.engine.types import NONE, Result, Round
from junheng.admissions.files.canonical import canonical_tables, table_hashes, write_csv
from junheng.admissions.files.explanations import explanation_lines
from junheng.admissions.files.read import Inputs
from junheng.kernel.canonical import canonical_json

FORMAT = 1
PLACEMENTS, SCHOOLS = "placements.csv", "schools_result.csv"
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
        `receipt.json` by name. `run.json`, who and when, is the caller's to add.

    Source:
        The public format "An admission round in files", version 1, "Out".
    """
    placements = placements_csv(the_round, result)
    receipt = {
        "format": FORMAT,
        "inputs": table_hashes(canonical_tables(inputs)),
        "placements_sha256": hashlib.sha256(placements).hexdigest(),
        **receipt_of(the_round, result),
    }
    return {
        PLACEMENTS: placements,
        SCHOOLS: schools_csv(the_round, result),
        EXPLANATIONS: _explanations(the_round, result, progress),
        RECEIPT: canonical_json(receipt),
    }


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
        ["" if metres == NONE else metres for metres in result.distance_m.tolist()],
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
        [""] * len(seats) if prices is None else prices.tolist(),
    )
    return write_csv(_SCHOOL_COLUMNS, zip(*columns, strict=True))


def _explanations(the_round: Round, result: Result, progress: Progress) -> bytes:
    total = len(the_round.applicants.ids)
    lines = explanation_lines(explain_all(the_round, result))
    return "".join(_watched(lines, total, progress)).encode()


def _watched(lines: Iterator[str], total: int, progress: Progress) -> Iterator[str]:
    for done, line in enumerate(lines):
        if done % _EVERY == 0:
            progress("explanations", done / total)
        yield line
