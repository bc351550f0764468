"""A draft beside the policies in force, over the same people: who gains, who loses, at what cost.

Both sets are decided in full; a person's two sums are set side by side. A person of whom one of
the two cannot be told is counted as undecided and in no sum.
"""

from __future__ import annotations

from collections.abc import Sequence

from junheng.aid.engine.entitlement import PLACES, spelled

CROSSED = ("sex", "disabled", "boarder", "orphan", "registered_poor", "stage")
"""The facts by which groups may be crossed, such as girls × disabled × boarders."""


def sums(tables: Sequence[str], dialect: str) -> str:
    """What each person has by one set of policies: subject, fen, undecided.

    Args:
        tables: The tables of claims of that set, one for each counting day.
        dialect: As everywhere.

    Returns:
        One row per person with a claim: the sum in fen, and how many claims cannot be told.
    """
    every = " UNION ALL ".join(f"SELECT subject, answer, fen FROM {table}" for table in tables)
    return spelled(
        "SELECT subject, CAST(COALESCE(SUM(fen), 0) AS BIGINT) AS fen,"
        f" CAST(SUM(CASE WHEN answer < 0 THEN 1 ELSE 0 END) AS BIGINT) AS undecided"
        f" FROM ({every}) AS every GROUP BY subject",
        dialect,
    )


def beside(by: Sequence[str], dialect: str) -> str:
    """Gains and losses by groups.

    Args:
        by: Columns of `people` (places and facts of `CROSSED`) to group by; empty for one row.
        dialect: As everywhere.

    Returns:
        A SELECT from `people` (subject, places, facts), `today` and `draft` (see `sums`). Columns:
        those of `by`, then people, gain, lose, undecided (heads), today_fen, draft_fen. Whoever is
        undecided in either is only in `people` and `undecided`.

    Raises:
        ValueError: If a column cannot be grouped by.
    """
    if unknown := set(by) - {*PLACES, *CROSSED}:
        raise ValueError(f"nothing is grouped by {sorted(unknown)}")
    columns = "".join(f"people.{name}, " for name in by)
    told = "CASE WHEN unclear = 0 THEN {} ELSE 0 END"
    grouped = f" GROUP BY {', '.join(by)}" if by else ""
    return spelled(
        f"SELECT {''.join(f'{name}, ' for name in by)}COUNT(*) AS people,"
        f" {_sum(told.format('CASE WHEN now < then_ THEN 1 ELSE 0 END'))} AS gain,"
        f" {_sum(told.format('CASE WHEN now > then_ THEN 1 ELSE 0 END'))} AS lose,"
        f" {_sum('CASE WHEN unclear > 0 THEN 1 ELSE 0 END')} AS undecided,"
        f" {_sum(told.format('now'))} AS today_fen, {_sum(told.format('then_'))} AS draft_fen"
        f" FROM (SELECT {columns}COALESCE(today.fen, 0) AS now, COALESCE(draft.fen, 0) AS then_,"
        " COALESCE(today.undecided, 0) + COALESCE(draft.undecided, 0) AS unclear FROM people"
        " LEFT JOIN today ON today.subject = people.subject"
        f" LEFT JOIN draft ON draft.subject = people.subject) AS each{grouped}",
        dialect,
    )


def _sum(each: str) -> str:
    """Zero where there is nobody."""
    return f"CAST(COALESCE(SUM({each}), 0) AS BIGINT)"
