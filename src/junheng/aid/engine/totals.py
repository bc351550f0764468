"""Heads and fen of one counting day, by school and policy, as SQL."""

from __future__ import annotations

from junheng.aid.engine.entitlement import PLACES, spelled
from junheng.aid.engine.policies import Count


def sums(count: Count, dialect: str, *, table: str = "answers") -> str:
    """One row for each school, with all policies of the day beside each other.

    Args:
        count: The day and its policies.
        dialect: As for the answers.
        table: Where the answers of that day lie.

    Returns:
        A SELECT: county, township, school, people, then `entitled_0`, `undecided_0`, `fen_0` …
    """
    columns = [*PLACES, "COUNT(*) AS people"]
    for number in range(len(count.policies)):
        columns += [
            f"CAST(SUM(CASE WHEN answer_{number} {test} 0 THEN 1 ELSE 0 END) AS BIGINT)"
            f" AS {name}_{number}"
            for test, name in (("=", "entitled"), ("<", "undecided"))
        ]
        columns.append(f"CAST(COALESCE(SUM(fen_{number}), 0) AS BIGINT) AS fen_{number}")
    places = ", ".join(PLACES)
    return spelled(f"SELECT {', '.join(columns)} FROM {table} GROUP BY {places}", dialect)


def totals(count: Count, dialect: str, *, table: str = "sums") -> str:
    """The same as rows: policy, version, for_day, the places, people, entitled, undecided, fen.

    Args:
        count: As above.
        dialect: As above.
        table: Where the sums of that day lie.
    """
    places = ", ".join(PLACES)
    parts = [
        f"SELECT '{policy.code}' AS policy, {policy.version} AS version,"
        f" DATE '{count.day.isoformat()}' AS for_day, {places}, people,"
        f" entitled_{number} AS entitled, undecided_{number} AS undecided, fen_{number} AS fen"
        f" FROM {table}"
        for number, policy in enumerate(count.policies)
    ]
    return spelled(" UNION ALL ".join(parts), dialect)
