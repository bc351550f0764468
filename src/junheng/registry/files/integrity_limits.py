"""How far the checks of the register go, as data: `integrity.toml`, one table a version."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from junheng.registry.engine.integrity.tables import Limits


class LimitWithoutSource(ValueError):
    """Somebody has to be able to read where a value comes from."""


def limits_on(day: date) -> Limits:
    """The version that holds on a day.

    Args:
        day: The day as on which the register is looked at.

    Raises:
        LookupError: If no version began yet.
    """
    begun = [row for row in _versions() if row["from"] <= day]
    if not begun:
        raise LookupError(f"no limits of the checks on {day}")
    return limits_in(max(begun, key=lambda one: one["from"])["limits"])


def limits_in(table: Mapping[str, Mapping[str, Any]]) -> Limits:
    """The values of one version.

    Raises:
        LimitWithoutSource: If one of them does not say where it comes from.
    """
    for name, row in table.items():
        if not str(row.get("source", "")).strip():
            raise LimitWithoutSource(f"the limit {name} does not say where it comes from")
    return Limits(**{name: row["value"] for name, row in table.items()})


@cache
def _versions() -> list[dict[str, Any]]:
    text = files(__package__).joinpath("integrity.toml").read_text("utf-8")
    versions: list[dict[str, Any]] = tomllib.loads(text)["version"]
    return versions
