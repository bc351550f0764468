"""What is written about a result: placements, schools, explanations, refusals by the run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from junheng.admissions.engine.assign import run
from junheng.admissions.engine.errors import DistancesTooLong, RoundRefused
from junheng.admissions.engine.explain import explain_all
from junheng.admissions.engine.types import Round
from junheng.admissions.files.check import check
from junheng.admissions.files.explanations import (
    as_json,
    explanation_from,
    explanation_lines,
    priority_from,
)
from junheng.admissions.files.read import Inputs, read_inputs
from junheng.admissions.files.refusals import faults_of
from junheng.admissions.files.runs import Done, run_inputs
from junheng.admissions.files.sample import Wish, sample_round
from junheng.admissions.tests.files.builders import (
    TOML,
    Tables,
    csv_files,
    tables,
    with_cell,
)
from junheng.admissions.verify.check import verify
from junheng.kernel.canonical import canonical_json
from junheng.kernel.faults import Refused


def silent(_stage: str, _share: float) -> None:
    """Nobody watches."""


def done(given: Tables, toml: str = TOML) -> Done:
    inputs = read_inputs(csv_files(given, toml=toml))
    return run_inputs(inputs, check(inputs), silent)


def refused(given: Tables, toml: str = TOML) -> list[tuple[str, int | None, str]]:
    with pytest.raises(Refused) as why:
        done(given, toml)
    assert all(f.fix for f in why.value.faults)
    return [(f.file, f.row, f.column) for f in why.value.faults]


def sampled(applicants: int = 400, schools: int = 12, unplaced: float = 0.2) -> Done:
    inputs = read_inputs(sample_round(Wish(applicants, schools, "test", unplaced)))
    return run_inputs(inputs, check(inputs), silent)


def test_placements_and_schools_are_written_as_documented() -> None:
    """By hand: S1 and S2 have two seats each; the tickets are those of `trial` and 2026.

    S1 is asked by the twins (ff8d), b1 (04fe) and c1 (fa0c, tier 2): b1 comes first and takes a
    seat, the twins need two and go on to S2, where there are two. b2 (0b82, tier 2) asked S2 and
    is turned away for tier 1, asks S1 and has the smaller ticket than c1, who is diverted to S3.
    """
    files = done(tables()).files(silent)
    placements = files["placements.csv"].decode().splitlines()
    assert placements[0] == "applicant_id,school_id,how,list_rank,tier,ticket,distance_m"
    rows = [line.split(",") for line in placements[1:]]
    assert [[*row[:5], row[5][:4]] for row in rows] == [
        ["a1", "S2", "zone", "2", "1", "ff8d"],
        ["a2", "S2", "zone", "2", "1", "ff8d"],
        ["b1", "S1", "zone", "1", "1", "04fe"],
        ["b2", "S1", "choice", "2", "2", "0b82"],
        ["c1", "S3", "diverted", "", "2", "fa0c"],
        ["d1", "S3", "zone", "1", "1", "5a5f"],
    ]
    assert all(len(row[5]) == 64 and row[6].isdigit() for row in rows)
    schools = [line.split(",") for line in files["schools_result.csv"].decode().splitlines()]
    assert ",".join(schools[0]) == (
        "school_id,seats,placed_by_list,diverted_in,free,last_key,price_m"
    )
    assert [row[:5] for row in schools[1:]] == [
        ["S1", "2", "2", "0", "0"],
        ["S2", "2", "2", "0", "0"],
        ["S3", "45", "1", "1", "43"],
    ]
    assert [row[5][:8] for row in schools[1:]] == ["2|0|0b82", "1|0|ff8d", ""]
    assert schools[3][6] == "0"


def test_without_diversion_there_are_no_prices_and_some_go_without() -> None:
    files = done(tables(), TOML.replace('"zone"', '"none"')).files(silent)
    assert "c1,,unplaced,,2,fa0c" in files["placements.csv"].decode()
    rows = files["schools_result.csv"].decode().splitlines()[1:]
    assert [row.rsplit(",", 1)[1] for row in rows] == ["", "", ""]


def test_what_is_written_is_verified() -> None:
    the_run = sampled()
    lines = verify(the_run.inputs.as_toml(), the_run.inputs.as_rows(), the_run.files(silent))
    assert [line.property for line in lines if not line.holds] == []
    assert lines[-1].property == "explanations"


def test_explanations_are_canonical_json_and_come_back_whole() -> None:
    the_run = sampled()
    priority = priority_from(json.loads(the_run.files(silent)["receipt.json"]))
    explanations = list(explain_all(the_run.round, the_run.result))
    lines = list(explanation_lines(explanations))
    assert len(lines) == 400
    assert any(e.diverted and e.missed for e in explanations)
    for explanation, line in zip(explanations, lines, strict=True):
        assert line.encode() == canonical_json(as_json(explanation))
        assert explanation_from(json.loads(line), priority) == explanation


def test_a_line_that_was_not_written_here_is_not_believed() -> None:
    the_run = sampled(40, 4)
    line = json.loads(the_run.files(silent)["explanations.jsonl"].splitlines()[0])
    line["list"][0]["own_key"] = ""
    with pytest.raises(ValueError, match="own key"):
        explanation_from(line, the_run.round.rules.priority)


def test_an_odd_identifier_is_escaped() -> None:
    given = tables()
    given["schools"].append(("S\\4", "", "", "116.0", "36.5", "1", "1", "", ""))
    given["choices"].append(("d1", "1", "S\\4"))
    line = done(given).files(silent)["explanations.jsonl"].decode().splitlines()[5]
    assert json.loads(line)["school_id"] == "S\\4"


def test_a_child_to_be_diverted_needs_a_home_and_no_other_does() -> None:
    given = tables()
    for row in (2, 6):
        for column in ("lon", "lat"):
            given = with_cell(given, "applicants", row, column, "")
    assert refused(given) == [("applicants.csv", 6, "lon,lat")]


def test_a_school_that_takes_diverted_children_needs_a_place() -> None:
    given = with_cell(with_cell(tables(), "schools", 4, "lon", ""), "schools", 4, "lat", "")
    assert refused(given) == [("schools.csv", 4, "lon,lat")]


def test_a_table_of_distances_must_hold_what_is_used() -> None:
    given = tables()
    pairs = [(f"{child}", school) for child in ("a1", "a2", "b1") for school in ("S1", "S2")]
    pairs += [("d1", "S3"), ("b2", "S1")]
    given["distances"] = [
        ("applicant_id", "school_id", "metres"),
        *((child, school, "1200") for child, school in pairs),
    ]
    assert refused(given) == [("distances.csv", None, "metres")]
    given["distances"].append(("c1", "S3", "1300"))
    rows = done(given).files(silent)["placements.csv"].decode().splitlines()
    assert [row.rsplit(",", 1)[1] for row in rows[4:]] == ["1200", "1300", "1200"]


def test_distances_without_rows_are_refused() -> None:
    given = tables()
    given["distances"] = [("applicant_id", "school_id", "metres")]
    assert refused(given) == [("distances.csv", None, "")]


def test_distances_beyond_every_proof_are_told_with_their_children(tmp_path: Path) -> None:
    the_run = done(tables())
    far = DistancesTooLong("too long", children=(0, 3))
    told = faults_of(far, the_run.inputs, the_run.round)
    assert [(f.file, f.row) for f in told] == [("applicants.csv", 2), ("applicants.csv", 5)]
    other = faults_of(RoundRefused("something new"), the_run.inputs, the_run.round)
    assert "something new" in other[0].message


def test_rows_are_handed_to_the_verifier_as_they_were_written() -> None:
    inputs = read_inputs(csv_files(with_cell(tables(), "schools", 2, "classes", "01")))
    assert inputs.as_rows()["schools"][0]["classes"] == "01"
    assert Inputs().as_toml() == {}


def test_progress_is_told() -> None:
    told: list[tuple[str, float]] = []
    inputs = read_inputs(csv_files(tables()))
    the_round: Round = check(inputs)
    the_run = run_inputs(inputs, the_round, lambda stage, share: told.append((stage, share)))
    the_run.files(lambda stage, share: told.append((stage, share)))
    assert [stage for stage, _ in told] == [
        "tickets",
        "assignment",
        "diversion",
        "done",
        "explanations",
    ]
    assert run(the_round).tickets == the_run.result.tickets
