"""Columns of names read as one name is; pairs kept as going one by one would keep them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from junheng.evidence.engine.matching import one_to_one
from junheng.evidence.engine.model import USUAL
from junheng.evidence.engine.names import PLACEHOLDER, clean_name, syllables_of
from junheng.evidence.engine.pairs import born_alike
from junheng.evidence.engine.people import Person, Words, prepare
from junheng.evidence.engine.written import UNKNOWN, read_names
from tests.examples import examples

LETTERS = "王单峯曾涵？□*· a\u00c9e\u0301\uff21\ufb01"
NAMES = st.lists(st.text(LETTERS, max_size=16), min_size=2, max_size=6)


def _alike(figures: np.ndarray, words: list[str]) -> None:
    """The same figure where there is the same word, `UNKNOWN` where there is none."""
    for one, first in zip(figures.tolist(), words, strict=True):
        assert (one == UNKNOWN) == (first == "")
        for other, second in zip(figures.tolist(), words, strict=True):
            assert (one == other) == (first == second)


@examples(150)
@given(NAMES)
def test_a_column_is_read_as_each_name_is(texts: list[str]) -> None:
    read = read_names(texts)
    cleaned = [clean_name(text) for text in texts]
    sounds = [syllables_of(name) for name in cleaned]
    _alike(read.whole, cleaned)
    _alike(read.sound, ["" if PLACEHOLDER in sound else " ".join(sound) for sound in sounds])
    _alike(
        read.surname,
        ["" if not sound or sound[0] == PLACEHOLDER else sound[0] for sound in sounds],
    )
    for row, name in enumerate(cleaned):
        assert read.characters[row, : len(name)].tolist() == [ord(c) for c in name[:12]]


def test_a_column_may_be_empty() -> None:
    assert len(read_names([]).whole) == 0


@examples(150)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=20))
def test_all_at_once_keeps_what_one_by_one_keeps(pairs: list[tuple[int, int]]) -> None:
    seen: tuple[set[int], set[int]] = set(), set()
    expected = []
    for place, (row, column) in enumerate(pairs):
        if row not in seen[0] and column not in seen[1]:
            seen[0].add(row)
            seen[1].add(column)
            expected.append(place)
    left, right = np.array(pairs, np.int64).reshape(-1, 2).T
    assert one_to_one(left, right).tolist() == expected


def test_somebody_born_on_the_same_day_is_drawn_and_nobody_for_others() -> None:
    days = ["990100202002290022", "990100198803140017", "", "990100202002290014"]
    words = Words()
    left = prepare([Person("", days[place]) for place in (0, 1, 2)], words)
    right = prepare([Person("", days[place]) for place in (3, 2)], words)
    drawn = born_alike(left, right, np.array([0, 1, 2]), np.random.default_rng(1))
    assert (drawn.left.tolist(), drawn.right.tolist()) == ([0], [0])


def test_of_twins_a_name_one_character_apart_says_less() -> None:
    """And of people born on one day a number that is nearly the other's."""
    twins, anybody = USUAL.name_of_twins, USUAL.chance[1]
    assert twins[4] > 3 * anybody[4]
    assert USUAL.number_of_day[2] > 100 * USUAL.chance[0][2]
