"""`junheng verify`, `explain` and `sample`, the language and the progress bar."""

from __future__ import annotations

import io
import json
import re
import shutil
from pathlib import Path

import pytest

from junheng.cli import COMMANDS, language, main
from junheng.cli.progress import part, progress_bar
from junheng.cli.tests.conftest import Junheng, put

Admitted = tuple[Path, Path]


@pytest.fixture
def result(admitted: Admitted, tmp_path: Path) -> Path:
    """A copy of the result, to be tampered with."""
    return shutil.copytree(admitted[1], tmp_path / "result")


# --------------------------------------------------------------------------------- verify


def test_a_right_result_has_a_line_for_every_property(admitted: Admitted, junheng: Junheng) -> None:
    source, out = admitted
    answer = junheng("verify", out, "--inputs", source)
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert len(lines) > 20
    assert all(line.startswith("ok   ") for line in lines)


def test_a_result_that_was_tampered_with_fails(
    admitted: Admitted, result: Path, junheng: Junheng
) -> None:
    placements = (result / "placements.csv").read_text().splitlines()
    first, second = placements[1].split(","), placements[2].split(",")
    first[5], second[5] = second[5], first[5]
    (result / "placements.csv").write_text(
        "\n".join([placements[0], ",".join(first), ",".join(second), *placements[3:], ""])
    )
    answer = junheng("verify", result, "--inputs", admitted[0])
    assert answer.exit_code == 1
    assert "FAIL tickets" in answer.stdout


def test_a_result_without_its_explanations_fails(
    admitted: Admitted, result: Path, junheng: Junheng
) -> None:
    (result / "explanations.jsonl").unlink()
    answer = junheng("verify", result, "--inputs", admitted[0])
    assert answer.exit_code == 1
    assert "FAIL files" in answer.stdout


def test_an_input_that_cannot_be_read_fails(
    admitted: Admitted, tmp_path: Path, junheng: Junheng
) -> None:
    answer = junheng("verify", admitted[1], "--inputs", put(tmp_path / "none", {}))
    assert answer.exit_code == 1
    assert "round.toml: The file is missing." in answer.stderr


def test_another_input_is_not_the_one_of_the_receipt(
    admitted: Admitted, tmp_path: Path, junheng: Junheng
) -> None:
    other = shutil.copytree(admitted[0], tmp_path / "other")
    schools = (other / "schools.csv").read_text()
    (other / "schools.csv").write_text(schools.replace("School 1,", "School One,"))
    answer = junheng("verify", admitted[1], "--inputs", other)
    assert answer.exit_code == 1
    assert [line[:11] for line in answer.stdout.splitlines() if line.startswith("FAIL")] == [
        "FAIL hashes"
    ]


def test_a_seed_from_the_command_line_is_told_and_can_be_held_against_the_public_one(
    small: Path, tmp_path: Path, junheng: Junheng
) -> None:
    out = tmp_path / "out"
    assert junheng("admit", small, "--out", out, "--seed", "drawn").exit_code == 0
    told = junheng("verify", out, "--inputs", small)
    assert told.exit_code == 0
    assert "names the seed “trial”, the result was drawn with “drawn”" in told.stderr
    assert junheng("verify", out, "--inputs", small, "--seed", "drawn").exit_code == 0
    assert junheng("verify", out, "--inputs", small, "--seed", "public").exit_code == 1


@pytest.mark.parametrize("receipt", [b"", b"{", b"[1]", b'{"seed": 7}'])
def test_a_receipt_that_cannot_be_read_fails(
    admitted: Admitted, result: Path, junheng: Junheng, receipt: bytes
) -> None:
    (result / "receipt.json").write_bytes(receipt)
    assert junheng("verify", result, "--inputs", admitted[0]).exit_code == 1


def test_a_folder_without_a_result_is_wrong_use(
    admitted: Admitted, tmp_path: Path, junheng: Junheng
) -> None:
    for args in ((admitted[0], admitted[0]), (tmp_path / "none", admitted[0])):
        answer = junheng("verify", args[0], "--inputs", args[1])
        assert answer.exit_code == 2
    assert junheng("verify", admitted[1], "--inputs", tmp_path / "none").exit_code == 2
    assert junheng("verify", admitted[1]).exit_code == 2


# -------------------------------------------------------------------------------- explain


def child(out: Path, how: str) -> str:
    lines = (out / "placements.csv").read_text().splitlines()
    return next(line.split(",")[0] for line in lines if f",{how}," in line)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("choice", "The child has a seat at S"),
        ("zone", "a school of its zone"),
        ("diverted", "No school on the list had a seat for the child."),
    ],
)
def test_a_placement_is_explained_from_the_result_alone(
    admitted: Admitted, junheng: Junheng, how: str, words: str
) -> None:
    answer = junheng("explain", admitted[1], child(admitted[1], how))
    assert answer.exit_code == 0
    assert words in answer.stdout


def test_with_the_input_schools_are_called_by_their_names(
    admitted: Admitted, junheng: Junheng
) -> None:
    source, out = admitted
    answer = junheng("explain", out, child(out, "choice"), "--inputs", source)
    assert "The child has a seat at School " in answer.stdout


def test_an_unknown_child_is_wrong_use_and_the_nearest_code_is_offered(
    admitted: Admitted, junheng: Junheng
) -> None:
    known = child(admitted[1], "zone")
    answer = junheng("explain", admitted[1], known[:-1])
    assert answer.exit_code == 2
    assert f"Did you mean {known}" in answer.stderr
    assert "Did you mean" not in junheng("explain", admitted[1], "nobody").stderr


def test_a_result_that_cannot_be_read_is_told(
    admitted: Admitted, result: Path, tmp_path: Path, junheng: Junheng
) -> None:
    known = child(result, "zone")
    empty = put(tmp_path / "empty", {})
    assert "there is no explanations.jsonl" in junheng("explain", empty, known).stderr
    assert "no table of schools" in junheng("explain", result, known, "--inputs", empty).stderr
    lines = (result / "explanations.jsonl").read_text().splitlines()
    spoilt = [line.replace('"verdict":', '"verdikt":') for line in lines]
    (result / "explanations.jsonl").write_text("\n".join(spoilt))
    assert "cannot be read" in junheng("explain", result, known).stderr
    (result / "receipt.json").write_text("{}")
    assert "no readable receipt.json" in junheng("explain", result, known).stderr


# --------------------------------------------------------------------------------- sample


def test_a_sample_is_never_written_over_anything(
    admitted: Admitted, tmp_path: Path, junheng: Junheng
) -> None:
    wish = ("--applicants", 5, "--schools", 2, "--seed", 1)
    assert junheng("sample", tmp_path / "new", *wish).exit_code == 0
    answer = junheng("sample", admitted[0], *wish)
    assert answer.exit_code == 2
    assert "is not empty" in answer.stderr
    for wrong in (("--applicants", 0), ("--schools", -1), ("--unplaced", 0.9)):
        assert junheng("sample", tmp_path / "x", *wish, *wrong).exit_code == 2


# ------------------------------------------------------------------------------- language

PO = """\
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "The file is missing."
msgstr "缺少这个文件。"

#, fuzzy
msgid "The cell is blank."
msgstr "？"
"""


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO)
    monkeypatch.setattr(language, "LOCALE", tmp_path / "locale")
    language.speaker.cache_clear()
    return folder


def test_the_catalogue_is_read_compiled_or_not_or_missing(catalogue: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    missing = "The file is missing."
    assert language.speaker("zh")(missing) == "缺少这个文件。"
    assert language.speaker("zh")("The cell is blank.") == "The cell is blank."
    language.speaker.cache_clear()
    with (catalogue / "django.po").open("rb") as source, (catalogue / "django.mo").open("wb") as mo:
        write_mo(mo, read_po(source))
    (catalogue / "django.po").unlink()
    assert language.speaker("zh")(missing) == "缺少这个文件。"
    language.speaker.cache_clear()
    (catalogue / "django.mo").unlink()
    assert language.speaker("zh")(missing) == missing
    assert language.speaker("en")(missing) == missing
    language.speaker.cache_clear()


def test_faults_are_told_in_the_language_asked_for(
    catalogue: Path, tmp_path: Path, junheng: Junheng
) -> None:
    source = put(tmp_path / "in", {})
    told = junheng("admit", source, "--out", tmp_path / "out", "--lang", "zh")
    assert "round.toml: 缺少这个文件。" in told.stderr
    language.speaker.cache_clear()


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "en_GB", "LANG": "zh_CN"}, "en"),
        ({}, "en"),
    ],
)
def test_without_being_asked_the_environment_decides(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], lang: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language.from_environment() == lang


# ----------------------------------------------------------------------- progress and help


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_and_nowhere_else() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        with progress_bar(str, stream) as progress:
            progress("reading", 0.0)
            inner = part(progress, 0.2, 0.6)
            inner("tickets", 0.5)
            inner("done", 1.0)
    assert pipe.getvalue() == ""
    assert "  0% Reading" in terminal.getvalue()
    assert " 40% Drawing tickets" in terminal.getvalue()
    assert "60%" not in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_help_names_every_command(junheng: Junheng) -> None:
    answer = junheng("--help")
    assert answer.exit_code == 0
    assert all(f"  {name} " in answer.stdout for name in COMMANDS)
    assert junheng("frobnicate").exit_code == 2
    assert re.fullmatch(r"junheng \d+\.\d+\.\d+\n", junheng("--version").stdout)


def test_commands_are_imported_only_when_they_are_used() -> None:
    assert set(main.commands) == set()


def test_every_line_of_a_result_is_json(admitted: Admitted) -> None:
    for line in (admitted[1] / "explanations.jsonl").read_bytes().splitlines():
        json.loads(line)
