"""`junheng aid run`: from the files of a period to answers, differences and a receipt."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from junheng.aid.runners.base import FACTS_TABLE
from junheng.aid.tests.county import BOARDER, PEOPLE, write_county, write_table
from junheng.cli import main


def run(folder: Path, *more: str) -> Result:
    words = ["--facts", str(folder / "period"), "--policies", str(folder / "policies")]
    return CliRunner().invoke(
        main, ["aid", "run", *words, "--out", str(folder / "out"), "--lang", "en", *more]
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_county(tmp_path)
    return tmp_path


def test_a_period_is_decided_and_held_against_what_was_paid(folder: Path) -> None:
    answer = run(folder)
    assert answer.exit_code == 0, answer.output
    assert {file.name for file in (folder / "out").iterdir()} == {
        *("answers-2026-09-01.parquet", "answers-2026-10-01.parquet"),
        *("answers-2026-11-01.parquet", "answers-2026-12-01.parquet"),
        *("answers-2027-01-01.parquet", "differences.parquet", "totals.parquet", "receipt.json"),
    }
    out = folder / "out"
    answers = duckdb.read_parquet(str(out / "answers-2026-09-01.parquet"))
    first = answers.select("subject", "answer_boarder", "fen_boarder").fetchall()
    # b may be poor, nobody told; c is no boarder; d does not study; of f no rate is told.
    assert first == [
        ("a", 0, 50_000),
        ("b", -2, None),
        ("c", 1, None),
        ("d", 1, None),
        ("e", 0, 62_500),
        ("f", 3, None),
    ]
    differences = duckdb.read_parquet(str(out / "differences.parquet"))
    told = differences.filter("policy = 'boarder'")
    boarders = told.select("subject", "difference", "due_fen", "paid_fen").fetchall()
    assert boarders == [
        ("b", "undecided", None, 0),
        ("c", "not_entitled", None, 50_000),
        ("e", "unpaid", 62_500, 0),
    ]
    # Meals: 6 people in September and October, then those who study: 5 in November (e until its
    # end), 4 each in December and January. Boarders: 500.00 + 625.00.
    fen = 12 * 8_000 + (5 + 4 + 4) * 10_000 + 112_500
    receipt = json.loads((out / "receipt.json").read_bytes())
    assert sum(row["fen"] for row in receipt["totals"]) == fen
    assert "Claims: 27, together 3,385.00 yuan. Undecided: 1." in answer.output


def test_the_same_files_give_the_same_bytes(folder: Path) -> None:
    run(folder)
    first = {file.name: file.read_bytes() for file in (folder / "out").iterdir()}
    answer = run(folder, "--out", str(folder / "again"))
    assert answer.exit_code == 0, answer.output
    assert {file.name: file.read_bytes() for file in (folder / "again").iterdir()} == first


def test_facts_that_contradict_each_other_are_refused_by_name(folder: Path) -> None:
    twice = [*PEOPLE, {**PEOPLE[2], "boarder": True}]
    write_table(folder / "period" / "facts" / "990101.parquet", FACTS_TABLE, twice)
    answer = run(folder)
    assert answer.exit_code == 1
    assert "facts: c: The facts have more than one row for this person on 2026-09-01." in (
        answer.output
    )
    assert not (folder / "out").exists()


def test_every_fault_of_every_file_is_told(folder: Path) -> None:
    (folder / "policies" / "boarder.toml").write_text(
        BOARDER.replace("studying AND boarder", "studying AND pupil_name = 'Li'")
    )
    answer = run(folder)
    assert answer.exit_code == 1
    assert (
        "boarder.toml: version 1, condition 1: There is no fact “pupil_name” (character 14). "
        "Use one of the documented facts." in answer.output
    )
    assert not (folder / "out").exists()


def test_what_is_already_there_is_left_alone(folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "kept.txt").write_text("mine")
    assert run(folder).exit_code == 2
    assert (folder / "out" / "kept.txt").read_text() == "mine"


def test_without_spark_the_command_says_what_is_missing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyspark.sql", None)
    answer = run(folder, "--engine", "spark")
    assert answer.exit_code == 2
    assert "Spark is not on this machine (pyspark is missing)" in answer.output
