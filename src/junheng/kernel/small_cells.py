"""Which cells of a public table stay hidden, so that no small figure can be worked out."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence

LEAST = 5
"""Figures from 1 to one less than this are about so few that somebody might be recognised."""

Cell = tuple[int, int]
_Node = tuple[str, int]


def hidden_cells(rows: Sequence[Sequence[int]], *, least: int = LEAST) -> frozenset[Cell]:
    """Choose the cells to hide where row sums and column totals are public.

    A cell from 1 to `least - 1` is hidden. What is left then still gives it away by
    subtraction, so others are hidden with it, until each of these cells could have any of at
    least `least` values (or as many as its row's sum allows) that fit all that is shown. Zero is
    about nobody and is shown.

    Args:
        rows: Figures of at least 0, all rows of one length; the sum of each row is public.
        least: The smallest figure that may be shown, above 1.

    Returns:
        (row, column) of the hidden cells; the row `len(rows)` is that of the column totals.

    Source:
        Complementary suppression; the range of a cell is a maximal flow in the table's network.

    >>> sorted(hidden_cells([[40, 2, 0], [30, 9, 0], [50, 0, 7]]))
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    table = [*map(list, rows), [sum(column) for column in zip(*rows, strict=True)]]
    small = [
        (r, c) for r, row in enumerate(table) for c, value in enumerate(row) if 0 < value < least
    ]
    hidden = set(small)
    for cell in small:
        wanted = min(least - 1, sum(table[cell[0]]))
        while _freedom(table, hidden, cell, wanted) < wanted:
            hidden |= _more(table, hidden, cell[0], least)
    return frozenset(hidden)


def _more(table: list[list[int]], hidden: set[Cell], row: int, least: int) -> set[Cell]:
    """What to hide next for the sake of a row: its own largest, then a row that varies with it."""
    columns = range(len(table[row]))
    own = [c for c in columns if (row, c) not in hidden]
    mine = [c for c in columns if (row, c) in hidden]
    if own and len(mine) == 1:
        return {(row, max(own, key=lambda c: table[row][c]))}
    partners = [r for r in range(len(table) - 1) if any((r, c) not in hidden for c in mine)]
    if partners:
        partner = min(partners, key=lambda r: _loss(min(table[r][c] for c in mine), least))
        return {(partner, c) for c in mine}
    return {(r, c) for r in range(len(table)) for c in columns}


def _loss(value: int, least: int) -> tuple[bool, int]:
    """Rather a small row than a large one, but one that has enough to give."""
    enough = value >= least - 1
    return not enough, value if enough else -value


def _freedom(table: list[list[int]], hidden: set[Cell], cell: Cell, wanted: int) -> int:
    """How far apart the least and the most are that a cell can be, as far as `wanted`."""
    row, column = ("row", cell[0]), ("column", cell[1])
    beside = _beside(hidden - {cell})
    totals, value = len(table) - 1, table[cell[0]][cell[1]]
    # where a unit ends that the cell itself gives away: it cannot fall below zero
    shrinks = row if cell[0] == totals else column
    ways = 0
    for start, goal in ((column, row), (row, column)):
        values = {(r, c): table[r][c] for r, c in hidden}
        limit = min(wanted - ways, value) if goal == shrinks else wanted - ways
        while limit > 0 and _push(values, beside, start, goal, totals):
            ways, limit = ways + 1, limit - 1
    return ways


def _beside(cells: set[Cell]) -> dict[_Node, list[Cell]]:
    """The cells of each row and column."""
    beside: dict[_Node, list[Cell]] = defaultdict(list)
    for cell in cells:
        beside["row", cell[0]].append(cell)
        beside["column", cell[1]].append(cell)
    return beside


def _push(
    values: dict[Cell, int],
    beside: Mapping[_Node, list[Cell]],
    start: _Node,
    goal: _Node,
    totals: int,
) -> bool:
    """Move one unit round from `start` to `goal`, if the hidden figures allow it."""
    came = _way(values, beside, start, goal, totals)
    if goal not in came:
        return False
    node = goal
    while node != start:
        before, cell, step = came[node]
        values[cell] += step
        node = before
    return True


def _way(
    values: Mapping[Cell, int],
    beside: Mapping[_Node, list[Cell]],
    start: _Node,
    goal: _Node,
    totals: int,
) -> dict[_Node, tuple[_Node, Cell, int]]:
    """Where one unit can go: by which cell each row and column is reached, and its change.

    From a row to a column a figure grows, from a column to a row it shrinks; the other way
    round in the row of totals, which stand on the other side of the equation.
    """
    came: dict[_Node, tuple[_Node, Cell, int]] = {}
    waiting = deque([start])
    while waiting and goal not in came:
        node = waiting.popleft()
        from_row = node[0] == "row"
        for cell in beside.get(node, ()):
            step = 1 if from_row != (cell[0] == totals) else -1
            other = ("column", cell[1]) if from_row else ("row", cell[0])
            if other not in came and other != start and values[cell] + step >= 0:
                came[other] = (node, cell, step)
                waiting.append(other)
    return came
