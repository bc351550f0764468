"""Check the result of a round against its input, without the program that made it.

Nothing here is shared with the engine: the format page was read a second time and written
down in the plainest way. A property that does not hold says which child or school breaks it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from junheng.admissions.verify import (
    claims,
    distances,
    diversion,
    explanations,
    first_run,
    grades,
    lotteries,
    offers,
    papers,
    seats,
)
from junheng.admissions.verify.case import Case
from junheng.admissions.verify.lines import Breaches, Line, Property, Unreadable, line
from junheng.admissions.verify.outputs import read_outputs
from junheng.admissions.verify.tables import read_inputs

CHECKS: Mapping[Property, Callable[[Case], Breaches]] = {
    Property.HASHES: papers.hashes,
    Property.RULES: papers.rules,
    Property.SEED: papers.seed,
    Property.RECEIPT: papers.receipt,
    Property.EVERYONE: papers.everyone,
    Property.TICKETS: claims.tickets,
    Property.SEATS: seats.seats,
    Property.CLASS_CAP: seats.class_cap,
    Property.LIST_PLACES: claims.list_places,
    Property.NO_ENVY: claims.no_envy,
    Property.NO_WASTE: claims.no_waste,
    Property.GROUPS_WHOLE: claims.groups_whole,
    Property.REPEATED: claims.repeated,
    Property.KEPT_OUT: claims.kept_out,
    Property.LOTTERIES: lotteries.lotteries,
    Property.DISTANCES: distances.distances,
    Property.LIMIT: diversion.limit,
    Property.GROUPS_NEAREST: diversion.groups_nearest,
    Property.MOST_SEATED: diversion.most_seated,
    Property.PRICES: diversion.prices,
    Property.FIRST_RUN: first_run.first_run,
    Property.OFFERS: offers.offers,
    Property.OFFERED: offers.offered,
    Property.GRADES: grades.grades,
    Property.SCHOOL_TABLE: seats.school_table,
    Property.LAST_KEYS: seats.last_keys,
    Property.EXPLANATIONS: explanations.explanations,
}


ONLY = {
    Property.LIMIT: ("none", "zone"),
    Property.GROUPS_NEAREST: ("none", "zone"),
    Property.MOST_SEATED: ("none", "zone"),
    Property.PRICES: ("none", "zone"),
    Property.FIRST_RUN: ("open",),
    Property.OFFERS: ("open",),
    Property.OFFERED: ("open",),
    Property.GRADES: ("grade",),
}
"""Properties that only some modes of diversion have."""

WITH_LOTTERIES = (Property.LOTTERIES,)
"""Properties of rounds in which schools are open by lottery."""


def verify(
    rules: Mapping[str, Any],
    tables: Mapping[str, list[dict[str, str]]],
    outputs: Mapping[str, bytes],
) -> list[Line]:
    """Say for every property of a right result whether it holds.

    Args:
        rules: `round.toml` as parsed; a seed given elsewhere may be filled in. Where the
            round names none, the receipt's counts.
        tables: Raw input rows by table: "schools", "zones", "applicants" and, where they
            were given, the optional ones.
        outputs: Content by file name: `placements.csv`, `schools_result.csv`,
            `receipt.json`, `explanations.jsonl`, and `offers.csv` or `grades.csv` of a mode
            that has them; other files are not looked at.

    Returns:
        A line per property, in the order of `Property`. If input or result cannot be read,
        the lines end with the one that says so. The result is right if every line holds and
        the last one is `explanations`.

    Source:
        docs/admission-round.md, versions 1 to 3.
    """
    lines = []
    try:
        reading = Property.FILES
        result = read_outputs(outputs)
        lines.append(line(reading, ()))
        reading = Property.INPUTS
        inputs = read_inputs(rules, tables)
        case = Case(inputs, result, papers.seed_of(inputs, result.receipt))
        len(case.units)  # draws the tickets, which a malformed seed does not allow
        lines.append(line(reading, ()))
    except Unreadable as reason:
        return [*lines, line(reading, [reason.breach])]
    mode = inputs.rules.mode
    return lines + [
        line(of, check(case))
        for of, check in CHECKS.items()
        if mode in ONLY.get(of, (mode,)) and (inputs.rules.by_lottery or of not in WITH_LOTTERIES)
    ]
