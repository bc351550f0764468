"""Rows on their way into a table, column by column, so that COPY can take them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from junheng.admissions.engine.types import NONE, Floats, Ints

Row = tuple[Any, ...]
Numbers = Callable[[type[Model], int], Sequence[int]]
"""Gives so many fresh primary keys of a table."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table; `columns` are the database's names of what each row holds."""

    model: type[Model]
    columns: tuple[str, ...]
    rows: Iterable[Row]


def degrees(column: Floats) -> list[float | None]:
    """Coordinates as the database keeps them: a blank is no number."""
    return [None if math.isnan(value) else value for value in column.tolist()]


def keys(column: Ints, ids: Sequence[int]) -> list[int | None]:
    """Primary keys for a column of indexes."""
    return [None if index == NONE else ids[index] for index in column.tolist()]
