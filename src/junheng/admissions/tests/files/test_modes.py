"""Version 2 in files: what is refused, what is written, how the second run follows the first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import pytest

from junheng.admissions.engine import moves
from junheng.admissions.engine.explain import explain_all
from junheng.admissions.engine.types import Mode
from junheng.admissions.files.check import check
from junheng.admissions.files.explanations import (
    as_json,
    explanation_from,
    explanation_lines,
    priority_from,
)
from junheng.admissions.files.read import read_inputs
from junheng.admissions.files.runs import Done, run_inputs
from junheng.admissions.files.sample import Wish, sample_round
from junheng.admissions.tests.files.builders import (
    RULES_SHEET,
    TOML,
    Row,
    Tables,
    csv_files,
    tables,
    xlsx_file,
)
from junheng.admissions.verify.check import verify
from junheng.kernel.canonical import canonical_json
from junheng.kernel.faults import Refused

TWO = TOML.replace("[round]\n", "[round]\nversion = 2\n")
OPEN = TWO.replace('"zone"', '"open"\nsilence = "nearest"\nunranked = "decline"')
GRADE = TWO.replace('"zone"', '"grade"')
RANKED = ("applicant_id", "rank", "school_id")
MOVES = ("school_id", "host_id")


def silent(_stage: str, _share: float) -> None:
    """Nobody watches."""


def given(**more: Sequence[Row]) -> Tables:
    return {**tables(), **{name: list(rows) for name, rows in more.items()}}


def done(files: dict[str, bytes]) -> Done:
    inputs = read_inputs(files)
    return run_inputs(inputs, check(inputs), silent)


def faults(files: dict[str, bytes]) -> list[tuple[str, int | None, str]]:
    with pytest.raises(Refused) as refused:
        done(files)
    assert all(f.fix for f in refused.value.faults)
    return [(f.file, f.row, f.column) for f in refused.value.faults]


def first_run() -> str:
    return done(csv_files(tables(), toml=OPEN)).first_run(
        done(csv_files(tables(), toml=OPEN)).files(silent)
    )


def with_first_run(sha256: str) -> str:
    return f'{OPEN}first_run = "{sha256}"\n'


# ------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        pytest.param(
            GRADE.replace("version = 2\n", ""),
            [("round.toml", 12, "mode"), ("grade_moves.csv", None, "")],
            id="a mode of version 2 in a round of version 1",
        ),
        pytest.param(
            TWO.replace("version = 2", "version = 4"),
            [("round.toml", 2, "version")],
            id="version 4",
        ),
        pytest.param(
            TWO.replace('"zone"', '"open"'),
            [("round.toml", None, "silence"), ("round.toml", None, "unranked")],
            id="nobody said what silence means",
        ),
        pytest.param(
            OPEN.replace('"nearest"', '"yes"').replace('"decline"', '"last"'),
            [("round.toml", 14, "silence"), ("round.toml", 15, "unranked")],
            id="meanings that there are not",
        ),
        pytest.param(
            TWO + 'silence = "last"\nfirst_run = "' + "0" * 64 + '"\n',
            [("round.toml", 14, "silence"), ("round.toml", 15, "first_run")],
            id="rules of offers where nothing is offered",
        ),
        pytest.param(
            with_first_run("f" * 63), [("round.toml", 16, "first_run")], id="half a fingerprint"
        ),
        pytest.param(
            with_first_run("f" * 64),
            [("round.toml", 16, "first_run")],
            id="a first run without answers",
        ),
        pytest.param(GRADE, [("grade_moves.csv", None, "")], id="no table of moves"),
        pytest.param(
            OPEN.replace('"open"', '"opne"'), [("round.toml", 13, "mode")], id="a mode misspelt"
        ),
    ],
)
def test_rules_that_do_not_go_together(
    toml: str, expected: list[tuple[str, int | None, str]]
) -> None:
    assert faults(csv_files(tables(), toml=toml)) == expected


@pytest.mark.parametrize(
    ("name", "toml"),
    [("offers", GRADE), ("offer_choices", TOML), ("grade_moves", OPEN), ("grade_moves", TOML)],
)
def test_a_table_of_another_mode_is_not_ignored(name: str, toml: str) -> None:
    head, row = (MOVES, ("S1", "S3")) if name == "grade_moves" else (RANKED, ("c1", "1", "S3"))
    rows: list[Row] = [head, row]
    more = given(**{name: rows})
    if toml == GRADE:
        more |= {"grade_moves": [MOVES, ("S1", "S3")]}
    assert faults(csv_files(more, toml=toml)) == [(f"{name}.csv", None, "")]


def test_the_limit_and_a_table_of_offers_contradict_each_other() -> None:
    toml = OPEN + "max_distance_m = 8000\n"
    files = csv_files(given(offers=[RANKED, ("c1", "1", "S3")]), toml=toml)
    assert faults(files) == [("round.toml", 16, "max_distance_m")]


def test_answers_without_the_run_they_answer() -> None:
    files = csv_files(given(offer_choices=[RANKED]), toml=OPEN)
    assert faults(files) == [("round.toml", None, "first_run")]


def test_every_fault_of_the_new_tables_at_once() -> None:
    more = given(
        offers=[RANKED, ("c1", "1", "S9"), ("x1", "1", "S3"), ("d1", "2", "S3")],
        offer_choices=[RANKED, ("c1", "1", "S3"), ("c1", "2", "S3"), ("a1", "1", "S3")],
    )
    assert faults(csv_files(more, toml=with_first_run("0" * 64))) == [
        ("applicants.csv", 3, "group_id"),
        ("offers.csv", 2, "school_id"),
        ("offers.csv", 3, "applicant_id"),
        ("offers.csv", 4, "rank"),
        ("offer_choices.csv", 3, "school_id"),
    ]


def test_every_fault_of_the_moves_at_once() -> None:
    rows = [MOVES, ("S1", "S1"), ("S1", "S9"), ("S9", "S1"), ("S2", "S3"), ("S2", "S3")]
    assert faults(csv_files(given(grade_moves=rows), toml=GRADE)) == [
        ("grade_moves.csv", 2, "host_id"),
        ("grade_moves.csv", 3, "host_id"),
        ("grade_moves.csv", 4, "school_id"),
        ("grade_moves.csv", 6, "school_id,host_id"),
    ]


def test_answers_to_what_was_not_offered_are_named() -> None:
    more = given(offer_choices=[RANKED, ("b1", "1", "S3"), ("c1", "1", "S1"), ("c1", "2", "S3")])
    files = csv_files(more, toml=with_first_run(first_run()))
    assert faults(files) == [
        ("offer_choices.csv", 2, "school_id"),
        ("offer_choices.csv", 3, "school_id"),
    ]


def test_too_many_plans_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "MOST_STEPS", 1)
    files = csv_files(given(grade_moves=[MOVES, ("S1", "S3")]), toml=GRADE)
    assert faults(files) == [("grade_moves.csv", None, "school_id")]


# ------------------------------------------------------------------------------ in two runs


@pytest.mark.parametrize("answer", ["S3", ""])
def test_the_second_run_follows_the_first(answer: str) -> None:
    rows = [RANKED, *([("c1", "1", answer)] if answer else [])]
    sha256 = first_run()
    second = done(csv_files(given(offer_choices=rows), toml=with_first_run(sha256)))
    files = second.files(silent)
    assert "\nc1,S3,offered,," in files["placements.csv"].decode()
    assert "offer_choices" in json.loads(files["receipt.json"])["inputs"]
    assert second.first_run(files) == ""
    lines = verify(second.inputs.as_toml(), second.inputs.as_rows(), files)
    assert [line.property for line in lines if not line.holds] == []


def test_a_workbook_can_bring_the_answers() -> None:
    """A sheet with its header only says that nobody answered."""
    sheet = [row for row in RULES_SHEET if row[0] != "diversion.mode"]
    sheet += [("version", "2"), ("mode", "open"), ("silence", "decline"), ("unranked", "nearest")]
    asked = done(xlsx_file(tables(), rules=sheet))
    sha256 = asked.first_run(asked.files(silent))
    answers = given(offer_choices=[RANKED])
    second = done(xlsx_file(answers, rules=[*sheet, ("first_run", sha256)]))
    assert second.counts()["unplaced"] == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [("115.984", "115.985"), ('seed = "trial"', 'seed = "other"'), ("S1,城关一小", "S1,一小")],
    ids=["a home", "the seed", "a name"],
)
def test_nothing_may_change_between_the_two_runs(old: str, new: str) -> None:
    more = given(offer_choices=[RANKED, ("c1", "1", "S3")])
    files = csv_files(more, toml=with_first_run(first_run()))
    changed = {
        name: data.decode().replace(old, new).encode() if name != "offer_choices.csv" else data
        for name, data in files.items()
    }
    assert changed != files
    told = faults(changed)
    assert ("round.toml", 16, "first_run") in told or told[0][0] == "offer_choices.csv"


def test_the_offers_of_the_first_run_do_not_belong_into_the_second() -> None:
    asked = done(csv_files(tables(), toml=OPEN)).files(silent)
    files = csv_files(given(offer_choices=[RANKED]), toml=with_first_run(first_run()))
    assert faults({**files, "offers.csv": asked["offers.csv"]}) == [("round.toml", 16, "first_run")]


# --------------------------------------------------------------------------- what is written


def test_offers_and_grades_are_written_as_documented() -> None:
    """c1 has no seat; S3 has 44 of its 45 seats free. S1's grade is b1, b2 and c1."""
    files = done(csv_files(tables(), toml=OPEN)).files(silent)
    assert files["offers.csv"].decode() == (
        "applicant_id,rank,school_id,distance_m,free\nc1,1,S3,2928,44\n"
    )
    files = done(csv_files(given(grade_moves=[MOVES, ("S1", "S3")]), toml=GRADE)).files(silent)
    assert files["grades.csv"].decode() == (
        "school_id,children,without_seat,host_id,reason,distance_m\nS1,3,1,S3,moved,3485\n"
    )
    receipt = json.loads(files["receipt.json"])
    assert receipt["format"] == 2
    assert receipt["grades_sha256"] == hashlib.sha256(files["grades.csv"]).hexdigest()
    assert receipt["counts"] == {
        "applicants": 6, "schools": 3, "seats": 49, "choice": 0, "zone": 3, "diverted": 0,
        "offered": 0, "moved": 3, "unplaced": 0,
    }  # fmt: skip


def test_a_round_of_version_2_may_divert_as_before() -> None:
    one, two = done(csv_files(tables())).files(silent), done(csv_files(tables(), toml=TWO))
    files = two.files(silent)
    assert files["placements.csv"] == one["placements.csv"]
    assert files["explanations.jsonl"] == one["explanations.jsonl"]
    assert json.loads(files["receipt.json"])["rules"]["round"]["version"] == 2
    lines = verify(two.inputs.as_toml(), two.inputs.as_rows(), files)
    assert [line.property for line in lines if not line.holds] == []


@pytest.mark.parametrize("mode", [Mode.OPEN, Mode.GRADE])
def test_a_made_up_round_of_each_mode_is_right_and_its_reasons_come_back(mode: Mode) -> None:
    the_run = done(sample_round(Wish(400, 12, "test", 0.2, mode)))
    files = the_run.files(silent)
    lines = verify(the_run.inputs.as_toml(), the_run.inputs.as_rows(), files)
    assert [line.sentence() for line in lines if not line.holds] == []
    priority = priority_from(json.loads(files["receipt.json"]))
    explanations = list(explain_all(the_run.round, the_run.result))
    assert any(e.offered if mode is Mode.OPEN else e.moved for e in explanations)
    for explanation, line in zip(explanations, explanation_lines(explanations), strict=True):
        assert line.encode() == canonical_json(as_json(explanation))
        assert explanation_from(json.loads(line), priority) == explanation


@pytest.mark.parametrize(
    ("mode", "says"), [(Mode.OPEN, "offered and chose is left out"), (Mode.GRADE, "grades.csv")]
)
def test_the_pack_repeats_the_lists_and_says_what_it_leaves_out(mode: Mode, says: str) -> None:
    the_run = done(sample_round(Wish(400, 12, "test", 0.2, mode)))
    pack, _ = the_run.pack()
    assert says in pack["README.txt"].decode()
    assert b"version =" not in pack["round.toml"]
    assert {"offers.csv", "grades.csv", "grade_moves.csv"}.isdisjoint(pack)
    again = done({n: d for n, d in pack.items() if n in (*_INPUTS, "round.toml")})
    assert again.result.by_list().tolist() == the_run.result.by_list().tolist()
    homes = [line.split(",")[2:4] for line in pack["applicants.csv"].decode().splitlines()[1:]]
    assert {tuple(home) for home in homes} == {("", "")}


_INPUTS = ("schools.csv", "zones.csv", "applicants.csv", "choices.csv")
