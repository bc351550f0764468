"""Stray white space goes, line breaks that mean something stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import whitespace


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("\n\n", ""),
        ("a", "a\n"),
        ("a\n\n\n", "a\n"),
        ("a \t\n  b\n", "a\n  b\n"),
        ("a\r\nb\r\n", "a\nb\n"),
    ],
)
def test_stray_white_space_goes(before: str, after: str) -> None:
    assert whitespace.mended(before, markdown=False) == after


@pytest.mark.parametrize(
    ("before", "after"), [("a  \nb\n", "a  \nb\n"), ("a \nb\t\n", "a\nb\n"), ("a    \n", "a\n")]
)
def test_two_spaces_are_a_line_break_in_markdown(before: str, after: str) -> None:
    assert whitespace.mended(before, markdown=True) == after


def test_a_commit_stops_at_what_was_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text("a\n")
    bad.write_text("a  ")
    assert whitespace.main([str(good), str(bad)]) == 1
    assert capsys.readouterr().out == f"mended: {bad}\n"
    assert bad.read_text() == "a\n"
    assert whitespace.main([str(good), str(bad)]) == 0
