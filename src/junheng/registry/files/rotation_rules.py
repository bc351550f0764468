"""The rules for teachers between town and country as data: `rotation.toml`, one table a version."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from junheng.registry.engine.rotation import RotationRules

PERCENT = 100


class RuleWithoutSource(ValueError):
    """Somebody has to be able to read where a value comes from."""


def rules_on(day: date) -> RotationRules:
    """The version that holds on a day; before the first one, the first.

    Args:
        day: The day as on which somebody looks.
    """
    versions = sorted(_versions(), key=lambda one: one["from"])
    begun = [row for row in versions if row["from"] <= day]
    return rules_from((begun or versions[:1])[-1])


def rules_from(row: Mapping[str, Any]) -> RotationRules:
    """One version as rules.

    Raises:
        RuleWithoutSource: If one of its values does not say where it comes from.
    """
    rules: Mapping[str, Mapping[str, Any]] = row["rules"]
    for name, one in rules.items():
        if not str(one.get("source", "")).strip():
            raise RuleWithoutSource(f"the rule {name} does not say where it comes from")
    return RotationRules(
        version=row["version"],
        since=rules["recruited_since"]["value"],
        first_years=rules["first_years"]["value"],
        years_before_city=rules["years_before_city"]["value"],
        flexible_share=Fraction(rules["flexible_percent"]["value"], PERCENT),
    )


@cache
def _versions() -> list[dict[str, Any]]:
    text = files(__package__).joinpath("rotation.toml").read_text("utf-8")
    versions: list[dict[str, Any]] = tomllib.loads(text)["version"]
    return versions
