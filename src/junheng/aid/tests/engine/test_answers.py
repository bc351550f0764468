"""The same answers from DuckDB and from plain Python, whatever the policies and the people."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given

from junheng.aid.tests.engine.worlds import World, by_reference, by_sql, tables, worlds
from tests.examples import examples


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:", config={"threads": 1}) as connected:
        yield connected


@examples(40)
@given(world=worlds())
def test_duckdb_and_plain_python_agree_row_by_row(
    engine: duckdb.DuckDBPyConnection, world: World
) -> None:
    for statement in tables(world, ""):
        engine.execute(statement)
    found = by_sql(world, "duckdb", lambda asked: engine.execute(asked).fetchall())
    assert found == by_reference(world)
