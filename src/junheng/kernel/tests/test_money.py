"""Fen add up to the fen, whatever people wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.kernel.money import Fen, NotMoney
from tests.examples import examples

amounts = st.integers(-(10**15), 10**15).map(Fen)


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("0", 0),
        ("1250", 125_000),
        ("1,250.50", 125_050),
        ("¥ 1 250.5", 125_050),
        ("-0.05", -5),
        ("+12.00", 1_200),
        ("\uff11\uff12\uff0e\uff13\uff14", 1_234),
        ("￥7", 700),
    ],
)
def test_amounts_are_read_as_people_write_them(written: str, fen: int) -> None:
    assert Fen.parse(written) == Fen(fen)


@pytest.mark.parametrize(
    "written",
    ["", "yuan", "1.005", "1,25.00", "12,3456", ".5", "5.", "1e3", "--1", "NaN", "\u0661"],
)
def test_anything_else_is_refused_by_name(written: str) -> None:
    with pytest.raises(NotMoney, match="is not an amount") as refused:
        Fen.parse(written)
    assert refused.value.text == written


@pytest.mark.parametrize("amount", [1.0, "1", True, None])
def test_a_fraction_of_a_fen_cannot_be_made(amount: object) -> None:
    with pytest.raises(TypeError):
        Fen(amount)  # type: ignore[arg-type]  # that is the point


@examples()
@given(amounts)
def test_what_is_shown_reads_back(amount: Fen) -> None:
    assert Fen.parse(str(amount)) == amount


@examples()
@given(amounts, amounts)
def test_amounts_behave_like_numbers(one: Fen, other: Fen) -> None:
    assert (one + other) - other == one
    assert one + (-one) == Fen(0)
    assert one * 3 == Fen.total([one, one, one])
    assert (one < other) == (one.amount < other.amount)
    assert bool(one) == (one.amount != 0)


@examples()
@given(amounts, st.integers(1, 50))
def test_shares_add_up_and_differ_by_a_fen_at_most(amount: Fen, parts: int) -> None:
    shares = amount.shares(parts)
    assert len(shares) == parts
    assert Fen.total(shares) == amount
    assert max(shares).amount - min(shares).amount <= 1
    assert list(shares) == sorted(shares, reverse=True)


def test_the_total_of_nothing_is_zero() -> None:
    assert Fen.total([]) == Fen(0)
