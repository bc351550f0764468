"""The code lists that a new installation begins with."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

from junheng.aid.models import HouseholdCode

FILE = Path(__file__).resolve().parents[1] / "files" / "household_codes.toml"


@cache
def usual_codes() -> list[dict[str, Any]]:
    """The entries of the file, in its order."""
    return list(tomllib.loads(FILE.read_text("utf-8"))["code"])


def seed() -> int:
    """Write the entries down where there are none at all; how many those were.

    What a county ended or added stays as it is.
    """
    if HouseholdCode.objects.exists():
        return 0
    rows = [_row(n, entry) for n, entry in enumerate(usual_codes())]
    HouseholdCode.objects.bulk_create(rows)
    return len(rows)


def _row(place: int, entry: dict[str, Any]) -> HouseholdCode:
    return HouseholdCode(
        list=entry["list"],
        code=entry["code"],
        kind=entry.get("kind", ""),
        name_zh=entry["zh"],
        name_en=entry["en"],
        basis=entry.get("basis", ""),
        place_in_list=place,
        valid_from=entry["since"],
        valid_to=entry.get("until"),
    )


def seed_after_migrations(**_kwargs: object) -> None:
    """Seed whenever the tables were just made or emptied, and are there."""
    if HouseholdCode._meta.db_table in connection.introspection.table_names():
        seed()
