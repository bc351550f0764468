"""Files that somebody sent, read and checked: a round, or every fault in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from junheng.admissions.engine.types import Round, Rules
from junheng.admissions.files.check import check
from junheng.admissions.files.read import Inputs, read_inputs
from junheng.admissions.services.seeds import PREVIEW_SEED
from junheng.admissions.snapshots.figures import demand, summary_of
from junheng.admissions.snapshots.rows import degrees

FIRST_ROWS = 5
Told = Callable[[str, float], None]


def untold(_stage: str, _share: float) -> None:
    """Nobody waits for progress."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A round that can be run; `seed` is the one in the files, perhaps blank."""

    inputs: Inputs
    round: Round
    seed: str


def read_round(
    files: Mapping[str, bytes], *, seed: str | None = None, told: Told = untold
) -> Checked:
    """Read and check a round.

    Args:
        files: Contents by name.
        seed: What to draw with; without it that of the files, or one for previews.
        told: Told which stage begins and what share of the work is behind it.

    Raises:
        Refused: With every fault that was found.
    """
    told("reading", 0.0)
    inputs = read_inputs(files)
    told("checking", 0.5)
    written = inputs.as_toml().get("lottery", {})
    own = str(written.get("seed", ""))
    chosen = seed or own or PREVIEW_SEED.get(str(written.get("method")), "")
    return Checked(inputs, check(inputs, seed=chosen), own)


def rules_as_json(rules: Rules) -> dict[str, Any]:
    """The rules without the seed, as the round keeps them."""
    shown = {name: getattr(rules, name) for name in Rules.__slots__ if name != "seed"}
    if not rules.by_lottery:  # so that rules announced before there were such schools stay equal
        del shown["by_lottery"]
    plain: dict[str, Any] = json.loads(json.dumps(shown))
    return plain


def preview_of(checked: Checked) -> dict[str, Any]:
    """What a page shows before anything is loaded."""
    the_round = checked.round
    return {
        **summary_of(the_round, checked.inputs.unknown_columns),
        "rules": rules_as_json(the_round.rules),
        "seed": checked.seed,
        "tables": _first_rows(checked.inputs),
        "schools": _schools(the_round),
    }


def _first_rows(inputs: Inputs) -> list[dict[str, Any]]:
    shown = []
    for name, cells in inputs.cells.items():
        beginnings = (column[:FIRST_ROWS] for column in cells.columns.values())
        rows, columns = list(zip(*beginnings, strict=True)), list(cells.columns)
        shown.append({"name": name, "columns": columns, "rows": rows, "count": len(cells)})
    return shown


def _schools(the_round: Round) -> list[tuple[Any, ...]]:
    """(code, name, lon, lat, seats, children whose list begins here) for the map."""
    schools = the_round.schools
    columns = (degrees(schools.lon), degrees(schools.lat), schools.seats.tolist())
    return list(zip(schools.ids, schools.names, *columns, demand(the_round), strict=True))
