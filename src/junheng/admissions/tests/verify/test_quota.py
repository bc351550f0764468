"""Forged quota seats: the independent check names what was bent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from junheng.admissions.verify.quota import (
    SENTENCES,
    PupilRow,
    QuotaProperty,
    SeatRules,
    ShareRow,
    check_filling,
    check_shares,
)

# 5 seats, 7 + 2 + 1 pupils: claims 3.5, 1, 0.5; the seat left over goes to the larger school.
PUPILS = {"s1": 7, "s2": 2, "s3": 1}
SHARES = [
    ShareRow("s1", 7, 3, 5, 1, 4),
    ShareRow("s2", 2, 1, 0, 0, 1),
    ShareRow("s3", 1, 0, 5, 0, 0),
]


def test_true_shares_pass() -> None:
    assert all(held.holds for held in check_shares(5, PUPILS, SHARES))
    assert all(held.holds for held in check_shares(0, {}, []))


@pytest.mark.parametrize(
    ("rows", "broken"),
    [
        pytest.param(SHARES[:2], "sum", id="a school left out"),
        pytest.param([replace(SHARES[0], seats=5), *SHARES[1:]], "sum claims", id="a seat added"),
        pytest.param(
            [replace(SHARES[0], extra=0, seats=3), SHARES[1], replace(SHARES[2], extra=1, seats=1)],
            "left_over",
            id="the tie to the smaller school",
        ),
        pytest.param([replace(SHARES[0], rest=4), *SHARES[1:]], "claims left_over", id="remainder"),
        pytest.param(
            [SHARES[0], replace(SHARES[1], whole=0, rest=10, extra=1), SHARES[2]],
            "claims",
            id="whole seats told as a remainder",
        ),
        pytest.param(
            [replace(SHARES[0], pupils=8, rest=10), *SHARES[1:]], "sum claims", id="a pupil added"
        ),
    ],
)
def test_bent_shares_are_named(rows: list[ShareRow], broken: str) -> None:
    found = [held.name.value for held in check_shares(5, PUPILS, rows) if not held.holds]
    assert set(found) == set(broken.split())


QUOTA = {("A", "x"): 1, ("A", "y"): 1, ("B", "x"): 1}
RULES = SeatRules(years=3, lines={"A": 600}, to_others=True)
ROWS = {
    "1": PupilRow("1", "x", 650, 0, 3, ("A", "B"), "own", "A"),
    "2": PupilRow("2", "x", 640, 1, 3, ("A", "B"), "own", "B"),
    "3": PupilRow("3", "x", 640, 0, 3, ("B", "A"), "others", "A"),
    "4": PupilRow("4", "x", 630, 0, 3, ("A",), "none", ""),
    "5": PupilRow("5", "y", 500, 0, 3, ("A",), "none", ""),
    "6": PupilRow("6", "y", None, 0, 3, ("A",), "undecided", ""),
}
RETURNED = {"A": 0, "B": 0}


def broken(
    rows: list[PupilRow], rules: SeatRules = RULES, returned: dict[str, int] | None = None
) -> set[str]:
    found = check_filling(QUOTA, ROWS, rows, rules, RETURNED if returned is None else returned)
    return {held.name.value for held in found if not held.holds}


def bent(**changes: PupilRow) -> list[PupilRow]:
    return list({**ROWS, **{name.lstrip("_"): row for name, row in changes.items()}}.values())


def test_a_true_filling_passes() -> None:
    assert broken(list(ROWS.values())) == set()


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        pytest.param(bent()[:-1], "everybody", id="a pupil left out"),
        pytest.param(
            bent(_2=replace(ROWS["2"], senior="A")),
            "seats better_claim passed_on returned",
            id="a seat too many",
        ),
        pytest.param(
            bent(_3=replace(ROWS["3"], fate="none", senior="")),
            "passed_on returned",
            id="kept",
        ),
        pytest.param(
            bent(
                _3=replace(ROWS["3"], fate="none", senior=""),
                _4=replace(ROWS["4"], fate="others", senior="A"),
            ),
            "passed_on",
            id="passed on to a lower score",
        ),
        pytest.param(
            bent(_1=replace(ROWS["1"], fate="own", senior="B"), _2=replace(ROWS["2"], senior="A")),
            "better_claim",
            id="two seats exchanged",
        ),
        pytest.param(
            bent(
                _2=replace(ROWS["2"], fate="others", senior="A"),
                _3=replace(ROWS["3"], fate="own", senior="B"),
            ),
            "better_claim",
            id="the tie score passed over",
        ),
        pytest.param(
            bent(_5=replace(ROWS["5"], fate="own", senior="A")),
            "entitled passed_on returned",
            id="below the line",
        ),
        pytest.param(
            bent(_6=replace(ROWS["6"], senior="A")), "entitled", id="a school without a seat"
        ),
        pytest.param(
            bent(_4=replace(ROWS["4"], fate="others", senior="A")),
            "passed_on returned",
            id="more passed on than left",
        ),
    ],
)
def test_bent_seats_are_named(rows: list[PupilRow], named: str) -> None:
    assert broken(rows) == set(named.split())


def test_seats_passed_on_against_the_rule_are_named() -> None:
    to_open = replace(RULES, to_others=False)
    assert broken(list(ROWS.values()), to_open) == {"passed_on"}


def test_a_seat_that_is_not_accounted_for_is_named() -> None:
    assert broken(list(ROWS.values()), returned={"A": 1, "B": 0}) == {"returned"}


@pytest.mark.parametrize("name", list(QuotaProperty))
def test_every_property_reads_as_a_sentence(name: QuotaProperty) -> None:
    words: Callable[[str], str] = str
    assert words(SENTENCES[name])
