"""A draft asked of a frozen population: whom it touches, and what it changes beside today's.

Nothing is written anywhere. A text is read with the list of what is allowed before DuckDB sees
it, and what takes longer than its time is stopped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from junheng.aid.engine.entitlement import PLACES, answers, claims
from junheng.aid.engine.policies import Count, Policy, counts_of
from junheng.aid.engine.replay import CROSSED, beside, sums
from junheng.aid.models import AidTerm
from junheng.aid.selectors.policies import policy_from
from junheng.aid.snapshots.engine import within
from junheng.aid.snapshots.frozen import KIND, Frozen, thawed
from junheng.commons.models import Run, Snapshot
from junheng.commons.snapshots import is_whole
from junheng.kernel.small_cells import LEAST, hidden_cells

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Engine

COUNT_SECONDS = 3.0
REPLAY_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Touched:
    """Whom a draft touches on the first counting day of a frozen term.

    Attributes:
        term: Which term.
        people: Of whom facts are known on that day.
        entitled, undecided: Of them.
        fen: What the entitled would have for that day.
    """

    term: str
    people: int
    entitled: int
    undecided: int
    fen: int


@dataclass(frozen=True, slots=True)
class Beside:
    """One group under today's policies and with a draft; None is a figure that is not shown.

    Attributes:
        group: The values by which it is grouped.
        people, gain, lose, undecided: Heads.
        today_fen, draft_fen: Cost over the term, without those who are undecided in either.
    """

    group: tuple[Any, ...]
    people: int | None
    gain: int | None
    lose: int | None
    undecided: int | None
    today_fen: int | None
    draft_fen: int | None


def newest(term: AidTerm) -> Snapshot | None:
    """What was frozen last for a term and decided, unless its time of keeping is over."""
    run = Run.objects.filter(matter=term.matter, state=Run.State.DONE).order_by("-pk").first()
    if run is None or run.snapshot.kind != KIND or not is_whole(run.snapshot):
        return None
    return run.snapshot


def touched(snapshot: Snapshot, content: Mapping[str, Any]) -> Touched:
    """Count whom a draft touches, as if it held in that term; others are left out of account.

    Raises:
        NotAllowed: If a condition is none; nothing was asked of any database.
        ValueError: If a rate is out of range.
        TookTooLong: If it was stopped.
    """
    policy = policy_from(content)
    frozen = thawed(snapshot)
    with frozen.engine as engine, within(engine, COUNT_SECONDS):
        [first, *_] = counts_of([_in(policy, frozen)], frozen.period)
        asked = answers(first, "duckdb")
        row = engine.execute(
            "SELECT count(*), count(*) FILTER (answer_0 = 0), count(*) FILTER (answer_0 < 0),"
            f" coalesce(sum(fen_0), 0) FROM ({asked})"
        ).fetchall()[0]
    return Touched(frozen.period.code, *map(int, row))


def replay(
    snapshot: Snapshot, content: Mapping[str, Any], by: Sequence[str]
) -> tuple[list[Beside], Beside]:
    """What a draft changes for a frozen population, by groups and together.

    Figures from 1 to 4 are not shown, and none from which they could be worked out.

    Args:
        snapshot: Of a term.
        content: Of the draft; it takes the place of its policy's versions.
        by: Columns to group by, of `engine.entitlement.PLACES` and `engine.replay.CROSSED`.

    Raises:
        TookTooLong: If it was stopped.
    """
    frozen = thawed(snapshot)
    draft = _in(policy_from(content), frozen)
    today = frozen.policies
    with frozen.engine as engine, within(engine, REPLAY_SECONDS):
        _sums(engine, frozen, "today", today)
        others = [one for one in today if one.code != draft.code]
        _sums(engine, frozen, "draft", [*others, draft])
        columns = ", ".join((*PLACES, *CROSSED))
        engine.execute(
            f"CREATE TABLE people AS SELECT DISTINCT ON (subject) subject, {columns} FROM facts"
            " ORDER BY subject, valid_from"
        )
        rows = engine.execute(f"{beside(by, 'duckdb')} ORDER BY {', '.join(by)}").fetchall()
        whole = engine.execute(beside((), "duckdb")).fetchall()[0]
    return _shown(rows, len(by)), Beside((), *map(int, whole))


def _in(policy: Policy, frozen: Frozen) -> Policy:
    """A draft as if it held in the whole frozen term."""
    return replace(policy, valid_from=frozen.period.starts_on, valid_to=None)


def _sums(engine: Engine, frozen: Frozen, name: str, policies: Sequence[Policy]) -> None:
    tables = []
    for number, count in enumerate(counts_of(policies, frozen.period)):
        tables.append(f"{name}_claims_{number}")
        _claims(engine, count, f"{name}_{number}", tables[-1])
    engine.execute(f"CREATE TABLE {name} AS {sums(tables, 'duckdb')}")


def _claims(engine: Engine, count: Count, answered: str, table: str) -> None:
    engine.execute(f"CREATE TABLE {answered} AS {answers(count, 'duckdb')}")
    engine.execute(f"CREATE TABLE {table} AS {claims(count, 'duckdb', table=answered)}")


def _shown(rows: Sequence[Sequence[Any]], keys: int) -> list[Beside]:
    """Groups with the figures hidden that are about so few that they might be recognised."""
    heads = [[int(figure) for figure in row[keys : keys + 4]] for row in rows]
    parts = [[g, lost, u, people - g - lost - u] for people, g, lost, u in heads]
    hidden = hidden_cells(parts) if parts else frozenset()
    shown = []
    for number, row in enumerate(rows):
        people = heads[number][0]
        few = 0 < people < LEAST
        figures = [
            None if few or (number, column) in hidden else parts[number][column]
            for column in range(3)
        ]
        money = [None if few or None in figures[:2] else int(fen) for fen in row[keys + 4 :]]
        shown.append(Beside(tuple(row[:keys]), None if few else people, *figures, *money))
    return shown
