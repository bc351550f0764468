"""The rule of the cap, by itself."""

from __future__ import annotations

from datetime import date

import pytest

from junheng.registry.engine.cap import CLASS_CAP, LARGEST_KNOWN, Count, band_of, most

SPRING, AUTUMN = date(2026, 3, 10), date(2026, 9, 10)
INHERITED = Count(63, SPRING, SPRING, 63)
SHRUNK = Count(52, SPRING, SPRING, 63)


@pytest.mark.parametrize(
    ("size", "band"),
    [
        pytest.param(50, "fine", id="five below the cap is no reason to look"),
        pytest.param(51, "near", id="within five"),
        pytest.param(55, "near", id="the cap itself is allowed"),
        pytest.param(56, "large", id="one above"),
        pytest.param(65, "large", id="the last large one"),
        pytest.param(66, "very_large", id="the first very large one"),
    ],
)
def test_bands(size: int, band: str) -> None:
    assert band_of(size) == band


def test_a_new_class_may_have_as_many_as_the_cap() -> None:
    assert most(AUTUMN) == CLASS_CAP


def test_a_class_within_the_cap_stays_within_it_whenever_it_was_counted() -> None:
    known = Count(50, AUTUMN)
    assert most(SPRING, known=known) == most(AUTUMN, known=known) == CLASS_CAP


def test_an_inherited_class_keeps_its_size_or_shrinks() -> None:
    assert most(AUTUMN, known=INHERITED) == 63


def test_once_within_the_cap_it_stays_there() -> None:
    assert most(AUTUMN, known=SHRUNK) == CLASS_CAP


def test_a_count_of_the_same_day_puts_a_mistake_right() -> None:
    assert most(SPRING, known=SHRUNK) == 63


def test_the_same_class_a_year_later_is_no_larger() -> None:
    assert most(AUTUMN, year_before=INHERITED) == 63
    assert most(AUTUMN, year_before=SHRUNK) == CLASS_CAP
    assert most(AUTUMN, year_before=Count(50, SPRING)) == CLASS_CAP


def test_the_opening_count_takes_what_it_finds() -> None:
    assert most(SPRING, known=Count(50, SPRING), opening=True) == LARGEST_KNOWN
