"""Into which grades repeating, skipping and coming back lead."""

from __future__ import annotations

import pytest

from junheng.registry.engine.movements import grades_after


@pytest.mark.parametrize(
    ("movement", "grade", "years", "grades"),
    [
        ("held_back", 3, 0, (2,)),
        ("held_back", 1, 0, ()),
        ("held_back", 7, 0, ()),
        ("moved_up", 3, 0, (4,)),
        ("moved_up", 6, 0, ()),
        ("moved_up", 9, 0, ()),
        ("class_changed", 3, 0, (3,)),
        ("graduated", 6, 0, (6,)),
        ("graduated", 9, 1, (9,)),
        ("graduated", 3, 0, ()),
        ("resumed", 3, 0, (3, 2)),
        ("resumed", 7, 0, (7,)),
        ("resumed", 3, 1, (3, 4)),
        ("returned", 8, 4, (8, 9)),
    ],
)
def test_the_usual_grade_comes_first_and_none_lies_outside(
    movement: str, grade: int, years: int, grades: tuple[int, ...]
) -> None:
    assert grades_after(movement, grade=grade, years=years) == grades
