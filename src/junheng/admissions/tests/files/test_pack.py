"""The pack repeats every seat given by list and tells nothing else about anybody."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from junheng.admissions.files.check import check
from junheng.admissions.files.pack import (
    FARTHEST_M,
    NEAREST_M,
    build_pack,
    displace,
    rarity_of,
)
from junheng.admissions.files.read import read_inputs
from junheng.admissions.files.runs import Done, run_inputs
from junheng.admissions.files.sample import Wish, sample_round
from junheng.admissions.tests.files.builders import TOML, csv_files, tables, with_cell
from junheng.admissions.verify.check import verify


def silent(_stage: str, _share: float) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def sampled() -> Done:
    inputs = read_inputs(sample_round(Wish(500, 12, "pack", 0.15)))
    return run_inputs(inputs, check(inputs), silent)


@pytest.fixture(scope="module")
def pack(sampled: Done) -> dict[str, bytes]:
    return build_pack(sampled.round, sampled.result)


def rows_of(pack: dict[str, bytes], name: str) -> list[list[str]]:
    return [line.split(",") for line in pack[name].decode().splitlines()[1:]]


def test_every_seat_given_by_list_is_repeated(sampled: Done, pack: dict[str, bytes]) -> None:
    real = [
        line.split(",") for line in sampled.files(silent)["placements.csv"].decode().split()[1:]
    ]
    again = {row[0]: row for row in rows_of(pack, "placements.csv")}
    by_list = [row for row in real if row[3]]
    assert len(by_list) > 400
    for child, school, _how, rank, _tier, ticket, _metres in by_list:
        assert again[child][1] == school
        assert again[child][3] == rank
        assert again[child][5] == ticket


def test_the_pack_runs_and_verifies_by_itself(pack: dict[str, bytes]) -> None:
    files = {name: content for name, content in pack.items() if name in INPUT_NAMES}
    inputs = read_inputs(files)
    assert (
        run_inputs(inputs, check(inputs), silent).files(silent)["receipt.json"]
        == (pack["receipt.json"])
    )
    lines = verify(inputs.as_toml(), inputs.as_rows(), pack)
    assert all(line.holds for line in lines)
    assert lines[-1].property == "explanations"


INPUT_NAMES = {"round.toml", "schools.csv", "zones.csv", "applicants.csv", "choices.csv"}


def test_it_holds_no_zone_name_group_name_or_real_home(
    sampled: Done, pack: dict[str, bytes]
) -> None:
    everything = b"\n".join(pack.values()).decode()
    assert "twins-" not in everything
    assert "School " not in everything
    assert "Township" not in everything
    assert "Block" not in everything
    assert not [zone for zone in sampled.round.zones.ids if zone in everything]
    homes = zip(sampled.round.applicants.lon, sampled.round.applicants.lat, strict=True)
    real = {(f"{lon:.6f}", f"{lat:.6f}") for lon, lat in homes}
    assert not real.intersection((row[2], row[3]) for row in rows_of(pack, "applicants.csv"))
    assert rows_of(pack, "zones.csv") == []


def test_only_children_without_a_seat_by_list_have_a_home_and_it_is_displaced(
    sampled: Done, pack: dict[str, bytes]
) -> None:
    waiting = sampled.result.list_rank == 0
    rows = rows_of(pack, "applicants.csv")
    assert [bool(row[2]) for row in rows] == waiting.tolist()
    for child in np.flatnonzero(waiting).tolist():
        home = sampled.round.applicants.lon[child], sampled.round.applicants.lat[child]
        moved = float(rows[child][2]), float(rows[child][3])
        assert NEAREST_M - 1 <= metres_between(home, moved) <= FARTHEST_M + 1


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    degree = 6_371_008.8 * math.pi / 180
    north = (other[1] - one[1]) * degree
    east = (other[0] - one[0]) * degree * math.cos(math.radians(one[1]))
    return math.hypot(north, east)


def test_homes_are_displaced_evenly_in_every_direction() -> None:
    chance = random.Random(7)
    moves = [displace((116.0, 36.5), chance.random) for _ in range(4_000)]
    away = [metres_between((116.0, 36.5), moved) for moved in moves]
    assert NEAREST_M - 1 <= min(away) < 550
    assert 1_950 < max(away) <= FARTHEST_M + 1
    assert abs(sum(lon - 116.0 for lon, _ in moves)) / len(moves) < 0.001
    assert abs(sum(lat - 36.5 for _, lat in moves)) / len(moves) < 0.001


def test_each_pack_is_displaced_anew_but_one_home_moves_as_one(sampled: Done) -> None:
    one, other = (build_pack(sampled.round, sampled.result)["applicants.csv"] for _ in range(2))
    assert one != other
    given = tables()
    # nobody's list has a seat for the twins: they are diverted together, from one home
    given = with_cell(given, "schools", 2, "reserved", "3")
    given = with_cell(given, "schools", 3, "reserved", "2")
    inputs = read_inputs(csv_files(given))
    the_run = run_inputs(inputs, check(inputs), silent)
    rows = rows_of(build_pack(the_run.round, the_run.result), "applicants.csv")
    assert rows[0][2:4] == rows[1][2:4]
    assert rows[0][6] == rows[1][6] == "g1"


def test_what_does_not_count_is_not_told() -> None:
    toml = TOML.replace('"tier", "sibling", "ticket"', '"ticket"')
    inputs = read_inputs(csv_files(tables(), toml=toml))
    the_run = run_inputs(inputs, check(inputs), silent)
    rows = rows_of(build_pack(the_run.round, the_run.result), "applicants.csv")
    assert {row[4] for row in rows} == {"1"}
    assert {row[5] for row in rows} == {""}


def test_a_sibling_school_off_the_list_is_not_told() -> None:
    given = with_cell(tables(), "applicants", 7, "sibling_school_id", "S1")
    inputs = read_inputs(csv_files(given))
    the_run = run_inputs(inputs, check(inputs), silent)
    rows = rows_of(build_pack(the_run.round, the_run.result), "applicants.csv")
    assert [row[5] for row in rows] == ["", "", "S2", "", "", ""]


def test_with_measured_distances_and_no_home_the_diversion_is_left_out() -> None:
    given = tables()
    for row in (5, 6):
        given = with_cell(
            with_cell(given, "applicants", row, "lon", ""), "applicants", row, "lat", ""
        )
    children = [row[0] for row in given["applicants"][1:]]
    given["distances"] = [
        ("applicant_id", "school_id", "metres"),
        *((child, school, "900") for child in children for school in ("S1", "S2", "S3")),
    ]
    inputs = read_inputs(csv_files(given))
    the_run = run_inputs(inputs, check(inputs), silent)
    made = build_pack(the_run.round, the_run.result)
    assert b'mode = "none"' in made["round.toml"]
    assert b"left out" in made["README.txt"]
    assert "distances.csv" not in made


def test_without_diversion_nobody_has_a_home() -> None:
    inputs = read_inputs(csv_files(tables(), toml=TOML.replace('"zone"', '"none"')))
    the_run = run_inputs(inputs, check(inputs), silent)
    made = build_pack(the_run.round, the_run.result)
    assert {row[2] for row in rows_of(made, "applicants.csv")} == {""}
    assert b"displaced" not in made["README.txt"]


def test_rare_combinations_are_counted() -> None:
    """a1 and a2 share theirs with each other, everybody else stands alone."""
    inputs = read_inputs(csv_files(tables()))
    the_run = run_inputs(inputs, check(inputs), silent)
    rarity = rarity_of(the_run.round, the_run.result)
    assert (rarity.children, rarity.rare, rarity.unique) == (6, 6, 4)


def test_a_pack_that_does_not_repeat_the_seats_is_never_made(sampled: Done) -> None:
    from dataclasses import replace

    bent = sampled.result.list_rank.copy()
    bent[np.flatnonzero(bent > 0)[0]] = 0
    with pytest.raises(AssertionError, match="does not repeat"):
        build_pack(sampled.round, replace(sampled.result, list_rank=bent))
