"""The same round is the same hash and the same result, however it was sent."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from junheng.admissions.files.canonical import canonical_tables, table_hashes
from junheng.admissions.files.cells import spell_degrees
from junheng.admissions.files.check import check
from junheng.admissions.files.read import read_inputs
from junheng.admissions.files.runs import run_inputs
from junheng.admissions.tests.files.builders import (
    TOML,
    Tables,
    as_numbers,
    csv_files,
    tables,
    with_cell,
    xlsx_file,
)

HANZI = "城关镇柳河乡第一二三中心小学校幸福里槐荫村"
RARE = ["", "堃", "垚"]
"""Outside GB 2312: one to a name, since text that is mostly such is not taken for GB18030."""


def hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    inputs = read_inputs(files)
    check(inputs)
    return table_hashes(canonical_tables(inputs))


def outcome(files: Mapping[str, bytes]) -> dict[str, bytes]:
    inputs = read_inputs(files)
    return run_inputs(inputs, check(inputs), lambda *_: None).files(lambda *_: None)


def shuffled(given: Tables, chance: random.Random) -> Tables:
    mixed = {}
    for name, (header, *rows) in given.items():
        chance.shuffle(rows)
        mixed[name] = [header, *rows]
    return mixed


def with_columns_turned(given: Tables) -> Tables:
    """Columns from right to left, and one that nobody asked for."""
    return {
        name: [(*reversed(row), f"note {i}" if i else "note") for i, row in enumerate(rows)]
        for name, rows in given.items()
    }


@st.composite
def rounds(draw: st.DrawFn) -> Tables:
    """Small rounds with Chinese names, coordinates of any precision, groups and choices."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    schools = [f"S{i}" for i in range(draw(st.integers(1, 6)))]
    zones = [f"区{i}" for i in range(draw(st.integers(1, 4)))]
    usual = st.text(alphabet=HANZI, min_size=2, max_size=5)
    name = st.tuples(usual, st.sampled_from(RARE)).map("".join)

    def degrees(low: float, high: float) -> str:
        return f"{chance.uniform(low, high):.{chance.randint(1, 9)}f}"

    def home() -> tuple[str, str]:
        return degrees(115.71, 116.19), degrees(36.31, 36.69)

    def ranked(owner: str) -> list[tuple[str, str, str]]:
        some = chance.sample(schools, chance.randint(1, len(schools)))
        return [(owner, str(rank), school) for rank, school in enumerate(some, start=1)]

    children = [f"c{i:02d}" for i in range(draw(st.integers(1, 12)))]
    choosing = [c for c in children if chance.random() < 0.5]
    given = tables()
    given["schools"] = [
        given["schools"][0],
        *((s, draw(name), "", *home(), "1", str(chance.randint(0, 5)), "", "0") for s in schools),
    ]
    given["zones"] = [
        given["zones"][0],
        *((*row, draw(name) if row[1] == "1" else "") for zone in zones for row in ranked(zone)),
    ]
    given["applicants"] = [
        given["applicants"][0],
        *((c, chance.choice(zones), *home(), str(chance.randint(1, 3)), "", "") for c in children),
    ]
    given["choices"] = [given["choices"][0], *(row for c in choosing for row in ranked(c))]
    if not choosing:
        del given["choices"]
    return given


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rounds(), st.randoms(use_true_random=False))
def test_csv_gb18030_and_xlsx_in_any_row_order_are_the_same_round(
    given: Tables, chance: random.Random
) -> None:
    as_sent = outcome(csv_files(given))
    for files in (
        csv_files(given, encoding="gb18030"),
        csv_files(given, encoding="utf-8-sig"),
        xlsx_file(as_numbers(given)),
        xlsx_file(given),
        csv_files(shuffled(given, chance)),
        csv_files(with_columns_turned(given)),
    ):
        assert outcome(files) == as_sent  # the receipt holds the hashes


def test_white_space_crlf_and_trailing_commas_are_nothing() -> None:
    plain = csv_files(tables())
    loose = {
        name: content.replace(b",", b" , ").replace(b"\n", b",,\r\n") + b"\r\n,,\r\n"
        for name, content in plain.items()
        if name.endswith(".csv")
    }
    assert hashes({**plain, **loose}) == hashes(plain)


def test_a_hash_is_that_of_the_documented_form() -> None:
    """Worked by hand from the format page: columns, rows by key, six decimals, 0 for blank."""
    given = with_cell(tables(), "schools", 2, "name", "城关,一小")
    written = (
        "school_id,name,township,lon,lat,classes,class_size,continuing,reserved\n"
        'S1,"城关,一小",城关镇,115.980000,36.450000,1,3,0,1\n'
        "S2,城关二小,城关镇,115.990000,36.460000,1,2,0,0\n"
        "S3,柳河小学,柳河乡,116.010000,36.470000,1,60,10,0\n"
    )
    assert hashes(csv_files(given))["schools"] == hashlib.sha256(written.encode()).hexdigest()


def test_ranks_are_ordered_as_numbers() -> None:
    given = tables()
    given["schools"] += [
        (f"T{i:02d}", "", "", "116.0", "36.5", "1", "1", "", "") for i in range(11)
    ]
    given["zones"] += [("Z3", str(i + 1), f"T{i:02d}", "") for i in reversed(range(11))]
    inputs = read_inputs(csv_files(given))
    lines = canonical_tables(inputs)["zones.csv"].decode().splitlines()
    assert [line.split(",")[1] for line in lines if line.startswith("Z3")] == [
        str(rank) for rank in range(1, 12)
    ]


def test_an_optional_table_without_rows_was_not_given() -> None:
    given = tables()
    given["choices"] = given["choices"][:1]
    assert "choices" not in hashes(csv_files(given))


def test_coordinates_round_half_up_away_from_zero() -> None:
    cases = {
        "116.1234565": "116.123457",
        "-70.1234565": "-70.123457",
        "116.12345649999": "116.123456",
        "36.": "36.000000",
        "+36.5": "36.500000",
        "-0.0000004": "0.000000",
        "-0.000000": "0.000000",
        "036.5": "36.500000",
        "": "",
    }
    assert {text: spell_degrees(text) for text in cases} == cases
    assert [spell_degrees(text) for text in ("x", "1,5", "36°", ".5", "1e400", "nan")] == [None] * 6


def test_a_receipt_is_the_same_bytes_in_every_process_and_row_order() -> None:
    program = (
        "import sys, random\n"
        "from junheng.admissions.tests.files.test_same_round import outcome, shuffled\n"
        "from junheng.admissions.tests.files.builders import csv_files, tables\n"
        "files = csv_files(shuffled(tables(), random.Random(int(sys.argv[1]))))\n"
        "sys.stdout.buffer.write(outcome(files)['receipt.json'])\n"
    )
    receipts = {
        subprocess.run(
            [sys.executable, "-c", program, seed],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "America/Lima", "LANG": "C"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert receipts == {outcome(csv_files(tables()))["receipt.json"]}


def test_a_receipt_says_what_it_must_and_no_more() -> None:
    files = outcome(csv_files(tables()))
    receipt = json.loads(files["receipt.json"])
    assert sorted(receipt) == [
        "counts",
        "format",
        "inputs",
        "kept_out",
        "placements_sha256",
        "rules",
        "seed",
    ]
    assert receipt["inputs"] == hashes(csv_files(tables()))
    assert receipt["placements_sha256"] == hashlib.sha256(files["placements.csv"]).hexdigest()
    assert receipt["seed"] == "trial"
    assert receipt["counts"]["applicants"] == 6
    assert receipt["rules"]["round"]["choices_only"] is False
    assert "seed" not in receipt["rules"]["lottery"]


def test_another_seed_is_another_receipt_for_the_same_input() -> None:
    one, other = (
        json.loads(outcome(csv_files(tables(), toml=TOML.replace("trial", seed)))["receipt.json"])
        for seed in ("trial", "other")
    )
    assert one["inputs"] == other["inputs"]
    assert one["placements_sha256"] != other["placements_sha256"]
