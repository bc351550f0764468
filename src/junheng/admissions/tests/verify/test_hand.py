"""The round worked by hand holds; every part of it can be spoiled and is then named."""

from __future__ import annotations

from junheng.admissions.tests.verify import hand
from junheng.admissions.verify.check import ONLY, WITH_LOTTERIES, verify
from junheng.admissions.verify.lines import SENTENCES, Property


def test_a_right_result_has_a_line_that_holds_for_every_property() -> None:
    lines = verify(hand.rules(), hand.tables(), hand.outputs())
    assert [line.detail for line in lines if not line.holds] == []
    assert [line.property for line in lines] == [
        one.value
        for one in Property
        if "zone" in ONLY.get(one, ("zone",)) and one not in WITH_LOTTERIES
    ]


def test_every_property_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Property)
