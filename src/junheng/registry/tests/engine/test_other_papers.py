"""A passport is no resident ID number with a slip."""

from __future__ import annotations

import pytest

from junheng.registry.engine.id_numbers import other_paper


@pytest.mark.parametrize(
    ("number", "other"),
    [("E0000001", True), ("", False), ("99010020170101002", False), ("护照", False)],
)
def test_a_number_that_begins_with_a_letter_is_of_another_paper(
    number: str, *, other: bool
) -> None:
    assert other_paper(number) is other
