"""Entitled and paid, both ways, as SQL: every claim against every payment.

Both sides are summed by person, policy and counting day. What agrees is left out; the rest has
one of five kinds, with both amounts, so that nobody entitled stays unpaid unseen and nobody is
paid twice or for nothing.
"""

from __future__ import annotations

from enum import StrEnum

from junheng.aid.engine.entitlement import spelled


class Difference(StrEnum):
    """What can be wrong between what is due and what was paid."""

    UNPAID = "unpaid"
    TWICE = "twice"
    WRONG_AMOUNT = "wrong_amount"
    NOT_ENTITLED = "not_entitled"
    UNDECIDED = "undecided"


_AUDIT = """
    SELECT COALESCE(due.subject, got.subject) AS subject,
        COALESCE(due.policy, got.policy) AS policy,
        COALESCE(due.for_day, got.for_day) AS for_day,
        CASE
            WHEN due.subject IS NULL THEN 'not_entitled'
            WHEN due.answer < 0 THEN 'undecided'
            WHEN COALESCE(got.fen, 0) = 0 THEN 'unpaid'
            WHEN got.fen > due.fen AND got.times > 1 THEN 'twice'
            ELSE 'wrong_amount'
        END AS difference,
        due.fen AS due_fen,
        COALESCE(got.fen, 0) AS paid_fen,
        COALESCE(got.times, 0) AS times
    FROM claims AS due
    FULL OUTER JOIN (
        SELECT subject, policy, for_day, CAST(SUM(fen) AS BIGINT) AS fen,
            CAST(SUM(CASE WHEN fen > 0 THEN 1 ELSE 0 END) AS BIGINT) AS times
        FROM paid GROUP BY subject, policy, for_day
    ) AS got
        ON got.subject = due.subject AND got.policy = due.policy AND got.for_day = due.for_day
    WHERE due.fen IS NULL AND (NOT due.subject IS NULL OR COALESCE(got.fen, 0) <> 0)
        OR NOT due.fen IS NULL AND due.fen <> COALESCE(got.fen, 0)
"""


def audit(dialect: str) -> str:
    """Everything in which claims and payments differ.

    Args:
        dialect: "duckdb", "postgres" or "spark".

    Returns:
        A SELECT from `claims` (see `entitlement.claims`) and `paid` (subject, policy, for_day,
        fen: one row per payment that reached its account, below 0 for money that was recovered;
        what the bank returned is not in it). Columns:
        subject, policy, for_day, difference (see `Difference`), due_fen (missing where nothing is
        due or it cannot be told), paid_fen, times (how many payments).
    """
    return spelled(_AUDIT, dialect)
