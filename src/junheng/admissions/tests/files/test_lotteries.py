"""Version 3 in files: schools open by lottery, what is refused, and older bytes unchanged."""

from __future__ import annotations

import hashlib
import json

import pytest

from junheng.admissions.engine.explain import explain_all
from junheng.admissions.files.explanations import (
    as_json,
    explanation_from,
    explanation_lines,
    priority_from,
)
from junheng.admissions.files.sample import Wish, sample_round
from junheng.admissions.tests.files.builders import RULES_SHEET, TOML, Row, csv_files, xlsx_file
from junheng.admissions.tests.files.test_modes import (
    GRADE,
    MOVES,
    OPEN,
    RANKED,
    TWO,
    done,
    faults,
    given,
    silent,
)
from junheng.admissions.verify.check import verify
from junheng.kernel.canonical import canonical_json

LOTTERY = '[lottery]\nby_lottery = ["P1"]\n'
THREE = TOML.replace("[round]\n", "[round]\nversion = 3\n").replace("[lottery]\n", LOTTERY)
PRIVATE: Row = ("P1", "民办云雀小学", "城关镇", "", "", "1", "2", "", "")
WISHES: list[Row] = [
    RANKED,
    *((child, "1", "P1") for child in ("a1", "a2", "b1", "c1", "d1")),
    ("b2", "1", "S2"),
    ("b2", "2", "S1"),
]


def with_private(**more: list[Row]) -> dict[str, list[Row]]:
    plain = given()
    return {**plain, "schools": [*plain["schools"], PRIVATE], "choices": WISHES, **more}


def test_a_round_of_version_3_is_written_and_verified() -> None:
    made = done(csv_files(with_private(), toml=THREE))
    files = made.files(silent)
    receipt = json.loads(files["receipt.json"])
    assert receipt["format"] == 3
    assert receipt["rules"]["lottery"] == {"by_lottery": ["P1"], "method": "hmac-sha256"}
    head, private, *_ = files["schools_result.csv"].decode().splitlines()
    assert head.endswith(",price_m,moved_out,drawn")
    assert private.startswith("P1,2,2,0,0,")
    assert private.endswith(",,0,4")  # no price; the twins, b1, c1, d1
    lines = verify(made.inputs.as_toml(), made.inputs.as_rows(), files)
    assert [line.sentence() for line in lines if not line.holds] == []


def test_a_workbook_says_the_same() -> None:
    sheet = [*RULES_SHEET, ("version", "3"), ("lottery.by_lottery", " P1 ")]
    by_sheet = done(xlsx_file(with_private(), rules=sheet)).files(silent)
    assert by_sheet == done(csv_files(with_private(), toml=THREE)).files(silent)


def test_the_order_in_which_they_are_named_is_nothing() -> None:
    tables = with_private(schools=[*given()["schools"], PRIVATE, ("P2", *PRIVATE[1:])])
    one = THREE.replace('["P1"]', '["P1", "P2"]')
    other = THREE.replace('["P1"]', '["P2", "P1"]')
    assert done(csv_files(tables, toml=one)).files(silent) == done(
        csv_files(tables, toml=other)
    ).files(silent)


def test_an_explanation_comes_back_as_it_was() -> None:
    made = done(csv_files(with_private(), toml=THREE))
    priority = priority_from(json.loads(made.files(silent)["receipt.json"]))
    told = list(explain_all(made.round, made.result))
    lines = list(explanation_lines(told))
    assert [canonical_json(as_json(one)).decode() for one in told] == lines
    read = [explanation_from(json.loads(line), priority) for line in lines]
    assert [row.drawing for one in read for row in one.listed] == [
        row.drawing for one in told for row in one.listed
    ]
    assert [as_json(one) for one in read] == [as_json(one) for one in told]


@pytest.mark.parametrize("toml", [TOML, OPEN])
def test_the_pack_repeats_the_drawing_and_tells_no_sibling_for_it(toml: str) -> None:
    head = toml.replace("version = 2\n", "").replace("[round]\n", "[round]\nversion = 3\n")
    rows = with_private()
    rows["applicants"] = [
        tuple("P1" if cell == "S2" else cell for cell in row) for row in rows["applicants"]
    ]
    files, _ = done(csv_files(rows, toml=head.replace("[lottery]\n", LOTTERY))).pack()
    assert b"P1" not in files["applicants.csv"]
    assert b'by_lottery = ["P1"]' in files["round.toml"]
    inputs = {n: files[n] for n in ("round.toml", *(f"{t}.csv" for t in given()))}
    again = done(inputs)
    lines = verify(again.inputs.as_toml(), again.inputs.as_rows(), files)
    assert [line.sentence() for line in lines if not line.holds] == []


# ------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        pytest.param(
            THREE.replace("version = 3\n", ""),
            [("round.toml", 9, "by_lottery")],
            id="a round of version 1",
        ),
        pytest.param(
            THREE.replace("version = 3", "version = 2"),
            [("round.toml", 10, "by_lottery")],
            id="a round of version 2",
        ),
        pytest.param(
            THREE.replace('["P1"]', '["P1", "P1"]'), [("round.toml", 10, "by_lottery")], id="twice"
        ),
        pytest.param(
            THREE.replace('["P1"]', '"P1"'), [("round.toml", 10, "by_lottery")], id="no list"
        ),
        pytest.param(
            THREE.replace('["P1"]', '["P1", "P9", "P8"]'),
            [("round.toml", 10, "by_lottery")] * 2,
            id="schools that there are not",
        ),
        pytest.param(
            THREE.replace('["P1"]', '["P1", "S3"]'),
            [("zones.csv", 4, "school_id")],
            id="a school of a zone",
        ),
    ],
)
def test_rules_that_are_refused(toml: str, expected: list[tuple[str, int | None, str]]) -> None:
    assert faults(csv_files(with_private(), toml=toml)) == expected


@pytest.mark.parametrize(
    ("toml", "name", "rows", "expected"),
    [
        (OPEN, "offers", [RANKED, ("c1", "1", "P1")], [("offers.csv", 2, "school_id")]),
        (
            GRADE,
            "grade_moves",
            [MOVES, ("S1", "S3"), ("P1", "S3"), ("S1", "P1")],
            [("grade_moves.csv", 3, "school_id"), ("grade_moves.csv", 4, "host_id")],
        ),
    ],
)
def test_no_diversion_may_name_a_school_open_by_lottery(
    toml: str, name: str, rows: list[Row], expected: list[tuple[str, int | None, str]]
) -> None:
    three = toml.replace("version = 2", "version = 3").replace("[lottery]\n", LOTTERY)
    assert faults(csv_files(with_private(**{name: rows}), toml=three)) == expected


def test_an_answer_that_ranks_a_school_open_by_lottery_was_not_offered() -> None:
    three = OPEN.replace("version = 2", "version = 3").replace("[lottery]\n", LOTTERY)
    asked = done(csv_files(with_private(), toml=three))
    sha256 = asked.first_run(asked.files(silent))
    answers = with_private(offer_choices=[RANKED, ("a1", "1", "P1"), ("a2", "1", "P1")])
    found = faults(csv_files(answers, toml=f'{three}first_run = "{sha256}"\n'))
    assert {(file, column) for file, _, column in found} == {("offer_choices.csv", "school_id")}


# -------------------------------------------------------------------------- older versions

MADE_BEFORE_VERSION_3 = {
    "version 1": "f7847c29c0fa2f8cee7e907a9766229e0e171be10d05a8ee25de79c54748d13a",
    "version 2, zone": "5f5ff7ac132c7706237c4068b919f2948c74ff283464c2549c1f14e03a478a00",
    "version 2, open": "44729c9130d400c7b43fed26c738bc18ab04c7d6963810c0ad83c2a0e98c47bf",
    "version 2, grade": "6d3489aef29e2a45c75ce5edd7967d0618029e2704ac41528e35b278fb3fb7c4",
    "version 1, 600 children": "9b5fb92328ebd394d55c40f79069f3b2fabdae209ecc5e15a3ec1a3a31712a4c",
}
"""SHA-256 of all files of a result, in the order of their names, by the program before."""


@pytest.mark.parametrize("name", MADE_BEFORE_VERSION_3)
def test_rounds_of_older_versions_give_the_bytes_they_gave_before(name: str) -> None:
    rounds = {
        "version 1": lambda: csv_files(given()),
        "version 2, zone": lambda: csv_files(given(), toml=TWO),
        "version 2, open": lambda: csv_files(given(), toml=OPEN),
        "version 2, grade": lambda: csv_files(given(grade_moves=[MOVES, ("S1", "S3")]), toml=GRADE),
        "version 1, 600 children": lambda: sample_round(Wish(600, 12, "verify", 0.1)),
    }
    files = done(rounds[name]()).files(silent)
    everything = b"".join(files[one] for one in sorted(files))
    assert hashlib.sha256(everything).hexdigest() == MADE_BEFORE_VERSION_3[name]


def test_a_round_of_version_3_without_such_schools_seats_as_before() -> None:
    three = TOML.replace("[round]\n", "[round]\nversion = 3\n")
    now, before = (done(csv_files(given(), toml=toml)).files(silent) for toml in (three, TOML))
    for name in ("placements.csv", "explanations.jsonl"):
        assert now[name] == before[name]
    assert now["schools_result.csv"].decode().splitlines()[1].endswith(",0,")


# -------------------------------------------------------------------------------- made up


@pytest.mark.parametrize("mode", ["zone", "open", "grade"])
def test_a_made_up_round_has_drawings_in_every_mode(mode: str) -> None:
    made = done(sample_round(Wish(900, 8, "lots", 0.1, mode, by_lottery=2)))
    files = made.files(silent)
    rows = [line.split(",") for line in files["schools_result.csv"].decode().splitlines()[1:]]
    drawn = {row[0]: (int(row[1]), int(row[-1])) for row in rows if row[-1]}
    assert drawn.keys() == {"L0001", "L0002"}
    assert all(families > seats > 0 for seats, families in drawn.values())
    lines = verify(made.inputs.as_toml(), made.inputs.as_rows(), files)
    assert [line.sentence() for line in lines if not line.holds] == []


def test_a_made_up_round_is_the_same_every_time() -> None:
    wish = Wish(200, 5, "lots", 0.1, by_lottery=1)
    assert sample_round(wish) == sample_round(wish)
