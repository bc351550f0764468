"""Shares of quota seats: worked by hand, against a published package, and what must always hold."""

from __future__ import annotations

from fractions import Fraction

import pytest
from apportionment import methods
from hypothesis import given
from hypothesis import strategies as st

from junheng.admissions.engine.quota import (
    NothingToGoBy,
    SendingSchool,
    Share,
    quota_of,
    share_out,
)
from junheng.admissions.verify.quota import ShareRow, check_shares
from tests.examples import examples

PUPILS = st.lists(st.integers(0, 2000), min_size=1, max_size=12).filter(any)
SEATS = st.integers(0, 1500)


def schools(*pupils: int) -> list[SendingSchool]:
    return [SendingSchool(f"s{place:02}", count) for place, count in enumerate(pupils)]


def given_to(shares: tuple[Share, ...]) -> list[int]:
    return [share.seats for share in shares]


def rows_of(shares: tuple[Share, ...]) -> list[ShareRow]:
    total = sum(share.pupils for share in shares) or 1
    return [
        ShareRow(
            share.code,
            share.pupils,
            share.whole,
            int(share.remainder * total),
            share.extra,
            share.seats,
        )
        for share in shares
    ]


def test_thirty_percent_of_the_selective_seats_are_a_thousand_and_shared_by_pupils() -> None:
    # ADM-8. Three selective schools with 3,334 seats: 30 % is 360 + 340.2 + 300 = 1,000 seats.
    assert [quota_of(seats, 300) for seats in (1200, 1134, 1000)] == [360, 340, 300]
    # 1,000 seats among 6,700 pupils: 1000 * 1445 / 6700 = 215.67, and so on.
    # 643: 95.97  267: 39.85  230: 34.33  234: 34.93  1445: 215.67  3881: 579.25
    # Whole seats: 95 + 39 + 34 + 34 + 215 + 579 = 996; four left over, to .97 .93 .85 .67.
    shares = share_out(1000, schools(643, 267, 230, 234, 1445, 3881))
    assert [share.whole for share in shares] == [95, 39, 34, 34, 215, 579]
    assert [share.extra for share in shares] == [1, 1, 0, 1, 1, 0]
    assert given_to(shares) == [96, 40, 34, 35, 216, 579]
    assert sum(given_to(shares)) == 1000
    assert shares[4].quotient == Fraction(1000 * 1445, 6700)
    assert [share.rank for share in shares] == [1, 3, 5, 2, 4, 6]


@pytest.mark.parametrize(
    ("seats", "permille", "quota"),
    [
        pytest.param(1134, 300, 340, id="340.2 goes down"),
        pytest.param(5, 300, 2, id="a half goes up"),
        pytest.param(5, 0, 0, id="no share"),
        pytest.param(5, 1000, 5, id="all of it"),
    ],
)
def test_a_share_of_seats_is_the_nearest_number(seats: int, permille: int, quota: int) -> None:
    assert quota_of(seats, permille) == quota


@pytest.mark.parametrize(("seats", "permille"), [(-1, 300), (5, -1), (5, 1001)])
def test_a_share_outside_its_range_is_refused(seats: int, permille: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        quota_of(seats, permille)


def test_of_equal_remainders_the_larger_school_comes_first_and_then_the_smaller_code() -> None:
    # 4 seats, 8 pupils: claims 1.5, 0.5, 1.5, 0.5; two whole seats, two left over.
    assert given_to(share_out(4, schools(3, 1, 3, 1))) == [2, 0, 2, 0]
    # 1 seat, two schools of the same size: the smaller code.
    assert given_to(share_out(1, schools(5, 5))) == [1, 0]


def test_without_any_pupil_only_no_seats_can_be_shared_out() -> None:
    assert given_to(share_out(0, schools(0, 0))) == [0, 0]
    with pytest.raises(NothingToGoBy):
        share_out(1, schools(0, 0))


@pytest.mark.parametrize(
    ("seats", "listed"),
    [
        pytest.param(-1, schools(1), id="fewer seats than none"),
        pytest.param(1, schools(-1), id="fewer pupils than none"),
        pytest.param(1, [SendingSchool("s", 1), SendingSchool("s", 2)], id="a school twice"),
    ],
)
def test_figures_that_cannot_be_are_refused(seats: int, listed: list[SendingSchool]) -> None:
    with pytest.raises(ValueError, match=r"counted from 0|comes twice"):
        share_out(seats, listed)


@examples(150)
@given(seats=SEATS, pupils=PUPILS)
def test_shares_add_up_keep_the_quota_and_pass_the_independent_check(
    seats: int, pupils: list[int]
) -> None:
    shares = share_out(seats, schools(*pupils))
    assert sum(given_to(shares)) == seats
    for share in shares:
        assert share.whole <= share.quotient < share.whole + 1
        assert share.quotient == share.whole + share.remainder
    counted = {school.code: school.pupils for school in schools(*pupils)}
    assert all(held.holds for held in check_shares(seats, counted, rows_of(shares)))


@examples(100)
@given(seats=SEATS, pupils=PUPILS, data=st.data())
def test_the_order_of_the_list_is_nothing(
    seats: int, pupils: list[int], data: st.DataObject
) -> None:
    listed = schools(*pupils)
    assert share_out(seats, data.draw(st.permutations(listed))) == share_out(seats, listed)


@examples(150)
@given(seats=SEATS, pupils=PUPILS.filter(lambda counts: len(counts) > 1), moved=st.integers(0, 500))
def test_pupils_who_come_from_another_school_never_cost_a_seat(
    seats: int, pupils: list[int], moved: int
) -> None:
    moved = min(moved, pupils[1])
    before = given_to(share_out(seats, schools(*pupils)))
    after = given_to(share_out(seats, schools(pupils[0] + moved, pupils[1] - moved, *pupils[2:])))
    assert after[0] >= before[0]
    assert after[1] <= before[1]


@examples(150)
@given(seats=st.integers(1, 1500), pupils=PUPILS)
def test_a_published_package_gives_the_same_where_no_remainders_are_equal(
    seats: int, pupils: list[int]
) -> None:
    shares = share_out(seats, schools(*pupils))
    by_rank = sorted(shares, key=lambda share: share.rank)
    left = sum(share.extra for share in shares)
    if left and by_rank[left - 1].remainder == by_rank[left].remainder:
        return  # equal remainders at the edge: the package takes the order of the list
    theirs = methods.compute("hamilton", pupils, seats, fractions=True)
    assert given_to(shares) == theirs
