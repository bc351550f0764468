"""What a term is decided from, frozen: facts, what was given before, and the policies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from junheng.aid.engine.facts import FACTS as KNOWN
from junheng.aid.engine.facts import SQL_TYPE, STORED
from junheng.aid.engine.policies import Period, Policy
from junheng.aid.models import AidTerm
from junheng.aid.selectors.policies import contents_for, policy_from
from junheng.aid.selectors.reached import given_before
from junheng.aid.snapshots.engine import connect
from junheng.aid.snapshots.facts import facts_engine
from junheng.commons.models import Snapshot
from junheng.commons.snapshots import freeze, thaw
from junheng.kernel.canonical import canonical_json

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Engine

KIND = "aid.term"
FACTS, ABOUT = "facts.parquet", "term.json"


@dataclass(frozen=True, slots=True)
class Frozen:
    """A snapshot as it is worked with.

    Attributes:
        engine: With the tables `facts` and `given`.
        period: The term.
        contents: Of the policies' versions.
    """

    engine: Engine
    period: Period
    contents: tuple[dict[str, Any], ...]

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The versions as the engine knows them."""
        return tuple(policy_from(one) for one in self.contents)


def freeze_term(term: AidTerm) -> Snapshot:
    """Freeze everything that a term is decided from, as the registers say it now."""
    contents = contents_for(term.place.path, term.period)
    once = {one["code"] for one in contents if one["once"]}
    given = sorted((who, code) for who, code in given_before(term) if code in once)
    about = {
        "term": term.code,
        "county": term.place.code,
        "starts_on": term.starts_on.isoformat(),
        "ends_on": term.ends_on.isoformat(),
        "policies": contents,
        "given": given,
    }
    with facts_engine(term.place, term.starts_on, term.ends_on) as engine:
        facts = _as_parquet(engine)
    return freeze(KIND, {FACTS: facts, ABOUT: canonical_json(about)})


def _as_parquet(engine: Engine) -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / FACTS
        engine.execute(f"COPY facts TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
        return file.read_bytes()


def thawed(snapshot: Snapshot) -> Frozen:
    """The same again; close the engine afterwards."""
    files = thaw(snapshot)
    about = json.loads(files[ABOUT])
    engine = connect()
    with TemporaryDirectory() as folder:
        file = Path(folder) / FACTS
        file.write_bytes(files[FACTS])
        engine.execute(f"CREATE TABLE facts AS SELECT * FROM read_parquet('{file}')")
    for name in STORED:  # what was frozen before a fact was asked for says nothing of it
        kind = SQL_TYPE[KNOWN[name].kind]
        engine.execute(f"ALTER TABLE facts ADD COLUMN IF NOT EXISTS {name} {kind}")
    engine.execute("CREATE TABLE given (subject VARCHAR, policy VARCHAR)")
    if about["given"]:
        engine.executemany("INSERT INTO given VALUES (?, ?)", about["given"])
    return Frozen(engine, _period(about), tuple(about["policies"]))


def _period(about: dict[str, Any]) -> Period:
    days = (date.fromisoformat(about[name]) for name in ("starts_on", "ends_on"))
    return Period(about["term"], *days)
