"""Offers and moved grades: what the engine decides the verifier confirms, and frauds it finds."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from itertools import product
from random import Random

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from junheng.admissions.files.read import Inputs, read_inputs
from junheng.admissions.tests.verify import modes
from junheng.admissions.tests.verify.hand import resealed, sha256
from junheng.admissions.tests.verify.modes import (
    Files,
    answered,
    decided,
    grade_rounds,
    open_rounds,
)
from junheng.admissions.tests.verify.test_end_to_end import complaints, rounds
from junheng.admissions.verify import plans
from junheng.admissions.verify.check import verify
from junheng.admissions.verify.lines import Property
from junheng.admissions.verify.plans import Grade, TooManyPlans, is_beaten
from junheng.kernel.canonical import canonical_json
from tests.examples import examples

SLOW = list(HealthCheck)


@examples(80, suppress_health_check=SLOW)
@given(open_rounds(rounds()))
def test_both_runs_of_an_open_round_are_confirmed(both: tuple[Files, Files]) -> None:
    seats = []
    for files in both:
        inputs, outputs = decided(files)
        assert complaints(inputs, outputs) == {}
        lines = outputs["placements.csv"].decode().splitlines()
        seats.append([line for line in lines if ",choice," in line or ",zone," in line])
    assert seats[0] == seats[1]


@examples(100, suppress_health_check=SLOW)
@given(grade_rounds(rounds()))
def test_moved_grades_are_confirmed(files: Files) -> None:
    assert complaints(*decided(files)) == {}


# ------------------------------------------------------------------------- a round by hand

SCHOOLS = """\
school_id,name,township,lon,lat,classes,class_size,continuing,reserved
A,,,116.000000,36.500000,1,2,0,0
B,,,116.000000,36.510000,1,1,0,0
H,,,116.000000,36.530000,1,5,0,0
K,,,116.000000,36.540000,1,3,0,0
"""
APPLICANTS = """\
applicant_id,zone_id,lon,lat,tier,sibling_school_id,group_id
a1,A,116.000000,36.500000,1,,
a2,A,116.000000,36.500000,1,,
a3,A,116.000000,36.500000,1,,
a4,A,116.000000,36.500000,1,,
b1,B,116.000000,36.510000,1,,
b2,B,116.000000,36.510000,1,,
b3,B,116.000000,36.510000,1,,pair
b4,B,116.000000,36.510000,1,,pair
"""
TOML = """\
[round]
ref = "by-hand"
year = 2026
level = "primary"
class_cap = 5
priority = ["ticket"]
[lottery]
method = "ring-interval"
seed = "1:1"
[diversion]
mode = "none"
"""
FILES = {
    "schools.csv": SCHOOLS.encode(),
    "zones.csv": b"zone_id,rank,school_id,name\nA,1,A,\nB,1,B,\n",
    "applicants.csv": APPLICANTS.encode(),
    "round.toml": TOML.encode(),
}
"""Tickets a1 < a2 < a3 < a4 < b1 < b2 < b3b4, by list a1, a2 at A and b1 at B.

0.01 degrees of latitude are 1,111.95 m. From A (and a1 to a4) it is 3,336 m to H and 4,448 m
to K; from B 2,224 m to H and 3,336 m to K.
"""


@cache
def open_case() -> tuple[Files, Inputs, Files]:
    """a3 is silent, a4 wants K alone, b2 K then H, the pair K then H; H 5 and K 3 free.

    In ticket order: a3 (silence: nearest) H, a4 K, b2 K; the pair needs two, K has one left: H.
    """
    asked = modes.as_mode(FILES, "open", 'silence = "nearest"', 'unranked = "decline"')
    _, first = decided(asked)
    wants = {"a4": ["K"], "b2": ["K", "H"], "b3": ["K", "H"], "b4": ["K", "H"]}
    files = answered(asked, first, wants)
    return files, *decided(files)


@cache
def grade_case() -> tuple[Files, Inputs, Files]:
    """A's grade is 4 (2 without a seat), B's 4 (3 without). H takes 5, K 3: one grade fits, at H.

    B's move gives three children a seat, A's two: B moves to H, A stays.
    """
    files = {
        **modes.as_mode(FILES, "grade"),
        "grade_moves.csv": b"school_id,host_id\nA,H\nA,K\nB,H\nB,K\n",
    }
    return files, *decided(files)


def seats(outputs: Files) -> list[str]:
    rows = [line.split(",") for line in outputs["placements.csv"].decode().splitlines()[1:]]
    return [f"{child} {school} {how}" for child, school, how, *_ in rows]


def test_the_open_round_by_hand() -> None:
    _, inputs, outputs = open_case()
    assert seats(outputs) == [
        "a1 A zone", "a2 A zone", "a3 H offered", "a4 K offered", "b1 B zone", "b2 K offered",
        "b3 H offered", "b4 H offered",
    ]  # fmt: skip
    assert outputs["offers.csv"].decode().splitlines()[1:3] == ["a3,1,H,3336,5", "a3,2,K,4448,3"]
    assert complaints(inputs, outputs) == {}


def test_the_grade_round_by_hand() -> None:
    _, inputs, outputs = grade_case()
    assert seats(outputs) == [
        "a1 A zone", "a2 A zone", "a3  unplaced", "a4  unplaced", "b1 H moved", "b2 H moved",
        "b3 H moved", "b4 H moved",
    ]  # fmt: skip
    assert outputs["grades.csv"].decode() == (
        "school_id,children,without_seat,host_id,reason,distance_m\n"
        "A,4,2,,host-taken,\n"
        "B,4,3,H,moved,2224\n"
    )
    assert outputs["schools_result.csv"].decode().splitlines()[2] == "B,1,1,0,0,5,,1"
    assert complaints(inputs, outputs) == {}


def test_only_what_the_mode_has_is_looked_at() -> None:
    _, inputs, outputs = grade_case()
    lines = {line.property for line in verify(inputs.as_toml(), inputs.as_rows(), outputs)}
    assert Property.GRADES in lines
    assert not lines & {Property.PRICES, Property.LIMIT, Property.OFFERED, Property.FIRST_RUN}


# ----------------------------------------------------------------- every meaning of the rules

SILENT = 'silence = "nearest"'
OFFERS = b"applicant_id,rank,school_id\na3,1,K\na4,1,K\na4,2,H\nb2,1,H\n"


@pytest.mark.parametrize(
    ("rules", "answers", "more"),
    [
        pytest.param((SILENT, 'unranked = "decline"'), None, {}, id="first run"),
        pytest.param((SILENT, 'unranked = "nearest"'), {"a4": ["K"]}, {}, id="completed"),
        pytest.param(
            ('silence = "last"', 'unranked = "decline"'), {"b2": ["H"]}, {}, id="the silent last"
        ),
        pytest.param(
            ('silence = "decline"', 'unranked = "decline"'), {"b2": ["H"]}, {}, id="silence is no"
        ),
        pytest.param(
            (SILENT, 'unranked = "decline"', "max_distance_m = 1"), {}, {}, id="nothing in reach"
        ),
        pytest.param(
            (SILENT, 'unranked = "decline"'), {"a4": ["H"]}, {"offers.csv": OFFERS}, id="a table"
        ),
        pytest.param(
            (SILENT, 'unranked = "decline"'),
            {child: ["K"] for child in ("a3", "a4", "b2", "b3", "b4")},
            {},
            id="all want the same",
        ),
    ],
)
def test_every_meaning_of_silence_is_confirmed(
    rules: tuple[str, ...], answers: dict[str, list[str]] | None, more: Files
) -> None:
    files = {**modes.as_mode(FILES, "open", *rules), **more}
    if answers is not None:
        files = answered(files, decided(files)[1], answers)
    assert complaints(*decided(files)) == {}


@pytest.mark.parametrize(
    ("rules", "moves", "reasons"),
    [
        pytest.param((), "A,K\n", {"no-room", "not-movable"}, id="no room"),
        pytest.param(("max_distance_m = 3000",), "A,H\n", {"too-far", "not-movable"}, id="too far"),
    ],
)
def test_every_reason_of_a_grade_that_stays_is_confirmed(
    rules: tuple[str, ...], moves: str, reasons: set[str]
) -> None:
    files = modes.as_mode(FILES, "grade", *rules)
    files["grade_moves.csv"] = f"school_id,host_id\n{moves}".encode()
    inputs, outputs = decided(files)
    assert complaints(inputs, outputs) == {}
    told = [json.loads(line) for line in outputs["explanations.jsonl"].splitlines()]
    assert {line["moved"]["reason"] for line in told if "moved" in line} == reasons


# ------------------------------------------------------------------------------- the frauds

Fraud = Callable[[Files], Files]


_SEALED = ("offers.csv", "grades.csv")


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
        more = {f"{name[:-4]}_sha256": sha256(bent[name])} if name in _SEALED else {}
        told = json.loads(bent["receipt.json"])
        return resealed(bent, counts={**told["counts"], **counts}, **more)

    return commit


def without(name: str) -> Fraud:
    return lambda files: {key: value for key, value in files.items() if key != name}


def both(*frauds: Fraud) -> Fraud:
    def commit(files: Files) -> Files:
        for fraud in frauds:
            files = fraud(files)
        return files

    return commit


OPEN_FRAUDS = [
    pytest.param(
        both(
            edit("placements.csv", ("a4,K,offered,,1,4,4448", "a4,H,offered,,1,4,3336")),
            edit("schools_result.csv", ("H,5,0,3,2", "H,5,0,4,1"), ("K,3,0,2,1", "K,3,0,1,2")),
        ),
        {Property.OFFERED, Property.EXPLANATIONS},
        id="a family is given a school that it did not want",
    ),
    pytest.param(
        both(
            edit(
                "placements.csv",
                ("b2,K,offered,,1,6,3336", "b2,,unplaced,,1,6,"),
                offered=4,
                unplaced=1,
            ),
            edit("schools_result.csv", ("K,3,0,2,1", "K,3,0,1,2")),
        ),
        {Property.OFFERED, Property.EXPLANATIONS},
        id="a family is left out",
    ),
    pytest.param(
        both(
            edit("placements.csv", ("b4,H,offered,,1,7,2224", "b4,K,offered,,1,7,3336")),
            edit("schools_result.csv", ("H,5,0,3,2", "H,5,0,2,3"), ("K,3,0,2,1", "K,3,0,3,0")),
        ),
        {Property.OFFERED, Property.GROUPS_WHOLE, Property.EXPLANATIONS},
        id="a group is split",
    ),
    pytest.param(
        both(
            edit(
                "placements.csv",
                ("a4,K,offered", "a4,K,diverted"),
                offered=4,
                diverted=1,
            ),
        ),
        {Property.LIST_PLACES},
        id="how a child came to its seat is told otherwise",
    ),
    pytest.param(
        edit("offers.csv", ("a4,2,K,4448,3\n", "")),
        {Property.OFFERS, Property.FIRST_RUN},
        id="a school was offered and it is hidden",
    ),
    pytest.param(
        edit("offers.csv", ("a3,1,H,3336,5\na3,2,K,4448,3\n", "a3,2,K,4448,3\na3,1,H,3336,5\n")),
        {Property.OFFERS, Property.FIRST_RUN},
        id="the offers are out of order",
    ),
    pytest.param(
        without("offers.csv"), {Property.OFFERS, Property.FIRST_RUN}, id="the offers are gone"
    ),
    pytest.param(
        edit("receipt.json", ('"offers_sha256":"', '"offers_sha256":"0')),
        {Property.FIRST_RUN},
        id="the receipt names other offers",
    ),
    pytest.param(
        edit("schools_result.csv", ("K,3,0,2,1,,,0", "K,3,0,2,1,,7,0")),
        {Property.SCHOOL_TABLE},
        id="a price where there is none",
    ),
    pytest.param(
        edit("explanations.jsonl", ('"reason":"chosen","', '"reason":"declined","')),
        {Property.EXPLANATIONS},
        id="a family is told that it declined",
    ),
    pytest.param(
        edit("receipt.json", ('"silence":"nearest"', '"silence":"decline"')),
        {Property.RULES, Property.FIRST_RUN},
        id="silence had another meaning",
    ),
    pytest.param(
        edit("receipt.json", ('"rules":{', '"rules":0,"was":{')),
        {Property.RULES, Property.FIRST_RUN},
        id="the receipt has no rules",
    ),
    pytest.param(
        edit("receipt.json", ('"counts":{', '"counts":0,"was":{')),
        {Property.RECEIPT, Property.FIRST_RUN},
        id="the receipt counts nothing",
    ),
]


@pytest.mark.parametrize(("fraud", "caught_by"), OPEN_FRAUDS)
def test_a_fraud_with_offers_is_caught(fraud: Fraud, caught_by: set[Property]) -> None:
    _, inputs, outputs = open_case()
    assert complaints(inputs, fraud(outputs)).keys() == caught_by


GRADE_FRAUDS = [
    pytest.param(
        both(
            edit(
                "placements.csv",
                ("b1,H,moved,1,1,5,2224", "b1,B,zone,1,1,5,0"),
                moved=3,
                zone=3,
            ),
            edit(
                "schools_result.csv",
                ("H,5,0,4,1", "H,5,0,3,2"),
                ("B,1,1,0,0,5,,1", "B,1,1,0,0,5,,0"),
            ),
        ),
        {Property.GRADES, Property.EXPLANATIONS},
        id="a child with a seat stays behind while its grade moves",
    ),
    pytest.param(
        both(
            edit(
                "placements.csv",
                ("a3,,unplaced,,1,3,", "a3,K,moved,,1,3,4448"),
                moved=5,
                unplaced=1,
            ),
            edit("schools_result.csv", ("K,3,0,0,3", "K,3,0,1,2")),
        ),
        {Property.GRADES, Property.EXPLANATIONS},
        id="one child of a grade is picked out",
    ),
    pytest.param(
        both(
            edit(
                "placements.csv",
                ("a1,A,zone,1,1,1,0", "a1,H,moved,1,1,1,3336"),
                ("a2,A,zone,1,1,2,0", "a2,H,moved,1,1,2,3336"),
                ("a3,,unplaced,,1,3,", "a3,H,moved,,1,3,3336"),
                ("a4,,unplaced,,1,4,", "a4,H,moved,,1,4,3336"),
                ("b1,H,moved,1,1,5,2224", "b1,B,zone,1,1,5,0"),
                ("b2,H,moved,,1,6,2224", "b2,,unplaced,,1,6,"),
                ("b3,H,moved,,1,7,2224", "b3,,unplaced,,1,7,"),
                ("b4,H,moved,,1,7,2224", "b4,,unplaced,,1,7,"),
                zone=1,
                unplaced=3,
            ),
            edit(
                "schools_result.csv",
                ("B,1,1,0,0,5,,1", "B,1,1,0,0,5,,0"),
                ("A,2,2,0,0,2,,0", "A,2,2,0,0,2,,2"),
            ),
            edit(
                "grades.csv",
                ("A,4,2,,host-taken,", "A,4,2,H,moved,3336"),
                ("B,4,3,H,moved,2224", "B,4,3,,host-taken,"),
            ),
        ),
        {Property.GRADES, Property.EXPLANATIONS},
        id="another grade moves, which seats fewer children",
    ),
    pytest.param(
        edit("grades.csv", ("A,4,2,,host-taken,", "A,4,2,,no-room,")),
        {Property.GRADES},
        id="a reason is made up",
    ),
    pytest.param(
        edit("grades.csv", ("A,4,2,,host-taken,\n", "")),
        {Property.GRADES},
        id="a school over plan is left out",
    ),
    pytest.param(
        edit("grades.csv", ("A,4,2,,host-taken,", "A,4,2,B,moved,1112")),
        {Property.GRADES, Property.EXPLANATIONS},
        id="a grade moves where it may not",
    ),
    pytest.param(
        edit("grades.csv", ("A,4,2,,host-taken,", "A,4,2,H,moved,3336")),
        {Property.GRADES, Property.EXPLANATIONS},
        id="a host is promised twice",
    ),
    pytest.param(
        without("grades.csv"), {Property.GRADES, Property.EXPLANATIONS}, id="the grades are gone"
    ),
    pytest.param(
        edit("receipt.json", ('"grades_sha256":"', '"grades_sha256":"0')),
        {Property.GRADES},
        id="the receipt names other grades",
    ),
    pytest.param(
        edit("schools_result.csv", ("B,1,1,0,0,5,,1", "B,1,1,0,0,5,,0")),
        {Property.SCHOOL_TABLE},
        id="nobody is said to have left",
    ),
    pytest.param(
        edit("placements.csv", ("b1,H,moved,1,1", "b1,H,moved,9,1")),
        {
            *(Property.LIST_PLACES, Property.NO_WASTE, Property.REPEATED, Property.SCHOOL_TABLE),
            *(Property.LAST_KEYS, Property.GRADES, Property.EXPLANATIONS),
        },
        id="a rank that no list has",
    ),
    pytest.param(
        edit("explanations.jsonl", ('"reason":"host-taken"', '"reason":"too-far"')),
        {Property.EXPLANATIONS},
        id="families are told another reason",
    ),
    pytest.param(
        edit("receipt.json", ('"format":2', '"format":1')),
        {Property.FILES},
        id="another version of the format",
    ),
]


@pytest.mark.parametrize(("fraud", "caught_by"), GRADE_FRAUDS)
def test_a_fraud_with_grades_is_caught(fraud: Fraud, caught_by: set[Property]) -> None:
    _, inputs, outputs = grade_case()
    assert complaints(inputs, fraud(outputs)).keys() == caught_by


def test_an_answer_that_was_added_later_is_caught() -> None:
    files, _, outputs = open_case()
    late = files["offer_choices.csv"] + b"a3,1,K\n"
    inputs = read_inputs({**files, "offer_choices.csv": late})
    found = complaints(inputs, outputs)
    assert {Property.HASHES, Property.OFFERED} <= found.keys()


def test_a_round_that_was_changed_between_the_runs_is_caught() -> None:
    """A seat more at A would have changed who was asked; the first receipt tells."""
    files, _, outputs = open_case()
    named = files["round.toml"].decode().split("first_run")[1]
    changed = {**files, "schools.csv": files["schools.csv"].replace(b"1,2,0,0", b"1,3,0,0")}
    inputs = read_inputs(changed)
    assert named in changed["round.toml"].decode()
    assert Property.FIRST_RUN in complaints(inputs, outputs)


# --------------------------------------------------------------------------- the best plan


@st.composite
def claims(draw: st.DrawFn) -> tuple[list[Grade], dict[str, int], list[str]]:
    """Grades, hosts and one plan out of all."""
    hosts, number = "HJKL"[: draw(st.integers(1, 4))], draw(st.integers(0, 4))
    chance = Random(draw(st.integers(0, 10**9)))
    free = {host: chance.randint(0, 9) for host in hosts}
    grades = []
    for _ in range(number):
        children = chance.randint(1, 6)
        allowed = chance.sample(hosts, chance.randint(0, len(hosts)))
        ways = {host: chance.randint(0, 3) for host in allowed if free[host] >= children}
        grades.append(Grade(children, chance.randint(1, children), ways))
    plan = [chance.choice([*sorted(grade.ways), ""]) for grade in grades]
    return grades, free, plan


def first_of_the_best(grades: list[Grade], free: dict[str, int]) -> list[str]:
    best: tuple[tuple[int, int], list[str]] | None = None
    for plan in product(*([*sorted(grade.ways), ""] for grade in grades)):
        moved = [(grade, host) for grade, host in zip(grades, plan, strict=True) if host]
        if any(sum(g.children for g, h in moved if h == host) > free[host] for host in free):
            continue
        worth = (
            -sum(grade.without_seat for grade, _ in moved),
            sum(grade.children * grade.ways[host] for grade, host in moved),
        )
        if best is None or worth < best[0]:
            best = (worth, list(plan))
    assert best is not None
    return best[1]


@given(claims())
@examples(300)
def test_a_plan_is_beaten_unless_it_is_the_first_of_the_best(
    case: tuple[list[Grade], dict[str, int], list[str]],
) -> None:
    grades, free, plan = case
    best = first_of_the_best(grades, free)
    assert is_beaten(grades, plan, free) == (plan != best)
    assert not is_beaten(grades, best, free)


def test_more_plans_than_anybody_looks_at_are_a_breach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MOST_PLANS", 2)
    _, inputs, outputs = grade_case()
    assert complaints(inputs, outputs).keys() == {Property.GRADES}
    with pytest.raises(TooManyPlans):
        is_beaten([Grade(1, 1, {"H": 1}), Grade(1, 1, {"H": 1})], ["H", ""], {"H": 1})
