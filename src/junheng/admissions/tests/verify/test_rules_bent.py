"""Frauds that need a story: rules bent, input changed after the fact, other rounds."""

from __future__ import annotations

from typing import Any

import pytest

from junheng.admissions.tests.verify import hand, plain
from junheng.admissions.tests.verify.forging import (
    Change,
    Files,
    Fraud,
    both,
    broken,
    in_schools,
    placed,
)
from junheng.admissions.verify.lines import Property

BEYOND_THE_LIMIT = both(
    placed(("b0,,unplaced,,1,3,", "b0,E,diverted,,1,3,7000"), unplaced=0, diverted=5),
    in_schools(("E,4,0,0,4", "E,4,0,1,3"), ("9999900", "6900")),
)
GROUP_SENT_FAR = both(
    placed(
        ("a7,C,diverted,,1,8,2000", "a7,E,diverted,,1,8,6000"),
        ("a8,C,diverted,,1,8,2100", "a8,E,diverted,,1,8,6000"),
        ("a9,D,diverted,,2,5,1500", "a9,C,diverted,,2,5,1000"),
    ),
    in_schools(
        ("1|0|9,1300", "1|0|9,800"),
        ("C,3,0,3,0,,500", "C,3,0,2,1,,0"),
        ("D,1,0,1,0", "D,1,0,0,1"),
        ("E,4,0,0,4", "E,4,0,2,2"),
    ),
)
GROUP_SENT_NOWHERE = both(
    placed(
        ("a7,C,diverted,,1,8,2000", "a7,,unplaced,,1,8,"),
        ("a8,C,diverted,,1,8,2100", "a8,,unplaced,,1,8,"),
        ("a9,D,diverted,,2,5,1500", "a9,C,diverted,,2,5,1000"),
        diverted=2,
        unplaced=3,
    ),
    in_schools(
        ("1|0|9,1300", "1|0|9,800"),
        ("C,3,0,3,0,,500", "C,3,0,2,1,,0"),
        ("D,1,0,1,0", "D,1,0,0,1"),
    ),
)


@pytest.mark.parametrize(
    ("fraud", "caught_by"),
    [
        pytest.param(
            BEYOND_THE_LIMIT, {Property.LIMIT, Property.EXPLANATIONS}, id="a single child too far"
        ),
        pytest.param(
            GROUP_SENT_FAR,
            {Property.LIMIT, Property.GROUPS_NEAREST, Property.EXPLANATIONS},
            id="a group too far",
        ),
        pytest.param(
            GROUP_SENT_NOWHERE,
            {Property.GROUPS_NEAREST, Property.EXPLANATIONS},
            id="a group sent nowhere",
        ),
    ],
)
def test_a_diversion_that_proves_itself_but_breaks_a_rule(
    fraud: Fraud, caught_by: set[Property]
) -> None:
    assert broken(fraud(hand.outputs())) == caught_by


def test_a_seat_left_free_is_found_through_a_chain_of_children() -> None:
    """Under 3,500 m a5 reaches only C; but a9 could leave C for D, which has a seat free."""
    toml = hand.TOML.replace("5000", "3500")
    fraud = both(
        placed(
            ("a5,C,diverted,,2,6,1200", "a5,,unplaced,,2,6,"),
            ("a9,D,diverted,,2,5,1500", "a9,C,diverted,,2,5,1000"),
            diverted=3,
            unplaced=2,
        ),
        in_schools(("D,1,0,1,0", "D,1,0,0,1"), ("C,3,0,3,0", "C,3,0,3,0")),
    )
    files = fraud(hand.edited(hand.outputs(), "receipt.json", ("5000", "3500")))
    caught = broken(files, toml=toml)
    assert caught == {Property.MOST_SEATED, Property.PRICES, Property.EXPLANATIONS}


def test_the_input_may_not_change_after_the_fact() -> None:
    tables = hand.tables()
    tables["schools"][0]["name"] = "Another Name"
    assert broken(hand.outputs(), tables=tables) == {Property.HASHES}


def test_a_tier_that_is_raised_after_the_fact_changes_more_than_a_hash() -> None:
    tables = hand.tables()
    tables["applicants"][4]["tier"] = "1"
    caught = broken(hand.outputs(), tables=tables)
    assert caught == {
        Property.HASHES,
        Property.LIST_PLACES,
        Property.NO_ENVY,
        Property.REPEATED,
        Property.KEPT_OUT,
        Property.EXPLANATIONS,
    }


def test_a_table_that_is_gone_after_the_fact_is_noticed() -> None:
    tables = hand.tables()
    del tables["choices"]
    assert Property.HASHES in broken(hand.outputs(), tables=tables)


def test_an_extra_reserve_makes_a_school_too_full_but_not_its_classes() -> None:
    tables = hand.tables()
    tables["schools"][2]["reserved"] = "1"
    caught = broken(hand.outputs(), tables=tables)
    assert {Property.HASHES, Property.SEATS, Property.SCHOOL_TABLE} <= caught
    assert Property.CLASS_CAP not in caught


def test_a_plain_round_holds_with_the_seed_of_its_receipt() -> None:
    assert broken(plain.outputs(), plain) == set()


def of_plain(*changes: Change, counts: dict[str, int] | None = None, **receipt: Any) -> Files:
    files = hand.edited(plain.outputs(), "placements.csv", *changes)
    return hand.resealed(files, counts=plain.COUNTS | (counts or {}), **receipt)


def test_another_seed_gives_other_tickets() -> None:
    caught = broken(hand.resealed(plain.outputs(), seed="town-hell"), plain)
    assert {Property.TICKETS, Property.LAST_KEYS, Property.EXPLANATIONS} <= caught
    assert Property.SEED not in caught


@pytest.mark.parametrize("seed", ["", None])
def test_a_round_without_any_seed_is_no_round(seed: str | None) -> None:
    assert Property.SEED in broken(hand.resealed(plain.outputs(), seed=seed), plain)


def test_a_wrong_distance_is_noticed() -> None:
    assert broken(of_plain((",1112\nx3", ",1113\nx3")), plain) == {Property.DISTANCES}


def test_a_distance_that_is_left_out_is_noticed() -> None:
    assert broken(of_plain((",1112\nx3", ",\nx3")), plain) == {Property.DISTANCES}


def test_a_wrong_way_to_the_seat_is_noticed() -> None:
    files = of_plain(("x2,B,choice,2", "x2,B,zone,1"), counts={"choice": 1, "zone": 1})
    assert broken(files, plain) == {Property.LIST_PLACES}


def test_where_nobody_is_in_a_group_nobody_can_be_excused() -> None:
    """x1 takes the seat of x2, and the receipt says that a group kept x2 out."""
    x1, x2 = plain.TICKETS["x1"], plain.TICKETS["x2"]
    files = of_plain(
        (f"x1,,unplaced,,1,{x1},", f"x1,B,choice,2,1,{x1},1112"),
        (f"x2,B,choice,2,1,{x2},1112", f"x2,,unplaced,,1,{x2},"),
        kept_out=[{"applicant_id": "x2", "school_id": "B"}],
    )
    caught = broken(files, plain)
    assert caught == {
        Property.NO_ENVY,
        Property.REPEATED,
        Property.KEPT_OUT,
        Property.LAST_KEYS,
        Property.EXPLANATIONS,
    }


def test_a_seat_kept_back_is_noticed() -> None:
    x2 = plain.TICKETS["x2"]
    files = of_plain(
        (f"x2,B,choice,2,1,{x2},1112", f"x2,,unplaced,,1,{x2},"),
        counts={"choice": 1, "unplaced": 3},
    )
    caught = broken(files, plain)
    assert caught == {
        Property.NO_WASTE,
        Property.REPEATED,
        Property.SCHOOL_TABLE,
        Property.LAST_KEYS,
        Property.EXPLANATIONS,
    }


def test_nobody_may_be_diverted_where_the_round_diverts_nobody() -> None:
    x4 = plain.TICKETS["x4"]
    files = of_plain(
        (f"x4,,unplaced,,1,{x4},", f"x4,C,diverted,,1,{x4},2224"),
        counts={"diverted": 1, "unplaced": 1},
    )
    assert broken(files, plain) == {Property.LIMIT, Property.SCHOOL_TABLE, Property.EXPLANATIONS}


def test_a_price_without_a_diversion_is_noticed() -> None:
    files = hand.edited(plain.outputs(), "schools_result.csv", ("C,2,0,0,2,,", "C,2,0,0,2,,0"))
    assert broken(files, plain) == {Property.PRICES}


def test_a_limit_of_great_circles_is_kept_too() -> None:
    """With a diversion x1 and x4 go to C, 2,224 m away; a limit of 2,000 m forbids it."""
    toml = plain.TOML + '[diversion]\nmode = "zone"\nmax_distance_m = 2000\n'
    x1, x4 = plain.TICKETS["x1"], plain.TICKETS["x4"]
    files = of_plain(
        (f"x1,,unplaced,,1,{x1},", f"x1,C,diverted,,1,{x1},2224"),
        (f"x4,,unplaced,,1,{x4},", f"x4,C,diverted,,1,{x4},2224"),
        counts={"diverted": 2, "unplaced": 0},
        rules=plain.rules() | {"diversion": {"mode": "zone", "max_distance_m": 2000}},
    )
    files = hand.edited(
        files,
        "schools_result.csv",
        ("C,2,0,0,2,,", "C,2,0,2,0,,0"),
        (f"A,1,1,0,0,1|{plain.TICKETS['x3']},", f"A,1,1,0,0,1|{plain.TICKETS['x3']},1112"),
        (f"B,1,1,0,0,1|{plain.TICKETS['x2']},", f"B,1,1,0,0,1|{plain.TICKETS['x2']},1112"),
    )
    assert broken(files, plain, toml=toml) == {Property.LIMIT, Property.EXPLANATIONS}
    free = toml.replace("max_distance_m = 2000\n", "")
    files = hand.resealed(files, rules=plain.rules() | {"diversion": {"mode": "zone"}})
    assert broken(files, plain, toml=free) == {Property.EXPLANATIONS}
