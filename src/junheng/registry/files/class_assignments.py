"""The files of a class draw: the frozen list written and read back, and who is placed where.

The list is as coarse as a draw allows: a number, sex, quarter of the grade by age, boarding,
special needs, and whose brother or sister. Who has which number stands in the register only.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from junheng.registry.engine.class_assignment import Assignment, NewClass, Newcomer, Wish
from junheng.registry.files.roll_overs import as_csv

KIND = "registry.class_assignment"
PUPILS, CLASSES, PLACEMENTS, DRAW = "pupils.csv", "classes.csv", "placements.csv", "draw.json"
HEADER = ("id", "sex", "age", "boards", "needs", "family", "wish")


def freezable(pupils: Iterable[Newcomer], classes: Sequence[NewClass]) -> dict[str, bytes]:
    """What is frozen: `pupils.csv` and `classes.csv`."""
    rows = (
        (p.id, p.sex, p.age, int(p.boards), int(p.needs), p.family, p.wish or "") for p in pupils
    )
    numbers = ((each.number, each.most) for each in classes)
    return {PUPILS: as_csv(HEADER, rows), CLASSES: as_csv(("number", "most"), numbers)}


def read(files: Mapping[str, bytes]) -> tuple[list[Newcomer], list[NewClass]]:
    """The engine's values from `pupils.csv` and `classes.csv`.

    Raises:
        KeyError, ValueError: If a file or a column is missing, or a value is none.
    """
    pupils = [
        Newcomer(
            row["id"],
            row["sex"],
            int(row["age"]),
            row["boards"] == "1",
            row["needs"] == "1",
            row["family"],
            Wish(row["wish"]) if row["wish"] else None,
        )
        for row in _rows(files[PUPILS])
    ]
    classes = [NewClass(int(r["number"]), int(r["most"])) for r in _rows(files[CLASSES])]
    return pupils, classes


def write(result: Assignment) -> dict[str, bytes]:
    """`placements.csv`, in the order of the pupils."""
    return {PLACEMENTS: as_csv(("id", "class"), result.placed.items())}


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))
