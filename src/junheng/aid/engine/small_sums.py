"""Sums that everybody may read: whatever concerns fewer than five people is not among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LEAST = 5
"""Heads; below that an amount may tell who it was."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure about people.

    Attributes:
        label: What it is of.
        heads: How many people, from 0.
        fen: How much, in fen.
    """

    label: str
    heads: int
    fen: int


@dataclass(frozen=True, slots=True)
class Told:
    """What is told in public.

    Attributes:
        cells: Those of at least five people, in their order.
        heads, fen: Their sum; what is withheld is in no sum, so no difference gives it away.
        withheld: How many cells are not told.
    """

    cells: tuple[Cell, ...]
    heads: int
    fen: int
    withheld: int


def told(cells: Iterable[Cell]) -> Told:
    """What of some figures may be told; cells of one label are added up first."""
    merged: dict[str, Cell] = {}
    for cell in cells:
        known = merged.get(cell.label, Cell(cell.label, 0, 0))
        merged[cell.label] = Cell(cell.label, known.heads + cell.heads, known.fen + cell.fen)
    shown = tuple(cell for cell in merged.values() if cell.heads >= LEAST)
    heads, fen = sum(cell.heads for cell in shown), sum(cell.fen for cell in shown)
    return Told(shown, heads, fen, len(merged) - len(shown))
