"""A whole period on one database: facts in, answers, claims, audit and totals out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from junheng.aid.engine.audit import audit
from junheng.aid.engine.entitlement import answers, claims, doubled
from junheng.aid.engine.policies import Count, Period, Policy, counts_of
from junheng.aid.engine.totals import sums, totals
from junheng.aid.runners.base import Runner

NAMED = 20
"""How many of those whose facts contradict each other are named."""


class FactsContradict(ValueError):
    """The facts tell two things of somebody for the same day.

    Attributes:
        day: The counting day.
        subjects: Some of those concerned, in order.
        count: How many there are.
    """

    def __init__(self, day: date, subjects: tuple[str, ...], count: int) -> None:
        super().__init__(f"{count} persons have two rows of facts on {day}: {subjects}")
        self.day = day
        self.subjects = subjects
        self.count = count


class NothingCounts(ValueError):
    """No policy looks at any day of the period."""

    def __init__(self, period: Period) -> None:
        super().__init__(f"no policy is in force on a counting day of {period.code}")
        self.period = period


@dataclass(frozen=True, slots=True)
class Decided:
    """What a run left in its database.

    Attributes:
        period: What was decided.
        counts: Its counting days with their policies.
        answers: Names of the tables of answers, one for each counting day.

    Beside these there are `claims`, `differences` (the audit) and `totals`.
    """

    period: Period
    counts: tuple[Count, ...]
    answers: tuple[str, ...]


def decide(runner: Runner, policies: Iterable[Policy], period: Period) -> Decided:
    """Decide everybody, and hold it against what was paid.

    Args:
        runner: With the tables `facts`, `given` and `paid` filled.
        policies: All versions of all policies.
        period: The term or year.

    Raises:
        FactsContradict: Before anything is decided.
        NothingCounts: If there is nothing to decide.
        Overlapping: If a policy has two versions on a counting day.
        GivesWayWrongly: If the order among policies cannot be told.
    """
    counts = counts_of(policies, period)
    if not counts:
        raise NothingCounts(period)
    for count in counts:
        _refuse_doubled(runner, count)
    tables = tuple(f"answers_{number}" for number in range(len(counts)))
    for count, table in zip(counts, tables, strict=True):
        runner.keep(table, answers(count, runner.dialect))
    each = zip(counts, tables, strict=True)
    runner.show("claims", _all(claims(one, runner.dialect, table=there) for one, there in each))
    runner.keep("differences", audit(runner.dialect))
    _total(runner, counts, tables)
    return Decided(period, counts, tables)


def _refuse_doubled(runner: Runner, count: Count) -> None:
    found = sorted(str(row[0]) for row in runner.rows(doubled(count, runner.dialect)))
    if found:
        raise FactsContradict(count.day, tuple(found[:NAMED]), len(found))


def _total(runner: Runner, counts: tuple[Count, ...], tables: tuple[str, ...]) -> None:
    parts = []
    for number, (count, table) in enumerate(zip(counts, tables, strict=True)):
        runner.keep(f"sums_{number}", sums(count, runner.dialect, table=table))
        parts.append(totals(count, runner.dialect, table=f"sums_{number}"))
    runner.keep("totals", _all(parts))


def _all(statements: Iterable[str]) -> str:
    return " UNION ALL ".join(statements)
