"""`junheng admit`: files to files, all or nothing."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from junheng.admissions.tests.files.builders import (
    TOML,
    as_numbers,
    csv_files,
    tables,
    with_cell,
    xlsx_file,
)
from junheng.cli import admit, folders
from junheng.cli.tests.conftest import Junheng, put

RESULT = ["explanations.jsonl", "placements.csv", "receipt.json", "run.json", "schools_result.csv"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_round_goes_from_files_to_files(small: Path, tmp_path: Path, junheng: Junheng) -> None:
    answer = junheng("admit", small, "--out", tmp_path / "out")
    assert answer.exit_code == 0
    assert answer.stdout.startswith(
        "Children: 6. Seated by list: 5, diverted: 1, without a seat: 0"
    )
    assert answer.stderr == ""
    assert names(tmp_path / "out") == RESULT
    run = json.loads((tmp_path / "out" / "run.json").read_bytes())
    assert sorted(run) == ["began", "by", "seconds", "software"]
    assert run["began"].endswith("+08:00")
    assert run["software"].startswith("junheng ")


def test_a_workbook_gives_the_same_receipt(small: Path, tmp_path: Path, junheng: Junheng) -> None:
    book = put(tmp_path, xlsx_file(as_numbers(tables()))) / "round.xlsx"
    assert junheng("admit", small, "--out", tmp_path / "a").exit_code == 0
    assert junheng("admit", book, "--out", tmp_path / "b").exit_code == 0
    one, other = ((tmp_path / out / "receipt.json").read_bytes() for out in ("a", "b"))
    assert one == other
    assert junheng("verify", tmp_path / "b", "--inputs", book).exit_code == 0


@pytest.mark.parametrize("before", ["nothing", "empty", "kept"])
def test_a_refused_input_leaves_the_output_as_it_was(
    tmp_path: Path, junheng: Junheng, before: str
) -> None:
    given = with_cell(tables(), "applicants", 4, "tier", "0")
    source = put(tmp_path / "in", csv_files(with_cell(given, "zones", 3, "rank", "7")))
    out = tmp_path / "out"
    if before != "nothing":
        out.mkdir()
    if before == "kept":
        (out / "notes.txt").write_text("mine")
    answer = junheng("admit", source, "--out", out)
    assert answer.exit_code == 1
    assert answer.stderr.splitlines() == [
        "zones.csv:3: rank: Rank 7 has no rank 6 before it for “Z1”. "
        "Number the ranks 1, 2, 3 and so on without gaps.",
        "applicants.csv:4: tier: “0” cannot stand here. "
        "Write a whole number of 1 or more in digits.",
        "Refused, nothing was written. Faults: 2.",
    ]
    assert names(tmp_path) == (["in"] if before == "nothing" else ["in", "out"])
    if before != "nothing":
        assert names(out) == (["notes.txt"] if before == "kept" else [])


def test_what_only_the_run_can_find_is_refused_alike(tmp_path: Path, junheng: Junheng) -> None:
    given = with_cell(with_cell(tables(), "applicants", 6, "lon", ""), "applicants", 6, "lat", "")
    answer = junheng("admit", put(tmp_path / "in", csv_files(given)), "--out", tmp_path / "out")
    assert answer.exit_code == 1
    assert answer.stderr.startswith("applicants.csv:6: lon,lat: The child found no seat by list")
    assert names(tmp_path) == ["in"]


def test_a_seed_may_be_given_and_without_one_there_is_no_round(
    tmp_path: Path, junheng: Junheng
) -> None:
    toml = TOML.replace('seed = "trial"\n', "")
    source = put(tmp_path / "in", csv_files(tables(), toml=toml))
    answer = junheng("admit", source, "--out", tmp_path / "out")
    assert answer.exit_code == 1
    assert "without a seed there is no round" in answer.stderr
    assert junheng("admit", source, "--out", tmp_path / "out", "--seed", "trial").exit_code == 0
    receipt = json.loads((tmp_path / "out" / "receipt.json").read_bytes())
    assert receipt["seed"] == "trial"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        pytest.param(("nowhere", "--out", "out"), "does not exist", id="no such folder"),
        pytest.param(("in/zones.csv", "--out", "out"), "neither a folder nor", id="one CSV file"),
        pytest.param(("in",), "Missing option '--out'", id="no OUT"),
        pytest.param(("in", "--out", "in"), "is not empty", id="OUT is IN"),
        pytest.param(("in", "--out", "in/zones.csv"), "is a file", id="OUT is a file"),
        pytest.param(("in", "--out", "in/zones.csv/x"), "is a file", id="OUT in a file"),
        pytest.param(("in", "--out", "out", "--lang", "fr"), "'zh', 'en'", id="language"),
    ],
)
def test_wrong_use_is_told_and_exits_2(
    small: Path,
    monkeypatch: pytest.MonkeyPatch,
    junheng: Junheng,
    args: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.chdir(small.parent)
    answer = junheng("admit", *args)
    assert answer.exit_code == 2
    assert words in answer.stderr
    assert names(small.parent) == ["in"]


def test_a_folder_that_is_not_ours_to_write_in_is_told(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, junheng: Junheng
) -> None:
    monkeypatch.setattr(os, "access", lambda _path, mode: not mode & os.W_OK)
    answer = junheng("admit", small, "--out", tmp_path / "out")
    assert answer.exit_code == 2
    assert "not yours to write in" in answer.stderr


def test_an_input_that_may_not_be_read_is_told(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, junheng: Junheng
) -> None:
    def forbidden(path: Path) -> bytes:
        raise PermissionError(errno.EACCES, "no", str(path))

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    answer = junheng("admit", small, "--out", tmp_path / "out")
    assert answer.exit_code == 2
    assert "may not be read" in answer.stderr


def test_an_earlier_result_is_replaced_only_when_asked_and_nothing_else_ever(
    small: Path, tmp_path: Path, junheng: Junheng
) -> None:
    out = tmp_path / "out"
    assert junheng("admit", small, "--out", out).exit_code == 0
    first = (out / "receipt.json").read_bytes()
    again = ("admit", small, "--out", out, "--seed", "other")
    assert junheng(*again).exit_code == 2
    assert (out / "receipt.json").read_bytes() == first
    assert junheng(*again, "--replace").exit_code == 0
    assert (out / "receipt.json").read_bytes() != first
    (out / "letter.doc").write_text("mine")
    answer = junheng(*again, "--replace")
    assert answer.exit_code == 2
    assert "letter.doc" in answer.stderr
    assert names(tmp_path) == ["in", "out"]


# ------------------------------------------------------------------------ all or nothing


def test_a_full_disk_leaves_nothing_behind(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, junheng: Junheng
) -> None:
    written: list[int] = []

    def full(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    answer = junheng("admit", small, "--out", tmp_path / "out")
    assert answer.exit_code == 2
    assert "the disk is full. Nothing was left half-done." in answer.stderr
    assert names(tmp_path) == ["in"]


def test_a_file_that_cannot_grow_leaves_nothing_behind(small: Path, tmp_path: Path) -> None:
    """The operating system itself refuses: no file may be larger than 1,000 bytes."""
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        "from junheng.cli import main; main()"
    )
    out = tmp_path / "out"
    ran = subprocess.run(
        [sys.executable, "-B", "-c", program, "admit", str(small), "--out", str(out)],
        capture_output=True,
        text=True,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )
    assert ran.returncode == 2
    assert "was not written" in ran.stderr
    assert names(tmp_path) == ["in"]


def test_a_failed_swap_brings_the_earlier_result_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = put(tmp_path / "out", {"receipt.json": b"old"})
    rename = Path.rename
    moves: list[Path] = []

    def second_fails(self: Path, target: Path) -> Path:
        moves.append(self)
        if len(moves) == 2:
            raise OSError(errno.EIO, "input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", second_fails)
    with pytest.raises(folders.Unwritable):
        folders.write_folder(out, {"receipt.json": b"new"})
    assert (out / "receipt.json").read_bytes() == b"old"
    assert names(tmp_path) == ["out"]


def test_what_a_killed_run_left_is_swept_away(
    small: Path, tmp_path: Path, junheng: Junheng
) -> None:
    put(tmp_path / ".out.part-999999999", {"placements.csv": b"half"})
    mine = put(tmp_path / f".out.part-{os.getppid()}", {"placements.csv": b"somebody else's"})
    assert junheng("admit", small, "--out", tmp_path / "out").exit_code == 0
    assert names(tmp_path) == [mine.name, "in", "out"]


# ------------------------------------------------------------------------------- the pack


def test_two_people_decide_on_a_pack_and_see_the_counts_first(
    small: Path, tmp_path: Path, junheng: Junheng
) -> None:
    out = tmp_path / "out"
    people = ("--decided-by", "Li", "--decided-by", "Wang")
    answer = junheng("admit", small, "--out", out, "--pack", *people)
    assert answer.exit_code == 0
    assert answer.stderr.startswith("6 of 6 children share their tier")
    assert names(out) == sorted([*RESULT, "pack"])
    assert json.loads((out / "run.json").read_bytes())["pack_decided_by"] == ["Li", "Wang"]
    pack = out / "pack"
    assert not any(b"Wang" in path.read_bytes() for path in pack.iterdir())
    assert junheng("verify", pack, "--inputs", pack).exit_code == 0


@pytest.mark.parametrize("people", [(), ("Li",), ("Li", "li "), ("Li", " ")])
def test_one_person_is_not_enough_for_a_pack(
    small: Path, tmp_path: Path, junheng: Junheng, people: tuple[str, ...]
) -> None:
    flags = [flag for name in people for flag in ("--decided-by", name)]
    answer = junheng("admit", small, "--out", tmp_path / "out", "--pack", *flags)
    assert answer.exit_code == 2
    assert "two different people" in answer.stderr
    assert names(tmp_path) == ["in"]


def test_on_a_terminal_the_two_people_are_asked(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, junheng: Junheng
) -> None:
    asked: list[str] = []

    def answer(question: str, **_more: object) -> str:
        asked.append(question)
        return ("Li", "Wang")[len(asked) - 1]

    monkeypatch.setattr(admit, "somebody_there", lambda: True)
    monkeypatch.setattr(click, "prompt", answer)
    assert junheng("admit", small, "--out", tmp_path / "out", "--pack").exit_code == 0
    assert [question[-5:] for question in asked] == ["(1/2)", "(2/2)"]


# -------------------------------------------------------------------------- what it needs


def test_it_needs_neither_the_site_nor_a_database(small: Path, tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from junheng.cli import main\n"
        "main(sys.argv[1:], standalone_mode=False)\n"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'django', 'psycopg', 'babel'}))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, "admit", str(small), "--out", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=True,
        env={key: value for key, value in os.environ.items() if "DJANGO" not in key},
    )
    assert ran.stdout.splitlines()[-1] == "[]"
