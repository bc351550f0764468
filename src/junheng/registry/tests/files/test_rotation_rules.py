"""The rules of rotation are data with a source beside each value."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from junheng.registry.engine.rotation import RotationRules
from junheng.registry.files.rotation_rules import RuleWithoutSource, rules_from, rules_on

FIRST = RotationRules("1", date(2016, 9, 1), 2, 5, Fraction(5, 100))


@pytest.mark.parametrize("day", [date(2026, 11, 26), date(2010, 1, 1)])
def test_two_years_first_five_before_town_and_five_in_a_hundred_flexible(day: date) -> None:
    """REG-7; who looks at a day before the first version reads that one."""
    assert rules_on(day) == FIRST


def test_a_value_without_a_source_is_refused() -> None:
    rules = {
        "recruited_since": {"value": date(2030, 9, 1), "source": "x"},
        "first_years": {"value": 3, "source": " "},
        "years_before_city": {"value": 6, "source": "x"},
        "flexible_percent": {"value": 8, "source": "x"},
    }
    with pytest.raises(RuleWithoutSource, match="first_years"):
        rules_from({"version": "2", "rules": rules})
    rules["first_years"]["source"] = "x"
    found = rules_from({"version": "2", "rules": rules})
    assert (found.first_years, found.flexible_share) == (3, Fraction(8, 100))
