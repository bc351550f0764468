"""The tables of an integrity check as Parquet files, out and in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from junheng.kernel.canonical import canonical_json
from junheng.registry.engine.integrity.tables import TABLES, Limits, Snapshot, connect

if TYPE_CHECKING:
    from junheng.registry.engine.integrity.tables import Engine

ABOUT = "snapshot.json"


def as_files(engine: Engine, snapshot: Snapshot) -> dict[str, bytes]:
    """Each table as a file, and one that says the day, what was delivered and the limits."""
    files = {ABOUT: canonical_json(_about(snapshot))}
    with TemporaryDirectory() as folder:
        for name in TABLES:
            file = Path(folder) / f"{name}.parquet"
            engine.execute(f"COPY {name} TO '{file}' (FORMAT parquet)")
            files[file.name] = file.read_bytes()
    return files


def from_files(files: Mapping[str, bytes]) -> tuple[Engine, Snapshot]:
    """The same again."""
    engine = connect()
    with TemporaryDirectory() as folder:
        for name in TABLES:
            file = Path(folder) / f"{name}.parquet"
            file.write_bytes(files[file.name])
            engine.execute(f"INSERT INTO {name} BY NAME SELECT * FROM read_parquet('{file}')")  # noqa: S608
    return engine, _snapshot(json.loads(files[ABOUT]))


def _about(snapshot: Snapshot) -> dict[str, object]:
    limits = asdict(snapshot.limits)
    limits["probability"] = str(snapshot.limits.probability)
    return {
        "on": snapshot.on.isoformat(),
        "school_year": snapshot.school_year,
        "delivered": sorted(snapshot.delivered),
        "limits": limits,
        "as_of": {name: day.isoformat() for name, day in snapshot.as_of},
    }


def _snapshot(about: dict[str, Any]) -> Snapshot:
    limits = dict(about["limits"])
    limits["probability"] = float(limits["probability"])
    return Snapshot(
        on=date.fromisoformat(about["on"]),
        school_year=about["school_year"],
        delivered=frozenset(about["delivered"]),
        limits=Limits(**limits),
        as_of=tuple((name, date.fromisoformat(day)) for name, day in about["as_of"].items()),
    )
