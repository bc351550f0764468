"""What counts as a hit: by figures worked out by hand, and by an oracle of fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.aid.engine.hits import PRIVATE, Condition, Looked, Test, fen_of, kept, look, said

CHEAP, DEAR, UNKNOWN = {"price": "9800"}, {"price": "98,000.00"}, {"plate": "Z1"}
AT_LEAST = Condition(Test.AT_LEAST, "price", 3_000_000)
TOGETHER = Condition(Test.TOGETHER, "price", 10_000_000)
OPEN = Condition(Test.IS, "standing", words=("open", "running"))


@pytest.mark.parametrize(
    ("condition", "entries", "looked"),
    [
        pytest.param(Condition(Test.ANY), [CHEAP, DEAR], Looked((0, 1)), id="stands in it"),
        pytest.param(AT_LEAST, [CHEAP, DEAR], Looked((1,)), id="one of two is dear"),
        pytest.param(AT_LEAST, [CHEAP], Looked(()), id="cheap"),
        pytest.param(AT_LEAST, [CHEAP, UNKNOWN], Looked((), unclear=True), id="one is unknown"),
        pytest.param(AT_LEAST, [DEAR, UNKNOWN], Looked((0,)), id="the known one is enough"),
        pytest.param(AT_LEAST, [{"price": "much"}], Looked((), unclear=True), id="no amount"),
        pytest.param(TOGETHER, [DEAR, CHEAP], Looked((0, 1)), id="together enough"),
        pytest.param(TOGETHER, [DEAR], Looked(()), id="not enough"),
        pytest.param(TOGETHER, [DEAR, UNKNOWN], Looked((), unclear=True), id="perhaps enough"),
        pytest.param(OPEN, [{"standing": "open"}, {}], Looked((0,)), id="the word"),
        pytest.param(OPEN, [{"standing": "closed"}], Looked(()), id="another word"),
        pytest.param(OPEN, [{}], Looked((), unclear=True), id="no word"),
        pytest.param(AT_LEAST, [], Looked(()), id="nothing"),
    ],
)
def test_what_counts(condition: Condition, entries: list[dict[str, str]], looked: Looked) -> None:
    assert look(condition, entries) == looked


@given(st.lists(st.integers(0, 10**9)), st.integers(1, 10**9))
def test_amounts_agree_with_sums_of_fractions(fens: list[int], least: int) -> None:
    entries = [{"price": f"{fen // 100}.{fen % 100:02}"} for fen in fens]
    yuan = [Fraction(fen, 100) for fen in fens]
    one = look(Condition(Test.AT_LEAST, "price", least), entries)
    assert set(one.counting) == {n for n, it in enumerate(yuan) if it >= Fraction(least, 100)}
    both = look(Condition(Test.TOGETHER, "price", least), entries)
    assert bool(both.counting) == (bool(yuan) and sum(yuan) >= Fraction(least, 100))
    assert not one.unclear
    assert not both.unclear


@given(st.lists(st.dictionaries(st.sampled_from(["plate", "name", "address"]), st.text())))
def test_what_is_kept_names_nobody(entries: list[dict[str, str]]) -> None:
    again = said(kept(entries))
    assert len(again) == len(entries)
    assert not PRIVATE & {key for facts in again for key in facts}
    assert [facts.get("plate") for facts in again] == [facts.get("plate") for facts in entries]


def test_nothing_is_left_of_what_was_emptied() -> None:
    assert said(None) == said("") == []
    assert fen_of("") is None
