"""Spark says what DuckDB and plain Python say; run by `make test-spark`, which names this file.

Starting Spark takes seconds and Java, so it stands apart from the tests that everybody runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from junheng.aid.engine.audit import audit
from junheng.aid.engine.entitlement import doubled
from junheng.aid.engine.replay import beside, sums
from junheng.aid.files.folder import read_folder
from junheng.aid.files.runs import policy_files, run_folder
from junheng.aid.runners.base import FACTS_TABLE, GIVEN_TABLE, PAID_TABLE
from junheng.aid.runners.duck import DuckDB
from junheng.aid.runners.spark import Spark
from junheng.aid.tests.county import write_county, write_table
from junheng.aid.tests.engine.planted import plant
from junheng.aid.tests.engine.worlds import World, by_reference, by_sql, world_of

pytestmark = pytest.mark.filterwarnings("ignore")
"""Spark's own client leaves sockets to the collector."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spark")


@pytest.fixture(scope="module")
def spark(folder: Path) -> Iterator[Spark]:
    started = Spark([folder], folder / "spill", master="local[2]")
    yield started
    started.close()


def load(spark: Spark, folder: Path, name: str, columns: Any, rows: Sequence[Any]) -> None:
    file = folder / f"{name}.parquet"
    write_table(file, columns, rows)
    spark.load(name, columns, [file])


@pytest.mark.parametrize("seed", [1, 2])
def test_spark_and_plain_python_agree_row_by_row(spark: Spark, folder: Path, seed: int) -> None:
    world = world_of(Random(seed))
    load_world(spark, folder, world)
    assert by_sql(world, "spark", spark.rows) == by_reference(world)
    assert [row for count in world.counts for row in spark.rows(doubled(count, "spark"))] == []


def load_world(spark: Spark, folder: Path, world: World) -> None:
    given = [{"subject": who, "policy": code} for who, code in world.given]
    load(spark, folder, "facts", FACTS_TABLE, world.rows)
    load(spark, folder, "given", GIVEN_TABLE, given)


def test_the_audit_finds_every_planted_fault_there(spark: Spark, folder: Path) -> None:
    planted = plant(11, people=60)
    names = ("subject", "policy", "for_day", "answer", "fen")
    columns = {**PAID_TABLE, "answer": "SMALLINT"}
    claims = [dict(zip(names, claim, strict=True)) for claim in planted.claims]
    paid = [dict(zip(PAID_TABLE, payment, strict=True)) for payment in planted.paid]
    load(spark, folder, "claims", columns, claims)
    load(spark, folder, "paid", PAID_TABLE, paid)
    rows = spark.rows(audit("spark"))
    assert {row[:3]: tuple(row[3:]) for row in rows} == planted.truth


def test_a_replay_runs_there(spark: Spark, folder: Path) -> None:
    people = [{"subject": who, "sex": sex} for who, sex in (("a", "1"), ("b", "2"), ("c", "2"))]
    claims = [("a", 0, 5), ("b", 0, 7), ("b", 0, 1), ("c", -1, None)]
    load(spark, folder, "people", {"subject": "VARCHAR", "sex": "VARCHAR"}, people)
    columns = {"subject": "VARCHAR", "answer": "SMALLINT", "fen": "BIGINT"}
    load(spark, folder, "c", columns, [dict(zip(columns, one, strict=True)) for one in claims])
    spark.keep("today", sums(["c"], "spark"))
    spark.keep("draft", "SELECT * FROM today WHERE subject = 'a'")
    found = spark.rows(beside(["sex"], "spark"))
    assert sorted(found) == [("1", 1, 0, 0, 0, 5, 5), ("2", 2, 0, 1, 1, 8, 0)]


def test_a_whole_period_is_the_same_bytes_as_on_duckdb(spark: Spark, tmp_path: Path) -> None:
    period, policies = write_county(tmp_path)
    folder, files = read_folder(period), policy_files(policies)
    outs = [tmp_path / name for name in ("duckdb", "spark", "spill")]
    for out in outs:
        out.mkdir()
    duck = DuckDB((period, *outs), outs[2])
    ran = run_folder(duck, folder, files, outs[0])
    duck.close()
    assert run_folder(spark, folder, files, outs[1]) == ran
    first, second = ({file.name: file.read_bytes() for file in out.iterdir()} for out in outs[:2])
    assert len(first) == 8
    assert first == second
