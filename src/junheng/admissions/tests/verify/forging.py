"""How the frauds of the tests are made, and what finds them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from types import ModuleType
from typing import Any

from junheng.admissions.tests.verify import hand
from junheng.admissions.verify.check import verify

Files = dict[str, bytes]
Tables = dict[str, list[dict[str, str]]]
Fraud = Callable[[Files], Files]
Change = tuple[str, str]


def broken(
    files: Files, of: ModuleType = hand, tables: Tables | None = None, toml: str = ""
) -> set[str]:
    """The properties that do not hold, of a round of the tests."""
    rules = tomllib.loads(toml) if toml else of.rules()
    lines = verify(rules, tables or of.tables(), files)
    return {line.property for line in lines if not line.holds}


def placed(*changes: Change, **counts: int) -> Fraud:
    """Bend placements of the round worked by hand, and make the receipt fit."""

    def commit(files: Files) -> Files:
        bent = hand.edited(files, "placements.csv", *changes)
        return hand.resealed(bent, counts=hand.receipt()["counts"] | counts)

    return commit


def in_schools(*changes: Change) -> Fraud:
    """Bend the table of schools."""
    return lambda files: hand.edited(files, "schools_result.csv", *changes)


def in_receipt(**changes: Any) -> Fraud:
    """Replace parts of the receipt."""
    return lambda files: hand.resealed(files, **changes)


def in_text(name: str, *changes: Change) -> Fraud:
    """Replace text in any file."""
    return lambda files: hand.edited(files, name, *changes)


def both(first: Fraud, second: Fraud) -> Fraud:
    """Commit one fraud, then the other."""
    return lambda files: second(first(files))
