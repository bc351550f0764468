"""The folder of a period: what is missing, misnamed or unknown is told before anything runs."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from junheng.aid.files.folder import read_folder, write_period
from junheng.aid.files.runs import policy_files
from junheng.aid.runners.base import FACTS_TABLE
from junheng.aid.tests.county import PEOPLE, PERIOD, write_county, write_table
from junheng.kernel.faults import Refused

ONE = "facts/990101.parquet"


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(Refused) as refused:
        read_folder(folder)
    return [str(fault) for fault in refused.value.faults]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_county(tmp_path)[0]


def test_a_folder_is_read_with_its_period_and_files(folder: Path) -> None:
    read = read_folder(folder)
    assert write_period(read.period) == PERIOD
    assert [str(file.relative_to(folder)) for file in read.files["facts"]] == [ONE]


def test_a_missing_or_wrong_period_is_told(folder: Path) -> None:
    file = folder / "period.toml"
    file.write_text(PERIOD.replace("2027-01-31", "2026-01-31"))
    assert faults_of(folder) == ["period.toml: until: The period ends before it starts."]
    file.write_text(PERIOD.replace("code", "cod"))
    assert faults_of(folder)[0].startswith("period.toml: cod: This entry is not known.")
    file.unlink()
    assert faults_of(folder)[0].startswith("period.toml: The file is missing. Write it with code")


def test_a_folder_without_facts_or_policies_is_told(folder: Path, tmp_path: Path) -> None:
    (folder / ONE).unlink()
    assert faults_of(folder)[0].startswith("facts: There are no facts")
    with pytest.raises(Refused, match="given: There are no policies"):
        policy_files(tmp_path / "period" / "given")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("* EXCLUDE (boarder)", "boarder: This column is missing. Export the file again."),
        ("*, 'Li' AS name", "name: This column does not belong here. Take it out: nothing beside"),
        ("* REPLACE ('yes' AS boarder)", "boarder: The column holds VARCHAR, not BOOLEAN. Export"),
        ("* REPLACE (NULL::VARCHAR AS subject)", "subject: In 6 rows this column is empty. Fill"),
        ("* REPLACE (-1::BIGINT AS fee)", "fee: In 6 rows this amount is below 0 or above 10000"),
        ("* REPLACE (1000000001 AS fee)", "fee: In 6 rows this amount is below 0 or above 10000"),
        ("* REPLACE (0.5 AS fee)", "fee: The column holds DECIMAL(2,1), not BIGINT. Export the"),
        ("* EXCLUDE (fee)", "fee: This column is missing. Export the file again."),
        ("* REPLACE ('pre' AS stage)", "stage: The codes pre are not known. Known are: 'kinder"),
    ],
)
def test_a_column_or_code_that_is_wrong_is_told(folder: Path, change: str, told: str) -> None:
    with duckdb.connect(":memory:") as engine:
        engine.execute(f"CREATE TABLE t AS SELECT {change} FROM read_parquet('{folder / ONE}')")  # noqa: S608 -- own words
        engine.execute(f"COPY t TO '{folder / ONE}' (FORMAT parquet)")
    assert [fault.startswith(f"{ONE}: {told}") for fault in faults_of(folder)] == [True]


def test_a_file_that_is_no_parquet_is_told_and_a_narrow_number_is_fine(folder: Path) -> None:
    (folder / "paid" / "b.parquet").write_bytes(b"PAR1 and no more")
    assert faults_of(folder) == [
        "paid/b.parquet: The file is no Parquet file, or it is damaged. Export it again."
    ]
    (folder / "paid" / "b.parquet").unlink()
    write_table(folder / ONE, {**FACTS_TABLE, "grade": "TINYINT"}, PEOPLE)
    assert read_folder(folder).period.code == "2026-2027-1"
