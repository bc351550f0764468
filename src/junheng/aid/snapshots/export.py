"""A term as files: facts, what was given and paid, and the policies; references only, no names."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from junheng.aid.engine.policies import Period
from junheng.aid.files.described import Clause, Described, InBoth, Kind, Level, Version
from junheng.aid.files.policies import write_policy
from junheng.aid.models import AidPolicy, AidTerm, PolicyVersion
from junheng.aid.runners.base import FACTS_TABLE, GIVEN_TABLE, PAID_TABLE, Columns
from junheng.aid.selectors.policies import content_of, policy_from
from junheng.aid.selectors.reached import given_before, paid_of
from junheng.aid.snapshots.facts import facts_engine


class NoSuchTerm(LookupError):
    """No county has a term of this code."""


class TermsDiffer(ValueError):
    """Counties have the term on different days, so they cannot be decided together.

    Attributes:
        counties: Their codes.
    """

    def __init__(self, counties: tuple[str, ...]) -> None:
        super().__init__(f"the term has other days in {counties}")
        self.counties = counties


def export_term(code: str, folder: Path, counties: Collection[str] = ()) -> dict[str, int]:
    """Write a term of several counties as the folder of a period.

    Args:
        code: Of the term, such as "2026-2027-1".
        folder: Where; it is there and empty.
        counties: Codes of counties; none means all that have the term.

    Returns:
        How many rows of facts each county has.

    Raises:
        NoSuchTerm: If there is none.
        TermsDiffer: If it has not the same days everywhere.
    """
    terms = AidTerm.objects.filter(code=code).select_related("place").order_by("place__code")
    chosen = [term for term in terms if not counties or term.place.code in counties]
    if not chosen:
        raise NoSuchTerm(code)
    periods = {term.period for term in chosen}
    if len(periods) > 1:
        raise TermsDiffer(tuple(term.place.code for term in chosen))
    from junheng.aid.files.folder import PERIOD, write_period  # with it comes DuckDB, as below

    (folder / PERIOD).write_text(write_period(periods.pop()))
    return {term.place.code: _export_county(term, folder) for term in chosen}


def _export_county(term: AidTerm, folder: Path) -> int:
    county = term.place.code
    given = {(who, policy) for who, policy in given_before(term)}
    _write_rows(folder / "given" / f"{county}.parquet", GIVEN_TABLE, given)
    _write_rows(folder / "paid" / f"{county}.parquet", PAID_TABLE, paid_of(term))
    for policy in _described(term.place.path, term.period):
        _text(folder / "policies" / county / f"{policy.code}.toml", write_policy(policy))
    return _write_facts(term, folder / "facts" / f"{county}.parquet")


def _write_facts(term: AidTerm, file: Path) -> int:
    from junheng.aid.runners.parquet import write_sorted  # DuckDB is heavy, web workers spare it

    file.parent.mkdir(parents=True, exist_ok=True)
    with facts_engine(term.place, term.starts_on, term.ends_on) as engine:
        write_sorted(engine, "SELECT * FROM facts", FACTS_TABLE, ("subject", "valid_from"), file)
        row = engine.execute("SELECT count(*) FROM facts").fetchone()
    return int(row[0]) if row else 0


def _write_rows(file: Path, columns: Columns, rows: Iterable[Sequence[Any]]) -> None:
    from junheng.aid.runners.parquet import fenced, quoted, write_sorted  # as above

    file.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as spill, fenced([file.parent], Path(spill)) as engine:
        between = Path(spill) / "rows.csv"
        with between.open("w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows(rows)
        kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
        engine.execute(
            f"CREATE TABLE rows AS SELECT * FROM read_csv({quoted(between)}, header = false,"
            f" auto_detect = false, columns = {{{kinds}}})"
        )
        write_sorted(engine, "SELECT * FROM rows", columns, tuple(columns), file)


def _text(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _described(path: str, period: Period) -> list[Described]:
    """The approved versions of a county that hold in a period."""
    rows = PolicyVersion.objects.approved().filter(
        policy__path=path, valid_from__lte=period.ends_on
    )
    held = rows.select_related("policy").order_by("policy__code", "number")
    within = [row for row in held if row.valid_to is None or row.valid_to > period.starts_on]
    return [_policy(one, list(versions)) for one, versions in groupby(within, lambda r: r.policy)]


def _policy(policy: AidPolicy, rows: list[PolicyVersion]) -> Described:
    plain = InBoth(policy.plain_zh, policy.plain_en or policy.plain_zh) if policy.plain_zh else None
    title = InBoth(policy.title_zh, policy.title_en)
    versions = tuple(_version(row) for row in rows)
    level, kind = Level(policy.level), Kind(policy.kind)
    return Described(policy.code, level, kind, title, plain, policy.funds, versions)


def _version(row: PolicyVersion) -> Version:
    clauses = tuple(Clause(one.get("clause", ""), one.get("place", "")) for one in row.conditions)
    return Version(policy_from(content_of(row)), row.document, row.document_number, clauses)
