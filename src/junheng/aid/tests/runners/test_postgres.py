"""PostgreSQL says what DuckDB and plain Python say, of rows and of whole periods."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given
from pytest_django.plugin import DjangoDbBlocker

from junheng.aid.engine.audit import audit
from junheng.aid.engine.replay import beside, sums
from junheng.aid.files.folder import read_folder
from junheng.aid.files.runs import policy_files, run_folder
from junheng.aid.runners.duck import DuckDB
from junheng.aid.runners.postgres import PostgreSQL
from junheng.aid.tests.county import write_county
from junheng.aid.tests.engine.planted import plant
from junheng.aid.tests.engine.worlds import (
    World,
    by_reference,
    by_sql,
    inserted,
    tables,
    worlds,
)
from junheng.commons.connecting import own_parameters
from tests.examples import examples

Connection = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def postgres(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Connection]:
    """A connection beside Django's; what it makes is temporary."""
    with django_db_blocker.unblock():
        parameters = own_parameters()
    with psycopg.connect(**parameters, autocommit=True) as connected:
        yield connected


@examples(12)
@given(world=worlds())
def test_postgresql_and_plain_python_agree_row_by_row(postgres: Connection, world: World) -> None:
    for statement in tables(world, "TEMPORARY"):
        postgres.execute(statement)
    found = by_sql(world, "postgres", lambda asked: postgres.execute(asked).fetchall())
    assert found == by_reference(world)


def test_the_audit_finds_the_same_there(postgres: Connection) -> None:
    planted = plant(5)
    keys = "subject VARCHAR, policy VARCHAR, for_day DATE"
    with postgres.transaction(force_rollback=True):
        postgres.execute(f"CREATE TEMPORARY TABLE claims ({keys}, answer SMALLINT, fen BIGINT)")
        postgres.execute(f"CREATE TEMPORARY TABLE paid ({keys}, fen BIGINT)")
        postgres.execute(inserted("claims", planted.claims))
        postgres.execute(inserted("paid", planted.paid))
        rows = postgres.execute(audit("postgres")).fetchall()
    assert {row[:3]: tuple(row[3:]) for row in rows} == planted.truth


def test_a_replay_runs_there(postgres: Connection) -> None:
    with postgres.transaction(force_rollback=True):
        postgres.execute("CREATE TEMPORARY TABLE people (subject VARCHAR, sex VARCHAR)")
        postgres.execute(inserted("people", [("a", "1"), ("b", "2"), ("c", "2")]))
        postgres.execute("CREATE TEMPORARY TABLE c (subject VARCHAR, answer SMALLINT, fen BIGINT)")
        postgres.execute(inserted("c", [("a", 0, 5), ("b", 0, 7), ("b", 0, 1), ("c", -1, None)]))
        postgres.execute(f"CREATE TEMPORARY TABLE today AS {sums(['c'], 'postgres')}")
        postgres.execute("CREATE TEMPORARY TABLE draft AS SELECT * FROM today WHERE subject = 'a'")
        found = postgres.execute(beside(["sex"], "postgres")).fetchall()
    assert sorted(found) == [("1", 1, 0, 0, 0, 5, 5), ("2", 2, 0, 1, 1, 8, 0)]


def test_a_whole_period_is_the_same_bytes_on_both(postgres: Connection, tmp_path: Path) -> None:
    period, policies = write_county(tmp_path)
    folder, files = read_folder(period), policy_files(policies)
    outs = [tmp_path / name for name in ("duckdb", "postgres", "spill")]
    for out in outs:
        out.mkdir()
    folders = (period, *outs)
    duck = DuckDB(folders, outs[2])
    ran = run_folder(duck, folder, files, outs[0])
    duck.close()
    postgres.execute("DISCARD TEMPORARY")
    with postgres.transaction(force_rollback=True):
        there = PostgreSQL(postgres, folders, outs[2])
        assert run_folder(there, folder, files, outs[1]) == ran
        there.close()
    first, second = ({file.name: file.read_bytes() for file in out.iterdir()} for out in outs[:2])
    assert len(first) == 8
    assert first == second
