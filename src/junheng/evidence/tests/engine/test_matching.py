"""Who passes without a person, who is a candidate, and that nobody is paired twice."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.evidence.engine import pairs as pairing
from junheng.evidence.engine.matching import Matches, Verdict, judge, match
from junheng.evidence.engine.names import clean_name, clean_place
from junheng.evidence.engine.people import Person
from junheng.evidence.tests.engine.registers import two_registers
from tests.examples import examples

NUMBER, TWIN, OLDER = "990100202002290022", "990100202002290014", "990100198803140017"
DAY = date(2020, 2, 29)
WANG = Person("王小涵", NUMBER, DAY, "990100001001")


def verdict(*rows: Person, of: Person = WANG) -> list[tuple[str, float]]:
    judged = judge(of, rows, register_size=100_000)
    return [(str(one.verdict), one.probability) for one in judged]


def test_number_and_name_are_certain() -> None:
    ((said, probability),) = verdict(WANG)
    assert said == "certain"
    assert probability > 0.999_999
    assert verdict(Person("王晓含", NUMBER))[0][0] == "certain"  # sounds alike
    assert verdict(Person("王□涵", NUMBER))[0][0] == "certain"  # could not be written
    assert verdict(Person("王小涵", NUMBER, date(2019, 1, 1)))[0][0] == "certain"


@pytest.mark.parametrize(
    "row",
    [
        Person("王小涵", "", DAY, "990100001001"),
        Person("王小涵", "990100202002290023", DAY, "990100001001"),  # a slip
        Person("王小涵", "990100202002290000", DAY, ""),  # the tail is lost
        Person("王晓含", NUMBER, date(2018, 1, 1), ""),  # another birthday and another spelling
        Person("王小风", NUMBER, DAY, "990100001001"),  # another name
    ],
)
def test_everything_less_is_a_candidate(row: Person) -> None:
    ((said, probability),) = verdict(row)
    assert said == "candidate"
    assert 0.2 < probability < 1


def test_a_number_of_somebody_else_is_nobody() -> None:
    (judged,) = judge(
        WANG, [Person("赵六", NUMBER, date(1990, 1, 1), "990100009009")], register_size=10**5
    )
    assert judged.verdict == Verdict.NONE
    assert judged.agreed == ("number",)
    assert judged.differs == ("name", "birth", "place")


def test_a_namesake_with_a_sound_number_of_another_birthday_is_nobody() -> None:
    assert verdict(Person("王小涵", OLDER, date(1988, 3, 14), ""))[0][0] == "none"


def test_twins_with_one_number_do_not_pass() -> None:
    twins = [WANG, Person("王晓含", NUMBER, DAY, WANG.place)]
    assert [said for said, _ in verdict(*twins)] == ["candidate", "candidate"]


def test_an_address_that_holds_the_other_agrees() -> None:
    one = Person("王小涵", NUMBER, DAY, "Guimo Village 12")
    (judged,) = judge(
        one, [Person("王小涵", NUMBER, DAY, "Yunhuai, Guimo Village 12")], register_size=9
    )
    assert judged.agreed == ("number", "name", "birth", "place")


def test_a_single_unknown_character_is_no_name() -> None:
    assert verdict(Person("?", NUMBER))[0][0] == "candidate"
    assert verdict(Person("", NUMBER))[0][0] == "candidate"


def test_in_the_end_nobody_is_paired_twice() -> None:
    twin = Person("王小风", TWIN, DAY, WANG.place)
    left = [WANG, twin]
    right = [Person("王小风", "", DAY, WANG.place), Person("王小涵", "", DAY, WANG.place)]
    found = match(left, right)
    assert dict(zip(found.left.tolist(), found.right.tolist(), strict=True)) == {0: 1, 1: 0}
    assert not found.certain.any()


def test_a_name_that_half_the_county_bears_joins_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "LARGEST_BLOCK", 3)
    many = [Person("王小涵", "", DAY) for _ in range(3)]
    assert len(match(many, many)) == 0


def test_long_names_are_compared_to_their_end() -> None:
    long = "ABCDEFGHIJKLM"
    near, other = long.replace("B", "X"), long[:12] + "X"
    assert verdict(Person(long, NUMBER), of=Person(long, NUMBER, DAY))[0][0] == "certain"
    assert verdict(Person(near, NUMBER), of=Person(long, NUMBER, DAY))[0][0] == "candidate"
    assert verdict(Person(other, NUMBER), of=Person(long, NUMBER, DAY))[0][0] != "none"


def test_empty_registers_match_nothing() -> None:
    assert len(match([], [])) == 0
    assert len(match([WANG], [])) == 0
    assert judge(WANG, [], register_size=1) == []


def _figures(found: Matches, truth: list[int]) -> tuple[float, float]:
    right = np.array(truth)[found.right] == found.left
    links = sum(row >= 0 for row in truth)
    return float(right[found.certain].mean()), float(right.sum() / links)


@pytest.mark.parametrize("seed", [301, 302])
def test_registers_with_faults_are_matched_as_promised(seed: int) -> None:
    """A tenth of the bench; the bars are the bench's."""
    made = two_registers(seed, left=10_000, right=6_000)
    precision, recall = _figures(match(made.left, made.right), made.truth)
    assert precision >= 0.9995
    assert recall >= 0.98


def test_order_and_repetition_change_nothing() -> None:
    made = two_registers(303, left=1_500, right=1_200)
    found = match(made.left, made.right)
    order = np.random.default_rng(1).permutation(len(made.right))
    again = match(made.left, [made.right[place] for place in order])
    ours = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
    theirs = set(zip(again.left.tolist(), order[again.right].tolist(), strict=True))
    assert len(ours ^ theirs) <= 2  # equal probabilities may fall either way


@examples(100)
@given(st.lists(st.sampled_from("王小涵 abc12·-\u3000"), max_size=12))
def test_blanks_and_points_make_no_difference(parts: list[str]) -> None:
    assert clean_name(" · ".join(parts)) == clean_name("".join(parts))
    assert clean_place(" , ".join(parts)) == clean_place("".join(parts))
