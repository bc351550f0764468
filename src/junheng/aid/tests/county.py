"""A small invented county in files: policies with their documents, facts, payments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from junheng.aid.runners.base import FACTS_TABLE, GIVEN_TABLE, PAID_TABLE, Columns

PERIOD = 'code = "2026-2027-1"\nfrom = 2026-09-01\nuntil = 2027-01-31\n'

BOARDER = """\
code = "boarder"
level = "province"
kind = "living"
funds = "Province and county, half each"

[title]
zh = "寄宿生生活补助"
en = "Allowance for poor boarders"

[plain]
zh = "生活补助"
en = "Living allowance"

[[version]]
number = 1
from = 2016-09-01
counted_on = "first_day"
document = "A notice of Yunhuai"
document_number = "No. 7 (2016)"

[[version.condition]]
when = "studying AND boarder"
clause = "Boarders of compulsory education."
place = "art. 2"

[[version.condition]]
when = "registered_poor OR subsistence"
clause = "From poor families."
place = "art. 3"

[[version.rate]]
when = "stage = 'primary'"
yuan = "500.00"

[[version.rate]]
when = "stage = 'lower_secondary'"
yuan = "625.00"
"""

MEAL = """\
code = "meal"
level = "nation"
kind = "meals"
funds = "Central budget"

[title]
zh = "营养膳食补助"
en = "Nutrition meal"

[[version]]
number = 1
from = 2012-01-01
to = 2026-11-01
counted_on = "each_month"
document = "A notice of meals"

[[version.rate]]
yuan = "80.00"

[[version]]
number = 2
from = 2026-11-01
counted_on = "each_month"
document = "A later notice of meals"

[[version.condition]]
when = "studying"

[[version.rate]]
yuan = "100.00"
"""

BASIC = {
    "county": "990101",
    "township": "990101001",
    "school": "S1",
    "valid_from": date(2026, 9, 1),
    "valid_to": None,
}
PRIMARY = {"stage": "primary", "studying": True, "boarder": True}
LOWER = {"stage": "lower_secondary", "studying": True, "boarder": True, "subsistence": True}
PEOPLE: tuple[dict[str, Any], ...] = (
    {**BASIC, **PRIMARY, "subject": "a", "registered_poor": True},
    {**BASIC, **PRIMARY, "subject": "b", "subsistence": False},
    {**BASIC, **PRIMARY, "subject": "c", "boarder": False, "registered_poor": True},
    {**BASIC, **LOWER, "subject": "d", "studying": False},
    {**BASIC, **LOWER, "subject": "e", "valid_to": date(2026, 12, 1)},
    {**BASIC, **LOWER, "subject": "f", "stage": "upper_secondary"},
)
PAID: tuple[dict[str, Any], ...] = (
    {"subject": "a", "policy": "boarder", "for_day": date(2026, 9, 1), "fen": 50_000},
    {"subject": "c", "policy": "boarder", "for_day": date(2026, 9, 1), "fen": 50_000},
)


def write_table(file: Path, columns: Columns, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as Parquet."""
    file.parent.mkdir(parents=True, exist_ok=True)
    told = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    with duckdb.connect(":memory:") as engine:
        engine.execute(f"CREATE TABLE t ({told})")
        marks = ", ".join("?" for _ in columns)
        for row in rows:
            values = [row.get(name) for name in columns]
            engine.execute(f"INSERT INTO t VALUES ({marks})", values)  # noqa: S608 -- own words
        engine.execute(f"COPY t TO '{file}' (FORMAT parquet)")


def write_county(folder: Path) -> tuple[Path, Path]:
    """The folder of the period and that of the policies."""
    period, policies = folder / "period", folder / "policies"
    policies.mkdir(parents=True)
    (policies / "boarder.toml").write_text(BOARDER)
    (policies / "meal.toml").write_text(MEAL)
    period.mkdir()
    (period / "period.toml").write_text(PERIOD)
    write_table(period / "facts" / "990101.parquet", FACTS_TABLE, PEOPLE)
    write_table(period / "paid" / "990101.parquet", PAID_TABLE, PAID)
    write_table(period / "given" / "990101.parquet", GIVEN_TABLE, [])
    return period, policies
