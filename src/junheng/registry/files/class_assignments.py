"""The files of a class assignment: the frozen list read back, and who is placed where."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date

from junheng.registry.engine.class_assignment import Assignment, NewClass, Newcomer, Wish
from junheng.registry.files.roll_overs import as_csv


def read(files: Mapping[str, bytes]) -> tuple[list[Newcomer], list[NewClass]]:
    """The engine's values from `pupils.csv` and `classes.csv`."""
    pupils = [
        Newcomer(
            row["id"],
            row["sex"],
            date.fromisoformat(row["born_on"]) if row["born_on"] else None,
            row["boards"] == "1",
            row["needs"] == "1",
            row["family"],
            Wish(row["wish"]) if row["wish"] else None,
        )
        for row in _rows(files["pupils.csv"])
    ]
    classes = [NewClass(int(r["number"]), int(r["most"])) for r in _rows(files["classes.csv"])]
    return pupils, classes


def write(result: Assignment) -> dict[str, bytes]:
    """`placements.csv`, in the order of the pupils."""
    return {"placements.csv": as_csv(("id", "class"), result.placed.items())}


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))
