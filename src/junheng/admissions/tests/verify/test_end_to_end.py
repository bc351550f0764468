"""Engine and verifier were written apart: here they meet, on rounds that nobody chose.

Small rounds with groups, ties of every kind, blank zones, limits and both lotteries go
through the files and the engine; then the verifier must find nothing. Frauds are planted
in the real files of a made-up round; it must find each.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from junheng.admissions.engine.assign import run
from junheng.admissions.files.check import check
from junheng.admissions.files.read import Inputs, read_inputs
from junheng.admissions.files.sample import Wish, sample_round
from junheng.admissions.files.write import write_outputs
from junheng.admissions.tests.verify.hand import resealed
from junheng.admissions.verify.check import verify
from junheng.admissions.verify.lines import Property
from tests.examples import examples

Files = dict[str, bytes]

SCHOOLS = "school_id,name,township,lon,lat,classes,class_size,continuing,reserved"
ZONES = "zone_id,rank,school_id,name"
APPLICANTS = "applicant_id,zone_id,lon,lat,tier,sibling_school_id,group_id"
CHOICES = "applicant_id,rank,school_id"


def admit(files: Files) -> tuple[Inputs, Files]:
    """Read, check, run and write a round."""
    inputs = read_inputs(files)
    the_round = check(inputs)
    return inputs, write_outputs(the_round, run(the_round), inputs=inputs)


def complaints(inputs: Inputs, outputs: Files) -> dict[str, str]:
    """What the verifier finds, by property."""
    lines = verify(inputs.as_toml(), inputs.as_rows(), outputs)
    return {line.property: line.detail for line in lines if not line.holds}


@st.composite
def rounds(draw: st.DrawFn) -> Files:
    """A small round in files: up to 5 schools, 12 children and 3 groups of up to 3."""
    schools = [f"S{n}" for n in range(draw(st.integers(1, 5)))]
    school = st.sampled_from(schools)
    place = st.integers(0, 40).map(lambda step: f"{116 + step / 1000:.6f},36.5")
    school_rows = [f"{name},,,{draw(place)},1,{draw(st.integers(0, 4))},{0},0" for name in schools]
    zones = {f"Z{n}": draw(st.lists(school, max_size=3, unique=True)) for n in range(3)}
    used = [name for name, listed in zones.items() if listed]
    families = draw(st.lists(st.integers(1, 3), min_size=1, max_size=7))
    codes = draw(st.permutations([f"c{n:02}" for n in range(sum(families))]))
    children, choices = [], []
    for number, size in enumerate(families):
        group = f"g{number}" if size > 1 else ""
        zone = draw(st.sampled_from(["", *used]))
        shared = f"{draw(st.integers(1, 2))},{draw(st.sampled_from(['', *schools]))},{group}"
        own = draw(st.lists(school, max_size=3, unique=True))
        for _ in range(size):
            code = codes.pop()
            children.append(f"{code},{zone},{draw(place)},{shared}")
            choices += [f"{code},{rank},{name}" for rank, name in enumerate(own, start=1)]
    ring = draw(st.booleans())
    priority = draw(st.sampled_from(['"tier", "sibling", ', '"sibling", ', '"tier", ', ""]))
    limit = draw(st.sampled_from(["", "max_distance_m = 1500"]))
    toml = f"""
[round]
ref = "made-up"
year = 2026
level = "primary"
class_cap = 3
priority = [{priority}"ticket"]
choices_only = {draw(st.sampled_from(["true", "false"]))}
[lottery]
method = "{"ring-interval" if ring else "hmac-sha256"}"
seed = "{f"1:{draw(st.integers(1, 20))}" if ring else draw(st.integers(0, 9))}"
[diversion]
mode = "{draw(st.sampled_from(["zone", "zone", "none"]))}"
{limit}
"""
    zone_rows = [
        f"{zone},{rank},{name},"
        for zone, listed in zones.items()
        for rank, name in enumerate(listed, start=1)
    ]
    tables = {
        "schools": [SCHOOLS, *school_rows],
        "zones": [ZONES, *zone_rows],
        "applicants": [APPLICANTS, *children],
        "choices": [CHOICES, *choices],
    }
    files = {f"{name}.csv": "\n".join(rows).encode() + b"\n" for name, rows in tables.items()}
    return {**files, "round.toml": toml.encode()}


@examples(150, suppress_health_check=list(HealthCheck))
@given(rounds())
def test_what_the_engine_decides_the_verifier_confirms(files: Files) -> None:
    assert complaints(*admit(files)) == {}


@cache
def made_up() -> tuple[Inputs, Files]:
    """A made-up round of 600 children at 12 schools, a tenth of them diverted or unplaced."""
    return admit(sample_round(Wish(600, 12, "verify", 0.1)))


def rows(outputs: Files, name: str) -> list[list[str]]:
    return [line.split(",") for line in outputs[name].decode().splitlines()]


def with_rows(outputs: Files, name: str, lines: list[list[str]]) -> Files:
    content = "".join(",".join(line) + "\n" for line in lines).encode()
    return resealed({**outputs, name: content})


def test_a_made_up_round_is_right_and_has_every_kind_of_child() -> None:
    inputs, outputs = made_up()
    assert complaints(inputs, outputs) == {}
    counts = json.loads(outputs["receipt.json"])["counts"]
    assert min(counts["choice"], counts["zone"], counts["diverted"]) > 0


def swap_seats(outputs: Files) -> Files:
    """The last child seated by list gives way to the first one diverted."""
    lines = rows(outputs, "placements.csv")
    seated = next(line for line in lines if line[2] == "zone" and line[3] == "1")
    diverted = next(line for line in lines if line[2] == "diverted")
    seated[1], diverted[1] = diverted[1], seated[1]
    return with_rows(outputs, "placements.csv", lines)


def one_too_many(outputs: Files) -> Files:
    lines = rows(outputs, "placements.csv")
    diverted = next(line for line in lines if line[2] == "diverted")
    full = next(line[0] for line in rows(outputs, "schools_result.csv")[1:] if line[4] == "0")
    diverted[1] = full if diverted[1] != full else "S0001"
    return with_rows(outputs, "placements.csv", lines)


def other_ticket(outputs: Files) -> Files:
    lines = rows(outputs, "placements.csv")
    lines[1][5] = "0" * len(lines[1][5])
    return with_rows(outputs, "placements.csv", lines)


def dearer_plan(outputs: Files) -> Files:
    """The two diverted children to different schools who lose most by a swap are swapped."""
    lines = rows(outputs, "placements.csv")
    diverted = [line for line in lines if line[2] == "diverted"]
    one = diverted[0]
    other = next(line for line in diverted if line[1] != one[1])
    one[1], other[1] = other[1], one[1]
    return with_rows(outputs, "placements.csv", lines)


def hidden_child(outputs: Files) -> Files:
    lines = rows(outputs, "placements.csv")
    del lines[7]
    return with_rows(outputs, "placements.csv", lines)


def changed(name: str, line: int, column: int, value: str) -> Any:
    def commit(outputs: Files) -> Files:
        lines = rows(outputs, name)
        lines[line][column] = value
        return with_rows(outputs, name, lines)

    return commit


def receipt_says(**changes: Any) -> Any:
    return lambda outputs: resealed(outputs, **changes)


@pytest.mark.parametrize(
    ("fraud", "caught_by"),
    [
        pytest.param(swap_seats, Property.REPEATED, id="swapped pair"),
        pytest.param(one_too_many, Property.SEATS, id="extra pupil"),
        pytest.param(other_ticket, Property.TICKETS, id="changed ticket"),
        pytest.param(dearer_plan, Property.DISTANCES, id="dearer plan"),
        pytest.param(hidden_child, Property.EVERYONE, id="hidden child"),
        pytest.param(
            changed("schools_result.csv", 3, 6, "77777"), Property.PRICES, id="wrong price"
        ),
        pytest.param(
            changed("schools_result.csv", 3, 5, "1|0|00"), Property.LAST_KEYS, id="wrong last key"
        ),
        pytest.param(
            changed("schools_result.csv", 3, 1, "999"), Property.SCHOOL_TABLE, id="made-up seats"
        ),
        pytest.param(changed("placements.csv", 3, 4, "9"), Property.LIST_PLACES, id="other tier"),
        pytest.param(changed("placements.csv", 3, 6, "1"), Property.DISTANCES, id="wrong distance"),
        pytest.param(receipt_says(seed="another"), Property.SEED, id="other seed"),
        pytest.param(
            receipt_says(kept_out=[{"applicant_id": "x", "school_id": "S0001"}]),
            Property.KEPT_OUT,
            id="forged names",
        ),
        pytest.param(receipt_says(inputs={}), Property.HASHES, id="no hashes"),
        pytest.param(receipt_says(counts={}), Property.RECEIPT, id="no counts"),
    ],
)
def test_a_fraud_in_real_files_is_caught(fraud: Any, caught_by: Property) -> None:
    inputs, outputs = made_up()
    assert caught_by in complaints(inputs, fraud(outputs))


def test_an_input_edited_after_the_fact_is_caught() -> None:
    files = sample_round(Wish(600, 12, "verify", 0.1))
    head, first, *others = files["applicants.csv"].decode().splitlines()
    cells = first.split(",")
    cells[4] = "1" if cells[4] != "1" else "2"
    edited = "\n".join([head, ",".join(cells), *others]) + "\n"
    inputs = read_inputs({**files, "applicants.csv": edited.encode()})
    found = complaints(inputs, made_up()[1])
    assert {"hashes", "list_places"} <= found.keys()
