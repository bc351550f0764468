"""A stranger with the pack, `docs/` and the command line repeats the round, and needs nobody."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from junheng.admissions.files.check import check
from junheng.admissions.files.read import read_inputs
from junheng.admissions.files.runs import run_inputs
from junheng.admissions.files.sample import Wish, sample_round
from junheng.admissions.tests.verify.public import act_of
from junheng.cli.tests.conftest import Junheng, put
from junheng.registry.demo.county import build
from junheng.registry.demo.files import round_files

DOCS = Path(__file__).parents[4] / "docs"
JUNHENG = str(Path(sys.executable).with_name("junheng"))
Packed = tuple[dict[str, bytes], dict[str, str]]


def packed(files: dict[str, bytes]) -> Packed:
    """The pack of a round drawn in public, and the real seats given by list."""
    inputs = read_inputs(files)
    rules = check(inputs, seed="before").rules
    public = act_of(
        {
            "ref": rules.ref,
            "year": rules.year,
            "level": rules.level,
            "class_cap": rules.class_cap,
            "priority": [key.value for key in rules.priority],
        },
        by_lottery=rules.by_lottery,
    )
    done = run_inputs(inputs, check(inputs, seed=public["seed"]), lambda _stage, _share: None)
    real = done.files(lambda _stage, _share: None)["placements.csv"]
    pack, _rarity = done.pack()
    return pack | {"public.json": json.dumps(public).encode()}, seats_by_list(real)


def seats_by_list(placements: bytes) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(placements.decode()))
    return {row["applicant_id"]: row["school_id"] for row in rows if row["list_rank"]}


@pytest.fixture(scope="module")
def demo() -> Packed:
    """The invented county of Yunhuai: 9,000 children, twins among them."""
    return packed(round_files(build("stranger")))


@pytest.fixture(scope="module")
def without_groups() -> Packed:
    """A round as large as the demo's, with two drawings, in which nobody has to stay together."""
    files = sample_round(Wish(9_000, 90, "stranger", 0.1, by_lottery=2))
    files["applicants.csv"] = re.sub(rb"twins-\w+(?=\r?\n)", b"", files["applicants.csv"])
    return packed(files)


def alone(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command as a stranger gives it: in a folder of their own, without settings of ours."""
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder)}
    if "PYTHONPATH" in os.environ:  # where the package is tried without being installed
        environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_a_stranger_repeats_seed_tickets_and_every_seat_given_by_list(
    demo: Packed, tmp_path: Path
) -> None:
    pack, real = demo
    put(tmp_path / "PACK", pack)
    seed = alone(tmp_path, JUNHENG, "seed", "PACK")
    assert (seed.returncode, seed.stderr) == (0, "")
    assert seed.stdout.splitlines()[-1] == json.loads(pack["public.json"])["seed"]
    verified = alone(tmp_path, JUNHENG, "verify", "PACK", "--inputs", "PACK")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    admitted = alone(tmp_path, JUNHENG, "admit", "PACK", "--out", "RESULT")
    assert admitted.returncode == 0, admitted.stderr
    again = (tmp_path / "RESULT" / "placements.csv").read_bytes()
    assert len(real) > 7_000
    assert seats_by_list(again) == real
    assert again == pack["placements.csv"]


def test_short_program_without_any_of_our_code_give_the_same_seats(
    without_groups: Packed, tmp_path: Path
) -> None:
    pack, real = without_groups
    put(tmp_path / "PACK", pack)
    shutil.copy(DOCS / "repeat_round.py", tmp_path)
    said = alone(tmp_path, sys.executable, "-I", "-S", "repeat_round.py", "PACK")
    assert said.returncode == 0, said.stderr
    assert said.stdout == f"The same: 9000 tickets, {len(real)} seats given by list.\n"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("placements.csv", b"school", b"schoool", "other seats"),
        ("public.json", b"sunny", b"rainy", "another seed"),
        ("choices.csv", b",1,", b",99,", "other seats"),
    ],
)
def test_the_short_program_notices_what_was_changed(
    without_groups: Packed, tmp_path: Path, name: str, old: bytes, new: bytes, said: str
) -> None:
    pack = dict(without_groups[0])
    if name == "placements.csv":
        old = re.search(rb"\n\w+,([^,\n]+),choice", pack[name])[1]  # type: ignore[index]
        new = b"elsewhere"
    pack[name] = pack[name].replace(old, new, 40)
    put(tmp_path / "PACK", pack)
    answer = alone(tmp_path, sys.executable, "-I", str(DOCS / "repeat_round.py"), "PACK")
    assert answer.returncode == 1
    assert said in answer.stderr


def test_the_short_program_says_so_where_a_round_has_groups(demo: Packed, tmp_path: Path) -> None:
    put(tmp_path / "PACK", demo[0])
    answer = alone(tmp_path, sys.executable, "-I", str(DOCS / "repeat_round.py"), "PACK")
    assert (answer.returncode, answer.stderr) == (1, "this round has groups\n")


# --- the command ---------------------------------------------------------------------------


def test_a_seed_that_does_not_follow_fails(
    without_groups: Packed, tmp_path: Path, junheng: Junheng
) -> None:
    pack = dict(without_groups[0])
    pack["public.json"] = pack["public.json"].replace(b"sunny", b"rainy")
    answer = junheng("seed", put(tmp_path / "PACK", pack))
    assert answer.exit_code == 1
    assert "FAIL commitments: " in answer.stdout
    assert "ok   lists: " in answer.stdout


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "no public.json"),
        ({"public.json": b"{}"}, "no round.toml"),
        ({"public.json": b"{}", "round.toml": b""}, "is not complete"),
        ({"public.json": b"[", "round.toml": b""}, "cannot be read"),
        ({"public.json": b"[]", "round.toml": b""}, "is not complete"),
    ],
)
def test_a_folder_that_is_no_pack_is_wrong_use(
    files: dict[str, bytes], said: str, tmp_path: Path, junheng: Junheng
) -> None:
    answer = junheng("seed", put(tmp_path / "PACK", files))
    assert answer.exit_code == 2
    assert said in answer.stderr
