"""Schools open by lottery: what the engine decides the verifier confirms, and frauds it finds."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, given

from junheng.admissions.files.read import Inputs, read_inputs
from junheng.admissions.tests.verify.hand import resealed
from junheng.admissions.tests.verify.modes import (
    Files,
    decided,
    grade_rounds,
    lottery_rounds,
    open_rounds,
)
from junheng.admissions.tests.verify.test_end_to_end import complaints
from junheng.admissions.verify.check import verify
from junheng.admissions.verify.lines import Property
from junheng.kernel.canonical import canonical_json
from tests.examples import examples

SLOW = list(HealthCheck)
Fraud = Callable[[Files], Files]


@examples(120, suppress_health_check=SLOW)
@given(lottery_rounds())
def test_drawings_are_confirmed(files: Files) -> None:
    assert complaints(*decided(files)) == {}


@examples(50, suppress_health_check=SLOW)
@given(open_rounds(lottery_rounds()))
def test_drawings_beside_offers_are_confirmed(both: tuple[Files, Files]) -> None:
    for files in both:
        assert complaints(*decided(files)) == {}


@examples(50, suppress_health_check=SLOW)
@given(grade_rounds(lottery_rounds()))
def test_drawings_beside_moved_grades_are_confirmed(files: Files) -> None:
    assert complaints(*decided(files)) == {}


# ------------------------------------------------------------------------- a round by hand

SCHOOLS = """\
school_id,name,township,lon,lat,classes,class_size,continuing,reserved
A,Poplar,,116.000000,36.500000,1,2,0,0
B,Willow,,116.000000,36.510000,1,2,0,0
P,Lark,,116.000000,36.520000,1,3,0,0
Q,Swan,,116.000000,36.500000,1,4,0,0
"""
APPLICANTS = """\
applicant_id,zone_id,lon,lat,tier,sibling_school_id,group_id
c1,Z,116.000000,36.500000,2,,
c2,Z,116.000000,36.500000,1,P,
c3,Z,116.000000,36.500000,1,,
c4,Z,116.000000,36.500000,1,,
c5,,116.000000,36.500000,1,,
c6,,116.000000,36.500000,1,,pair
c7,,116.000000,36.500000,1,,pair
c8,Z,116.000000,36.500000,1,,
"""
CHOICES = """\
applicant_id,rank,school_id
c1,1,P
c2,1,A
c2,2,P
c3,1,P
c4,1,P
c5,1,P
c6,1,P
c7,1,P
c8,1,Q
"""
TOML = """\
[round]
ref = "by-hand"
year = 2026
level = "primary"
class_cap = 5
version = 3
priority = ["tier", "sibling", "ticket"]
[lottery]
method = "ring-interval"
seed = "1:1"
by_lottery = ["Q", "P"]
[diversion]
mode = "zone"
"""
FILES = {
    "schools.csv": SCHOOLS.encode(),
    "zones.csv": b"zone_id,rank,school_id,name\nZ,1,A,\n",
    "applicants.csv": APPLICANTS.encode(),
    "choices.csv": CHOICES.encode(),
    "round.toml": TOML.encode(),
}
"""P has 3 seats and draws lots, Q has 4 and draws lots, A is the zone's school with 2, B has 2.

Tickets c1 < c2 < c3 < c4 < c5 < c6c7 < c8. P is asked by c1 c3 c4 c5 and the pair: five families,
six children for three seats. The smallest tickets are c1, c3 and c4, so all seats are gone: c5 and
the pair lost. That c1 is in tier 2 is nothing at P. c2, who has an older child at P, asks A first
and has it (tier 1): it takes no part in P's drawing. c8 is the only one at Q and is taken. A has
one seat free, B two: c5 and the pair have no seat by list. Q has three seats free and stands
nearest to them, but nobody is sent there. The pair goes first: A has room for one only, so both go
to B (0.01 degrees of latitude, 1,112 m), and c5 goes to A (0 m).
"""
PLACEMENTS = """\
applicant_id,school_id,how,list_rank,tier,ticket,distance_m
c1,P,choice,1,2,1,2224
c2,A,choice,1,1,2,0
c3,P,choice,1,1,3,2224
c4,P,choice,1,1,4,2224
c5,A,diverted,,1,5,0
c6,B,diverted,,1,6,1112
c7,B,diverted,,1,6,1112
c8,Q,choice,1,1,7,0
"""
SCHOOLS_RESULT = """\
school_id,seats,placed_by_list,diverted_in,free,last_key,price_m,moved_out,drawn
A,2,1,1,0,,0,0,
B,2,0,2,0,,0,0,
P,3,3,0,0,4,,0,5
Q,4,1,0,3,,,0,1
"""


@cache
def by_hand() -> tuple[Inputs, Files]:
    return decided(FILES)


def test_the_round_by_hand() -> None:
    inputs, outputs = by_hand()
    assert outputs["placements.csv"].decode() == PLACEMENTS
    assert outputs["schools_result.csv"].decode() == SCHOOLS_RESULT
    assert complaints(inputs, outputs) == {}
    lines = verify(inputs.as_toml(), inputs.as_rows(), outputs)
    assert Property.LOTTERIES in [line.property for line in lines]


def test_no_line_about_lotteries_where_there_are_none() -> None:
    toml = TOML.replace('by_lottery = ["Q", "P"]\n', "")
    inputs, outputs = decided({**FILES, "round.toml": toml.encode()})
    lines = verify(inputs.as_toml(), inputs.as_rows(), outputs)
    assert Property.LOTTERIES not in [line.property for line in lines]
    assert [line.property for line in lines if not line.holds] == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("round.toml", b"version = 3", b"version = 2"),
        ("round.toml", b'["Q", "P"]', b'["Q", "X"]'),
        ("round.toml", b'["Q", "P"]', b'["A"]'),
    ],
    ids=["of another version", "a school that there is not", "a school of a zone"],
)
def test_input_that_must_not_be_is_not_read(name: str, old: bytes, new: bytes) -> None:
    _, outputs = by_hand()
    files = {**FILES, name: FILES[name].replace(old, new)}
    assert complaints(read_inputs(files), outputs).keys() == {Property.INPUTS}


# ------------------------------------------------------------------------------- the frauds


def edit(name: str, *changes: tuple[str, str], **counts: int) -> Fraud:
    """Replace text in a file, and make the receipt fit."""

    def commit(files: Files) -> Files:
        text = files[name].decode()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        bent = {**files, name: text.encode()}
        if name == "receipt.json":
            return {**bent, name: canonical_json(json.loads(text))}
        told = json.loads(bent["receipt.json"])
        return resealed(bent, counts={**told["counts"], **counts})

    return commit


def both(*frauds: Fraud) -> Fraud:
    def commit(files: Files) -> Files:
        for fraud in frauds:
            files = fraud(files)
        return files

    return commit


@pytest.mark.parametrize(
    ("fraud", "caught_by"),
    [
        pytest.param(
            both(
                edit(
                    "placements.csv",
                    ("c1,P,choice,1,2,1,2224", "c1,A,zone,2,2,1,0"),
                    ("c5,A,diverted,,1,5,0", "c5,P,choice,1,1,5,2224"),
                    choice=5,
                    zone=1,
                    diverted=2,
                ),
                edit(
                    "schools_result.csv",
                    ("A,2,1,1,0,,0,0,", "A,2,2,0,0,2|0|1,0,0,"),
                    ("P,3,3,0,0,4,", "P,3,3,0,0,5,"),
                ),
            ),
            {
                *(Property.NO_ENVY, Property.REPEATED, Property.KEPT_OUT, Property.LOTTERIES),
                Property.EXPLANATIONS,
            },
            id="the better tier wins at a school that draws lots",
        ),
        pytest.param(
            both(
                edit("placements.csv", ("c5,A,diverted,,1,5,0", "c5,Q,diverted,,1,5,0")),
                edit(
                    "schools_result.csv",
                    ("A,2,1,1,0", "A,2,1,0,1"),
                    ("Q,4,1,0,3", "Q,4,1,1,2"),
                ),
            ),
            {Property.LOTTERIES, Property.EXPLANATIONS},
            id="a child is sent to a school that draws lots",
        ),
        pytest.param(
            edit("schools_result.csv", ("P,3,3,0,0,4,,0,5", "P,3,3,0,0,4,,0,4")),
            {Property.SCHOOL_TABLE},
            id="fewer are said to have drawn",
        ),
        pytest.param(
            edit("schools_result.csv", ("Q,4,1,0,3,,,", "Q,4,1,0,3,,0,")),
            {Property.PRICES},
            id="a price where nobody is diverted to",
        ),
        pytest.param(
            edit("explanations.jsonl", ('"number":4', '"number":5')),
            {Property.EXPLANATIONS},
            id="a family is told another number",
        ),
        pytest.param(
            edit("receipt.json", ('"by_lottery":["P","Q"]', '"by_lottery":["P"]')),
            {Property.RULES},
            id="the receipt names fewer such schools",
        ),
        pytest.param(
            edit("receipt.json", ('"kept_out":[]', '"kept_out":7')),
            set(),
            id="who was kept out is no list, and nobody was",
        ),
    ],
)
def test_a_fraud_with_drawings_is_caught(fraud: Fraud, caught_by: set[Property]) -> None:
    inputs, outputs = by_hand()
    assert complaints(inputs, fraud(outputs)).keys() == caught_by


def test_a_group_that_was_too_large_is_not_passed_over() -> None:
    """The twins c6 c7 draw number 1, P has one seat: c8 has it; the twins are named as kept out."""
    files = {
        **FILES,
        "schools.csv": FILES["schools.csv"].replace(
            b"P,Lark,,116.000000,36.520000,1,3", b"P,,,,,1,1"
        ),
        "choices.csv": b"applicant_id,rank,school_id\nc6,1,P\nc7,1,P\nc8,1,P\n",
    }
    inputs, outputs = decided(files)
    assert '"kept_out":[{"applicant_id":"c6","school_id":"P"}' in outputs["receipt.json"].decode()
    assert complaints(inputs, outputs) == {}
