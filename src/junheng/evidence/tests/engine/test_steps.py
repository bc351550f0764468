"""Each pair says by which step it was found."""

from __future__ import annotations

from datetime import date

import pytest

from junheng.evidence.engine.people import Person
from junheng.evidence.engine.steps import Step, pairs_of

NUMBER, OLD, BORN, VILLAGE = "990100198803140017", "990100880314001", date(1988, 3, 14), "990100001"
TIAN = Person("田大山", NUMBER, BORN, VILLAGE)


@pytest.mark.parametrize(
    ("theirs", "step"),
    [
        pytest.param(Person("田大山", NUMBER), Step.EXACT, id="the same number"),
        pytest.param(Person("田大山", OLD), Step.NORMALISED, id="15 characters"),
        pytest.param(Person("田大山", f" {NUMBER}"), Step.NORMALISED, id="a blank before it"),
        pytest.param(
            Person("田大山", "", BORN, VILLAGE), Step.NAME_BIRTH_PLACE, id="no number at all"
        ),
        pytest.param(
            Person("田大删", "", BORN, VILLAGE), Step.NAME_BIRTH_PLACE, id="written by its sound"
        ),
        pytest.param(Person("田大山", "", None, VILLAGE), Step.PROBABLE, id="no birthday either"),
    ],
)
def test_a_pair_says_how_it_was_found(theirs: Person, step: Step) -> None:
    (pair,) = pairs_of([TIAN], [theirs])
    assert (pair.left, pair.right, pair.step) == (0, 0, step)
    assert pair.certain == (step in (Step.EXACT, Step.NORMALISED))
    assert 0.2 <= pair.probability <= 1


def test_one_number_under_two_names_is_nobody_for_certain() -> None:
    pairs = pairs_of([TIAN], [Person("田大山", NUMBER), Person("周小雨", NUMBER)])
    assert [(pair.right, pair.certain, pair.step) for pair in pairs] == [(0, False, Step.PROBABLE)]


def test_strangers_and_nobody_make_no_pair() -> None:
    assert pairs_of([TIAN], [Person("周小雨", "990100199001010010")]) == []
    assert pairs_of([], [TIAN]) == pairs_of([TIAN], []) == []


def test_nobody_is_paired_twice() -> None:
    twice = [Person("田大山", "", BORN, VILLAGE), Person("田大山", NUMBER, BORN, VILLAGE)]
    (pair,) = pairs_of([TIAN], twice)
    assert (pair.right, pair.step) == (1, Step.EXACT)
