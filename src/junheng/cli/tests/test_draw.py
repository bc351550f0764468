"""`junheng draw`: a draw of classes held again from its pack, and every way of being none."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from junheng.cli.tests.conftest import Junheng, put
from junheng.kernel.canonical import canonical_json
from junheng.registry.engine.class_assignment import NewClass, Newcomer, Wish, assign
from junheng.registry.files.class_assignments import freezable, write
from junheng.registry.verify.class_draw import FILES, NotAPack, fingerprint, verify_pack

FIGURES = "14-02-30"
CLASSES = [NewClass(1, 30), NewClass(2, 30)]


@pytest.fixture(scope="module")
def whole() -> dict[str, bytes]:
    """A pack of twenty-one pupils in two classes, twins apart."""
    pupils = [
        Newcomer(
            f"{n:02}", "12"[n % 2], n % 4, n < 4, n == 9,
            "family 1" if n < 3 else "", Wish.APART if n < 3 else None,
        )
        for n in range(1, 22)
    ]  # fmt: skip
    frozen = freezable(pupils, CLASSES)
    listed = fingerprint(frozen)
    seed = hashlib.sha256(f"draw|{listed}|{FIGURES}".encode()).hexdigest()
    outputs = write(assign(pupils, CLASSES, seed=seed, year=2025))
    draw = {
        "ref": "draw",
        "year": 2025,
        "list": listed,
        "example": "03-11-28",
        "figures": FIGURES,
        "seed": seed,
        "placements_sha256": hashlib.sha256(outputs["placements.csv"]).hexdigest(),
    }
    return {**frozen, **outputs, "draw.json": canonical_json(draw)}


def test_a_draw_is_held_again_from_a_zip_and_from_a_folder(
    whole: dict[str, bytes], junheng: Junheng, tmp_path: Path
) -> None:
    pack = tmp_path / "pack.zip"
    with zipfile.ZipFile(pack, "w") as archive:
        for name, data in whole.items():
            archive.writestr(name, data)
    answer = junheng("draw", pack, "--list", fingerprint(whole), "--figures", FIGURES)
    assert (answer.exit_code, answer.stdout.count("ok  ")) == (0, 8), answer.output
    folder = put(tmp_path / "pack", whole)
    assert junheng("draw", folder).exit_code == 0
    other = junheng("draw", folder, "--figures", "14-02-31")
    assert (other.exit_code, "14-02-31 ≠ 14-02-30" in other.stdout) == (1, True)
    assert "\u91cd\u65b0\u62bd" in junheng("draw", folder, "--lang", "zh").stdout


def swapped(placements: bytes) -> bytes:
    """The first and the last pupil with each other's class."""
    header, first, *between, last = placements.decode().splitlines()
    (one, mine), (other, theirs) = first.split(","), last.split(",")
    assert mine != theirs
    return "\n".join([header, f"{one},{theirs}", *between, f"{other},{mine}", ""]).encode()


@pytest.mark.parametrize(
    ("name", "change", "failing"),
    [
        pytest.param("placements.csv", swapped, {"result", "repeated"}, id="classes"),
        pytest.param("placements.csv", lambda d: d + b"x,1\n", {"promises", "repeated"}, id="more"),
        pytest.param("pupils.csv", lambda d: d.replace(b",1,0,", b",0,0,", 1), {"list"}, id="list"),
        pytest.param("draw.json", lambda d: d.replace(b"-30", b"-31"), {"seed"}, id="figures"),
        pytest.param(
            "draw.json", lambda d: d.replace(b"14-02-30", b"14 02 30"), {"figures", "seed"},
            id="form",
        ),
        pytest.param(
            "classes.csv", lambda _d: b"number,most\n1,5\n", {"list", "promises", "repeated"},
            id="room",
        ),
    ],
)  # fmt: skip
def test_what_was_tampered_with_fails_by_name(
    whole: dict[str, bytes],
    junheng: Junheng,
    tmp_path: Path,
    name: str,
    change: object,
    failing: set[str],
) -> None:
    assert callable(change)
    answer = junheng("draw", put(tmp_path / "pack", {**whole, name: change(whole[name])}))
    lines = [line[5:].split(":")[0] for line in answer.stdout.splitlines() if line[:4] == "FAIL"]
    assert answer.exit_code == 1
    assert failing <= set(lines), answer.output


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        pytest.param("draw.json", b"{", "draw.json cannot be read", id="no json"),
        pytest.param("draw.json", b"[]", "no names with values", id="a list"),
        pytest.param("draw.json", b"{}", "no text “ref”", id="empty"),
        pytest.param("classes.csv", b"number\n1\n", "a table cannot be read", id="column"),
        pytest.param("pupils.csv", b"id\n01\n", "a table cannot be read", id="no sex"),
    ],
)
def test_what_is_no_pack_is_told_in_a_sentence(
    whole: dict[str, bytes], junheng: Junheng, tmp_path: Path, name: str, data: bytes, told: str
) -> None:
    placed = {"placements.csv": b"id,class\n01,1\n"} if name == "pupils.csv" else {}
    answer = junheng("draw", put(tmp_path / "pack", {**whole, **placed, name: data}))
    assert answer.exit_code == 2
    assert told in answer.output


def test_a_list_of_the_old_form_is_told(
    whole: dict[str, bytes], junheng: Junheng, tmp_path: Path
) -> None:
    old = {"pupils.csv": whole["pupils.csv"].replace(b",age,", b",born_on,")}
    year = {"draw.json": whole["draw.json"].replace(b'"year":2025', b'"year":"x"')}
    for change, told in ((old, "the list cannot be read"), (year, "no whole number “year”")):
        answer = junheng("draw", put(tmp_path / told[:8], {**whole, **change}))
        assert (answer.exit_code, told in answer.output) == (2, True), answer.output


def test_files_that_are_missing_too_large_or_no_zip(
    whole: dict[str, bytes], junheng: Junheng, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in FILES:
        with pytest.raises(NotAPack, match=f"no {name}"):
            verify_pack({other: data for other, data in whole.items() if other != name})
    (tmp_path / "rubbish.zip").write_bytes(b"no zip")
    assert "neither a folder nor a .zip" in junheng("draw", tmp_path / "rubbish.zip").output
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive:
        archive.writestr("draw.json", whole["draw.json"])
    monkeypatch.setattr("junheng.cli.draw.LARGEST", 10)
    for pack in (put(tmp_path / "large", whole), tmp_path / "pack.zip"):
        assert "too large for a pack" in junheng("draw", pack).output


def test_many_broken_promises_are_counted(whole: dict[str, bytes]) -> None:
    lines = verify_pack({**whole, "placements.csv": b"id,class\n"})
    assert next(one.why for one in lines if one.step == "promises").endswith("… 21")
