"""The rules for transfers as data: `transfers.toml`, one table a version."""

from __future__ import annotations

import tomllib
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
    row, tongue = max(begun, key=lambda one: one["from"]), language[:2] if language else "zh"
    tongue = tongue if tongue == "zh" else "en"
    grounds = tuple(
        Ground(one["code"], one["name"][tongue], one["paper"][tongue], one["clause"])
        for one in row["ground"]
    )
    return TransferRules(row["version"], row["document"][tongue], row["window_days"], grounds)


@cache
def _versions() -> list[dict[str, Any]]:
    text = files(__package__).joinpath("transfers.toml").read_text("utf-8")
    versions: list[dict[str, Any]] = tomllib.loads(text)["version"]
    return versions
