"""`junheng facts export`: a term of the site as the folder that `junheng aid run` reads."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from junheng.aid.tests import builders
from junheng.cli import facts, main

pytestmark = pytest.mark.django_db


def export(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Result:
    """Within this test's transaction."""
    monkeypatch.setattr(facts, "as_owner", lambda **_how: nullcontext())
    words = ["--term", "2025-2026-1", "--out", str(folder / "out"), "--lang", "en"]
    return CliRunner().invoke(main, ["facts", "export", *words])


def test_it_says_what_it_wrote(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    builders.a_term()
    builders.pupils(["boarder"])
    answer = export(monkeypatch, tmp_path)
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("Counties: 990100, rows of facts: 1. They are in")
    assert (tmp_path / "out" / "facts" / "990100.parquet").is_file()


def test_it_refuses_a_term_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer = export(monkeypatch, tmp_path)
    assert answer.exit_code == 1
    assert "No county that was asked for has the term 2025-2026-1." in answer.output
    assert not (tmp_path / "out").exists()
