"""Parquet files: read like other tables, refused when they are not what they seem."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from junheng.commons.sheets import Column, check_rows, read_table_file
from junheng.commons.tabular import Limits
from junheng.kernel.faults import Refused

COLUMNS = (
    Column("number", "number", kind="identifier"),
    Column("name", "name"),
    Column("born_on", "born_on", kind="date"),
)


def parquet(tmp_path: Path, select: str) -> bytes:
    file = tmp_path / "made.parquet"
    duckdb.sql(f"COPY ({select}) TO '{file}' (FORMAT parquet)")
    return file.read_bytes()


def test_text_dates_and_blanks_are_taken(tmp_path: Path) -> None:
    data = parquet(
        tmp_path,
        "SELECT '990100202002290022' AS number, 'Wang' AS name, DATE '2020-02-29' AS born_on "
        "UNION ALL SELECT NULL, 'Li', NULL",
    )
    (table,) = read_table_file(data, name="people.parquet").values()
    values, faults = check_rows(COLUMNS, table)
    assert faults == []
    assert values[0] == {
        "number": "990100202002290022",
        "name": "Wang",
        "born_on": date(2020, 2, 29),
    }
    assert values[1]["number"] is None


def test_an_identifier_that_is_a_figure_is_refused(tmp_path: Path) -> None:
    data = parquet(tmp_path, "SELECT 990100202002290022 AS number, 'Wang' AS name")
    (table,) = read_table_file(data, name="people.parquet").values()
    assert check_rows(COLUMNS, table)[1]


@pytest.mark.parametrize("data", [b"PAR1", b"PAR1" + b"\0" * 500 + b"PAR1", b"PAR1 hello"])
def test_what_only_begins_like_one_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        read_table_file(data, name="people.parquet")


def test_cut_empty_and_tightly_packed_files_are_refused(tmp_path: Path) -> None:
    whole = parquet(tmp_path, "SELECT 'x' AS name FROM range(1000)")
    with pytest.raises(Refused):
        read_table_file(whole[:-20], name="people.parquet")
    with pytest.raises(Refused):
        read_table_file(whole, name="people.parquet", limits=Limits(cells=999))
    with pytest.raises(Refused):
        read_table_file(whole, name="people.parquet", limits=Limits(file_bytes=10))
    nobody = parquet(tmp_path, "SELECT 'x' AS name WHERE false")
    with pytest.raises(Refused):
        read_table_file(nobody, name="people.parquet")


def test_nested_values_become_text(tmp_path: Path) -> None:
    data = parquet(tmp_path, "SELECT [1, 2] AS name")
    (table,) = read_table_file(data, name="people.parquet").values()
    assert table.columns["name"] == ["[1, 2]"]
