"""What cannot be read is said in a line of its own, and nothing else is claimed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from junheng.admissions.tests.verify import hand, plain
from junheng.admissions.tests.verify.forging import Files, Tables
from junheng.admissions.verify.check import verify
from junheng.admissions.verify.lines import Line, Property

PLACEMENTS = "placements.csv"


def unread(lines: list[Line], of: Property) -> str:
    """What is said about the part that cannot be read, which ends the lines."""
    assert [line.holds for line in lines] == [True] * (len(lines) - 1) + [False]
    assert lines[-1].property == of
    return lines[-1].detail


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param(PLACEMENTS, None, "placements.csv is missing", id="no file"),
        pytest.param(PLACEMENTS, b"", "other columns than it should", id="an empty file"),
        pytest.param(PLACEMENTS, b"applicant_id\n", "other columns", id="columns missing"),
        pytest.param(PLACEMENTS, "\u5747".encode("gb18030"), "is not UTF-8", id="another encoding"),
        pytest.param(
            PLACEMENTS,
            hand.PLACEMENTS.encode() + b"b1,A\n",
            "a line that cannot be read",
            id="a line too short",
        ),
        pytest.param(
            PLACEMENTS,
            hand.PLACEMENTS.replace("9,350", "9,350.0").encode(),
            "a line that cannot be read",
            id="metres that are not whole",
        ),
        pytest.param(
            "schools_result.csv",
            hand.SCHOOLS_RESULT.encode() + b'"A"B,1\n',
            "a line that cannot be read",
            id="odd quotes",
        ),
        pytest.param("receipt.json", b"{", "a line that cannot be read", id="broken JSON"),
        pytest.param("receipt.json", b'{"a":NaN}', "a line that cannot be read", id="no JSON"),
        pytest.param(
            "receipt.json", b"[" * 100_000, "a line that cannot be read", id="a pit of brackets"
        ),
        pytest.param("receipt.json", b"[]", "a line that cannot be read", id="not an object"),
    ],
)
def test_a_result_that_cannot_be_read(name: str, content: bytes | None, said: str) -> None:
    files = {**hand.outputs(), name: content or b""}
    if content is None:
        del files[name]
    lines = verify(hand.rules(), hand.tables(), files)
    assert said in unread(lines, Property.FILES)


def without(table: str) -> Callable[[Tables], object]:
    return lambda tables: tables.pop(table)


def cell(table: str, row: int, column: str, value: str) -> Callable[[Tables], object]:
    return lambda tables: tables[table][row].update({column: value})


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(without("zones"), "the table zones is missing", id="no table"),
        pytest.param(
            lambda tables: tables["schools"].clear(), "the table schools is missing", id="no rows"
        ),
        pytest.param(
            lambda tables: [row.pop("tier") for row in tables["applicants"]],
            "applicants has no column tier",
            id="no column",
        ),
        pytest.param(cell("zones", 0, "rank", "1.0"), "“1.0” is not a whole number", id="a rank"),
        pytest.param(cell("schools", 0, "lon", "east"), "“east” is not a coordinate", id="degrees"),
        pytest.param(cell("zones", 0, "school_id", "Z"), "there is no school Z", id="in a zone"),
        pytest.param(cell("choices", 0, "school_id", "Z"), "no school Z", id="in a choice"),
        pytest.param(
            cell("applicants", 0, "sibling_school_id", "Z"), "no school Z", id="of a sibling"
        ),
        pytest.param(
            cell("applicants", 1, "applicant_id", " a1 "),
            "applicants has a key twice",
            id="two children of one name",
        ),
        pytest.param(cell("applicants", 0, "tier", ""), "“” is not a whole number", id="no tier"),
    ],
)
def test_an_input_that_cannot_be_read(spoil: Callable[[Tables], object], said: str) -> None:
    tables = hand.tables()
    spoil(tables)
    assert said in unread(verify(hand.rules(), tables, hand.outputs()), Property.INPUTS)


def changed(rules: dict[str, Any], part: str, **keys: Any) -> dict[str, Any]:
    return rules | {part: rules[part] | keys}


@pytest.mark.parametrize(
    "seed", ["3", "3:", "x:3", "3:3:3", "0:3", "10:3", "3:0", "-1:3", "\u0663:3"]
)
def test_a_seed_that_is_no_start_and_interval(seed: str) -> None:
    rules = changed(hand.rules(), "lottery", seed=seed)
    lines = verify(rules, hand.tables(), hand.outputs())
    assert seed in unread(lines, Property.INPUTS)


def test_rules_that_leave_something_out() -> None:
    rules = hand.rules()
    del rules["round"]["class_cap"]
    lines = verify(rules, hand.tables(), hand.outputs())
    assert unread(lines, Property.INPUTS) == "round.toml does not say class_cap"


@pytest.mark.parametrize(
    ("part", "keys", "said"),
    [
        ("round", {"class_cap": "many"}, "round.toml cannot be read"),
        ("round", {"priority": 5}, "round.toml cannot be read"),
        ("round", {"priority": ["age", "ticket"]}, "round.toml has an unknown priority"),
        ("round", {"level": "kindergarten"}, "round.toml has an unknown level"),
        ("lottery", {"method": "dice"}, "round.toml has an unknown method"),
        ("diversion", {"mode": "free"}, "round.toml has an unknown mode"),
    ],
)
def test_rules_that_mean_nothing(part: str, keys: dict[str, Any], said: str) -> None:
    rules = changed(hand.rules(), part, **keys)
    assert unread(verify(rules, hand.tables(), hand.outputs()), Property.INPUTS) == said


def test_an_unknown_table_or_column_is_nothing_to_the_verifier() -> None:
    tables: Tables = {**plain.tables(), "notes": [{"x": "y"}], "distances": []}
    for row in tables["applicants"]:
        row["remark"] = "tall"
    assert all(line.holds for line in verify(plain.rules(), tables, plain.outputs()))


def test_rows_in_any_order_and_spelling_are_the_same_input() -> None:
    tables = {name: rows[::-1] for name, rows in plain.tables().items()}
    tables["schools"][0] |= {"lon": " 116 ", "lat": "36.5299995", "classes": "01", "reserved": ""}
    assert all(line.holds for line in verify(plain.rules(), tables, plain.outputs()))


def test_a_line_tells_the_first_breaches_and_counts_the_others() -> None:
    files: Files = hand.edited(hand.outputs(), "placements.csv", (",2,", ",3,"), ("1,1,", "1,4,"))
    said = {line.property: line for line in verify(hand.rules(), hand.tables(), files)}
    line = said["list_places"]
    assert line.found > 3
    assert line.detail.endswith(f"and {line.found - 3} more")
    assert len(line.breaches) == 3


def test_a_line_speaks_the_readers_language() -> None:
    files = hand.resealed(hand.outputs(), kept_out=[])
    (line,) = [
        line
        for line in verify(hand.rules(), hand.tables(), files)
        if line.property == Property.KEPT_OUT
    ]
    assert line.sentence().startswith("The receipt names exactly those")
    assert line.sentence(lambda text: f"<{text}>").startswith("<The receipt names")
    assert "; <a8 at B is named" in line.sentence(lambda text: f"<{text}>")


def test_a_line_that_holds_is_its_property() -> None:
    line = verify(hand.rules(), hand.tables(), hand.outputs())[0]
    assert line.sentence() == "The files of the result are there and can be read"
