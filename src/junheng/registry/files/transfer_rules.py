"""The rules for transfers as data: `transfers.toml`, one table a version."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from junheng.registry.engine.transfers import Ground, TransferRules


def rules_on(day: date, language: str) -> TransferRules:
    """The version that holds on a day, in one language.

    Args:
        day: The day of the application.
        language: "zh" or "en"; what begins with "zh" is Chinese, anything else English.

    Raises:
        LookupError: If no version began yet.
    """
    begun = [row for row in _versions() if row["from"] <= day]
    if not begun:
        raise LookupError(f"no rules for transfers on {day}")
    return rules_from(max(begun, key=lambda one: one["from"]), language)


def rules_from(row: Mapping[str, Any], language: str) -> TransferRules:
    """One version as rules, in one language.

    Args:
        row: As a table of `transfers.toml` has it.
        language: As for `rules_on`.
    """
    tongue = "zh" if (language or "zh")[:2] == "zh" else "en"
    grounds = tuple(
        Ground(
            one["code"],
            one["name"][tongue],
            one["paper"][tongue],
            one["clause"],
            tuple(one.get("registers", ())),
        )
        for one in row["ground"]
    )
    return TransferRules(row["version"], row["document"][tongue], row["window_days"], grounds)


@cache
def _versions() -> list[dict[str, Any]]:
    text = files(__package__).joinpath("transfers.toml").read_text("utf-8")
    versions: list[dict[str, Any]] = tomllib.loads(text)["version"]
    return versions
