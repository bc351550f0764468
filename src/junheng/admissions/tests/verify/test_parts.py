"""The parts of the verifier, each held to something worked out elsewhere."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from junheng.admissions.tests.verify import hand, plain
from junheng.admissions.verify import canonical
from junheng.admissions.verify.distances import great_circle
from junheng.admissions.verify.lines import Unreadable
from junheng.admissions.verify.replay import seats_by_list
from junheng.admissions.verify.tables import read_inputs
from junheng.admissions.verify.tickets import Unit, ring, units_of


def test_the_published_drawing_is_repeated() -> None:
    """Twenty on the ring, start 6, interval 3, fifteen seats: a drawing held in 2023."""
    drawn = ring([str(n) for n in range(1, 21)], start=6, interval=3)
    assert " ".join(drawn[:15]) == "6 9 12 15 18 1 4 8 13 17 2 7 14 20 10"
    assert sorted(drawn, key=int) == [str(n) for n in range(1, 21)]


def test_an_interval_longer_than_the_ring_goes_round_it() -> None:
    assert ring("abc", start=3, interval=5) == ["c", "a", "b"]


def test_the_canonical_table_is_the_one_written_out() -> None:
    for name, text in hand.texts().items():
        rows = canonical.canonical_rows(name, hand.rows(text)[::-1])
        assert canonical.table_hash(name, rows) == hand.sha256(text.encode())


def test_ranks_are_ordered_as_numbers_and_names_by_their_bytes() -> None:
    rows = [
        {"applicant_id": child, "rank": rank, "school_id": "A"}
        for child, rank in product(["\U00020000", "\uffff", "a", "B"], ["10", "2"])
    ]
    written = canonical.canonical_rows("choices", rows)
    order = [(child, rank) for child, rank, _ in written]
    assert order == list(product(["B", "a", "\uffff", "\U00020000"], ["2", "10"]))


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("116.0000005", "116.000001"),
        ("-70.5924505", "-70.592451"),
        ("116", "116.000000"),
        ("-0.0000001", "0.000000"),
        ("1e2", "100.000000"),
        (" ", ""),
    ],
)
def test_degrees_are_rounded_half_up_and_written_in_full(said: str, written: str) -> None:
    assert canonical.degrees(said) == written


@pytest.mark.parametrize("said", ["nan", "inf", "9" * 40, "1,5"])
def test_what_is_no_coordinate_is_refused(said: str) -> None:
    with pytest.raises(Unreadable):
        canonical.degrees(said)


def test_a_quarter_of_the_globe() -> None:
    pole = great_circle(np.array(0.0), np.array(0.0), np.array(0.0), np.array(90.0))
    assert math.isclose(float(pole), 6_371_008.8 * math.pi / 2)


def test_the_other_side_of_the_globe_is_no_error() -> None:
    far = great_circle(np.array(0.0), np.array(-45.0), np.array(180.0), np.array(45.0))
    assert math.isclose(float(far), 6_371_008.8 * math.pi)


def test_a_zones_schools_follow_the_own_choices_once() -> None:
    inputs = read_inputs(hand.rules(), hand.tables())
    assert inputs.lists["a4"] == ("A", "B")
    assert inputs.lists["a6"] == ("B",)
    assert inputs.lists["b0"] == ()


def test_a_group_of_one_is_a_child() -> None:
    tables = plain.tables()
    tables["applicants"][0]["group_id"] = "x1"
    units = units_of(read_inputs(plain.rules(), tables), seed=plain.SEED)
    assert [unit.members for unit in units] == [("x1",), ("x2",), ("x3",), ("x4",)]
    assert units[0].ticket == plain.TICKETS["x1"]


def test_a_groups_ticket_is_that_of_its_lowest_member() -> None:
    tables = plain.tables()
    tables["applicants"][0]["group_id"] = tables["applicants"][2]["group_id"] = "twins"
    units = units_of(read_inputs(plain.rules(), tables), seed=plain.SEED)
    assert [(unit.members, unit.ticket) for unit in units] == [
        (("x1", "x3"), plain.TICKETS["x1"]),
        (("x2",), plain.TICKETS["x2"]),
        (("x4",), plain.TICKETS["x4"]),
    ]


def unit(name: str, wants: str, ticket: int, size: int = 1) -> Unit:
    members = tuple(f"{name}{n}" for n in range(size))
    return Unit(name, members, tuple(wants), tier=1, sibling="", ticket=ticket)


def by_ticket(one: Unit, _school: str) -> tuple[int | str, str]:
    return one.ticket, one.id


def test_seats_that_a_group_left_behind_are_used_again() -> None:
    """S has 2 seats. u asks and is held beside a pair that fits; then v, with ticket 1, comes.

    Round 1: S holds the pair (ticket 3) and refuses u (4). Round 2: v asks after X refused
    it; S takes v, the pair does not fit any more and leaves. One seat at S is free again and
    u would rather have it than T, so u moves; w then takes the seat that u leaves at T.
    """
    units = [
        unit("p", "S", 3, size=2),
        unit("u", "ST", 4),
        unit("v", "XS", 1),
        unit("w", "T", 5),
        unit("x", "X", 0),
    ]
    seats = {"S": 2, "T": 1, "X": 1}
    assert seats_by_list(units, seats, by_ticket) == {
        "p": "",
        "u": "S",
        "v": "S",
        "w": "T",
        "x": "X",
    }


def test_the_first_by_ticket_moves_to_the_best_school_with_room() -> None:
    """As above, but a (ticket 6) and u both would rather have the free seat: u is first."""
    units = [
        unit("p", "S", 3, size=2),
        unit("u", "S", 4),
        unit("a", "S", 6),
        unit("v", "XS", 1),
        unit("x", "X", 0),
    ]
    found = seats_by_list(units, {"S": 2, "X": 1}, by_ticket)
    assert found == {"p": "", "u": "S", "a": "", "v": "S", "x": "X"}
