"""The files of a decided period, and the receipt by which anybody can repeat them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from junheng.aid.engine.entitlement import PLACES
from junheng.aid.engine.policies import Count
from junheng.aid.runners.base import Columns, Runner
from junheng.aid.runners.whole import Decided
from junheng.kernel.canonical import canonical_json

RECEIPT = "receipt.json"
FORMAT = 1
DIFFERENCES: Columns = {
    "subject": "VARCHAR",
    "policy": "VARCHAR",
    "for_day": "DATE",
    "difference": "VARCHAR",
    "due_fen": "BIGINT",
    "paid_fen": "BIGINT",
    "times": "BIGINT",
}
TOTALS: Columns = {
    "policy": "VARCHAR",
    "version": "INTEGER",
    "for_day": "DATE",
    **dict.fromkeys(PLACES, "VARCHAR"),
    "people": "BIGINT",
    "entitled": "BIGINT",
    "undecided": "BIGINT",
    "fen": "BIGINT",
}


def write_results(runner: Runner, decided: Decided, folder: Path) -> tuple[str, ...]:
    """Write answers, differences and totals as Parquet.

    Returns:
        The names of the files.
    """
    names = []
    for count, table in zip(decided.counts, decided.answers, strict=True):
        names.append(f"answers-{count.day.isoformat()}.parquet")
        asked = f"SELECT {', '.join(_renamed(count))} FROM {table}"
        runner.write(asked, _answer_columns(count), ("subject",), folder / names[-1])
    order = ("policy", "for_day", "subject")
    differences = f"SELECT {', '.join(DIFFERENCES)} FROM differences"
    runner.write(differences, DIFFERENCES, order, folder / "differences.parquet")
    totals = f"SELECT {', '.join(TOTALS)} FROM totals"
    runner.write(totals, TOTALS, ("policy", "for_day", *PLACES), folder / "totals.parquet")
    return (*names, "differences.parquet", "totals.parquet")


def _renamed(count: Count) -> list[str]:
    columns = ["subject", *PLACES]
    for number, policy in enumerate(count.policies):
        columns += [
            f"answer_{number} AS answer_{policy.code}",
            f"fen_{number} AS fen_{policy.code}",
        ]
    return columns


def _answer_columns(count: Count) -> Columns:
    columns = {"subject": "VARCHAR", **dict.fromkeys(PLACES, "VARCHAR")}
    for policy in count.policies:
        columns |= {f"answer_{policy.code}": "SMALLINT", f"fen_{policy.code}": "BIGINT"}
    return columns


def receipt(
    runner: Runner,
    decided: Decided,
    *,
    inputs: Mapping[str, str],
    policies: Mapping[str, str],
    results: Mapping[str, str],
) -> bytes:
    """Everything that the result follows from; says nothing of clock, machine or database.

    Args:
        runner: Where the period was decided.
        decided: What was decided.
        inputs: SHA-256 of the files of facts, of what was given before and of payments, by name.
        policies: The same of the files of policies.
        results: The same of what was written.
    """
    period = decided.period
    return canonical_json(
        {
            "format": FORMAT,
            "period": {
                "code": period.code,
                "from": period.starts_on.isoformat(),
                "until": period.ends_on.isoformat(),
            },
            "inputs": dict(inputs),
            "policies": dict(policies),
            "in_force": [
                {"policy": one.code, "version": one.version, "for_day": count.day.isoformat()}
                for count in decided.counts
                for one in count.policies
            ],
            "totals": _by_policy(runner),
            "differences": _by_difference(runner),
            "results": dict(results),
        }
    )


def _by_policy(runner: Runner) -> list[dict[str, Any]]:
    names = ("people", "entitled", "undecided", "fen")
    told = ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in names)
    asked = f"SELECT policy, for_day, {told} FROM totals GROUP BY policy, for_day"
    return _rows(runner, asked, ("policy", "for_day", *names))


def _by_difference(runner: Runner) -> list[dict[str, Any]]:
    asked = (
        "SELECT policy, difference, COUNT(*), CAST(COALESCE(SUM(due_fen), 0) AS BIGINT),"
        " CAST(SUM(paid_fen) AS BIGINT) FROM differences GROUP BY policy, difference"
    )
    return _rows(runner, asked, ("policy", "difference", "count", "due_fen", "paid_fen"))


def _rows(runner: Runner, asked: str, names: Iterable[str]) -> list[dict[str, Any]]:
    found = sorted(runner.rows(asked), key=lambda row: row[:2])
    return [
        {
            name: value if isinstance(value, int | str) else str(value)
            for name, value in zip(names, row, strict=True)
        }
        for row in found
    ]


def sha256(file: Path) -> str:
    """The fingerprint of a file."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
