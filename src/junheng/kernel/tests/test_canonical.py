"""Equal values are equal bytes; what JSON cannot say honestly is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.kernel.canonical import canonical_json
from tests.examples import examples

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def test_keys_are_sorted_and_nothing_is_escaped_or_padded() -> None:
    value = {"b": [1, 2], "a": "\u5747\u8861", "B": None}
    assert canonical_json(value) == '{"B":null,"a":"\u5747\u8861","b":[1,2]}\n'.encode()


def test_keys_stand_in_the_order_of_their_utf8_bytes() -> None:
    keys = ["\U00020000", "\uffff", "z", "\u4e00"]
    written = json.loads(canonical_json(dict.fromkeys(keys)))
    assert list(written) == sorted(keys, key=str.encode)


def test_the_order_of_insertion_is_nothing() -> None:
    assert canonical_json({"a": 1, "b": 2}) == canonical_json({"b": 2, "a": 1})


def test_a_tuple_is_written_like_a_list() -> None:
    assert canonical_json((1, ("x",))) == canonical_json([1, ["x"]])


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        pytest.param({1: "x"}, TypeError, id="a key that is a number"),
        pytest.param([{"x": {None: 1}}], TypeError, id="such a key deep inside"),
        pytest.param({"x": {1, 2}}, TypeError, id="a set has no order"),
        pytest.param(b"x", TypeError, id="bytes"),
        pytest.param(float("nan"), ValueError, id="not a number"),
        pytest.param([float("inf")], ValueError, id="infinity"),
        pytest.param("\ud800", ValueError, id="half a surrogate pair"),
    ],
)
def test_what_json_cannot_say_is_refused(value: Any, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        canonical_json(value)


@examples()
@given(values)
def test_what_was_written_reads_back_and_writes_the_same_again(value: Any) -> None:
    written = canonical_json(value)
    assert canonical_json(json.loads(written)) == written
    assert written.endswith(b"\n")
    assert written.count(b"\n") == 1
