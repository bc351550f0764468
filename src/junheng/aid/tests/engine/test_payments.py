"""Dues and the ledger: money moves whole, and together the accounts are always nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.aid.engine.dues import Due, half_year_of
from junheng.aid.engine.ledger import Account, Move, answered, balances, sent
from tests.examples import examples


@examples(40)
@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**9), st.booleans()), max_size=20)
)
def test_every_fen_is_somewhere_whatever_arrives(lines: list[tuple[int, int, bool]]) -> None:
    moves = []
    for fen, arrived, again in lines:
        moves += [sent(fen, again=again), *answered(fen, min(fen, arrived))]
    found = balances(moves)
    assert sum(found.values()) == 0
    assert found[Account.IN_TRANSIT] == 0
    assert found[Account.PAID] == sum(min(fen, arrived) for fen, arrived, _again in lines)


@pytest.mark.parametrize(("fen", "paid"), [(1, 2), (5, -1)])
def test_the_bank_pays_no_more_than_it_was_sent(fen: int, paid: int) -> None:
    with pytest.raises(ValueError, match="no more"):
        answered(fen, paid)


def test_money_moves_between_two_accounts_and_nothing_is_due_below_a_fen() -> None:
    for out_of, into, fen in (
        (Account.PAID, Account.PAID, 1),
        (Account.ALLOCATED, Account.PAID, 0),
    ):
        with pytest.raises(ValueError, match="two accounts"):
            Move(out_of, into, fen)
    with pytest.raises(ValueError, match="below one fen"):
        Due("s", "boarders", date(2026, 9, 1), 0, "/99/")


@pytest.mark.parametrize(
    ("day", "half"),
    [
        pytest.param(date(2026, 6, 30), "2026-1", id="last day of June"),
        pytest.param(date(2026, 7, 1), "2026-2", id="first day of July"),
    ],
)
def test_a_half_year_begins_in_july(day: date, half: str) -> None:
    assert half_year_of(day) == half
