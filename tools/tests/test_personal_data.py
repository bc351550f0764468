"""The scan accepts and rejects the lines it says it does, in files and alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import personal_data


@pytest.mark.parametrize("line", personal_data.ACCEPTED)
def test_an_invented_or_masked_number_passes(line: str) -> None:
    assert list(personal_data.found_in(line)) == []


@pytest.mark.parametrize("line", personal_data.REJECTED)
def test_a_number_that_may_be_somebodys_is_found(line: str) -> None:
    assert len(list(personal_data.found_in(line))) == 1


def test_the_find_is_told_with_its_line_but_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("first\n" + personal_data.REJECTED[0])
    (tmp_path / "b.bin").write_bytes(b"\xff\xfe\x00")
    names = [str(tmp_path / name) for name in ("a.txt", "b.bin", "gone.txt", ".")]
    assert personal_data.main(names) == 1
    said = capsys.readouterr().out
    assert said == f"{tmp_path / 'a.txt'}:2: identity number 1101…94\n"


def test_a_clean_file_is_said_to_be_clean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("\n".join(personal_data.ACCEPTED))
    assert personal_data.main([str(tmp_path / "a.txt")]) == 0
    assert capsys.readouterr().out.startswith("No personal data found")


def test_every_file_in_git_is_looked_at() -> None:
    assert personal_data.PROJECT / "tools" / "catalogues.py" in personal_data.tracked()
