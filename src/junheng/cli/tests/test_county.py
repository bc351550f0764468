"""The invented county as a folder."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from junheng.cli import main


def test_the_county_is_written_with_its_round(tmp_path: Path) -> None:
    answer = CliRunner().invoke(main, ["county", str(tmp_path / "c"), "--seed", "2026"])
    assert answer.exit_code == 0, answer.output
    assert answer.output.endswith("9000 applicants, 13 files\n")
    assert {path.name for path in (tmp_path / "c" / "round").iterdir()} == {
        *("round.toml", "schools.csv", "zones.csv", "applicants.csv", "choices.csv")
    }


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    answer = CliRunner().invoke(main, ["county", str(tmp_path), "--seed", "2026"])
    assert answer.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
