"""Offers in two runs and moved grades, from the command line alone."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from junheng.cli.tests.conftest import Junheng


def sampled(junheng: Junheng, folder: Path, mode: str) -> Path:
    wish = ("--applicants", 300, "--schools", 12, "--seed", "cli", "--unplaced", 0.15)
    assert junheng("sample", folder, *wish, "--mode", mode).exit_code == 0
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_offers_are_made_answered_and_decided(junheng: Junheng, tmp_path: Path) -> None:
    """The one with the smallest ticket ranks the last of its offer alone, and gets it."""
    source, first, second = (
        sampled(junheng, tmp_path / "in", "open"),
        tmp_path / "1",
        tmp_path / "2",
    )
    told = junheng("admit", source, "--out", first).stdout
    named = re.search(r'first_run = "([0-9a-f]{64})"', told)
    assert named
    assert junheng("verify", first, "--inputs", source).exit_code == 0
    offers = rows(first / "offers.csv")
    tickets = {row["applicant_id"]: row["ticket"] for row in rows(first / "placements.csv")}
    early = min({row["applicant_id"] for row in offers}, key=lambda child: tickets[child])
    wanted = [row["school_id"] for row in offers if row["applicant_id"] == early][-1]
    group = [child for child in tickets if tickets[child] == tickets[early]]
    answers = "".join(f"{child},1,{wanted}\n" for child in group)
    (source / "offer_choices.csv").write_text("applicant_id,rank,school_id\n" + answers)
    with (source / "round.toml").open("a") as rules:
        rules.write(named[0] + "\n")
    answer = junheng("admit", source, "--out", second)
    assert answer.exit_code == 0
    assert "first_run" not in answer.stdout
    verified = junheng("verify", second, "--inputs", source)
    assert "ok   first_run" in verified.stdout
    assert verified.exit_code == 0
    seats = {row["applicant_id"]: row for row in rows(second / "placements.csv")}
    assert {(seats[child]["school_id"], seats[child]["how"]) for child in group} == {
        (wanted, "offered")
    }
    explained = junheng("explain", second, early, "--lang", "en").stdout
    assert "The family ranked them." in explained


def test_a_grade_moves_and_the_family_is_told(junheng: Junheng, tmp_path: Path) -> None:
    source, out = sampled(junheng, tmp_path / "in", "grade"), tmp_path / "out"
    assert junheng("admit", source, "--out", out).exit_code == 0
    assert junheng("verify", out, "--inputs", source).exit_code == 0
    assert "moved" in {row["reason"] for row in rows(out / "grades.csv")}
    child = next(row for row in rows(out / "placements.csv") if row["how"] == "moved")
    explained = junheng("explain", out, child["applicant_id"], "--lang", "en").stdout
    assert "the whole grade is taught at" in explained


@pytest.mark.parametrize("mode", ["open", "grade"])
def test_a_result_of_another_mode_is_replaced(junheng: Junheng, tmp_path: Path, mode: str) -> None:
    source, out = sampled(junheng, tmp_path / "in", mode), tmp_path / "out"
    assert junheng("admit", source, "--out", out).exit_code == 0
    assert junheng("admit", source, "--out", out, "--replace").exit_code == 0
