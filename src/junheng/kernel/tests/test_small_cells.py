"""No small figure can be worked out from a public table, whatever else it shows."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.kernel.small_cells import hidden_cells
from tests.examples import examples

Table = list[list[int]]
SMALL = st.lists(st.lists(st.integers(0, 7), min_size=3, max_size=3), min_size=1, max_size=2)


def with_totals(rows: Table) -> Table:
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def could_be(rows: Table, hidden: frozenset[tuple[int, int]]) -> list[Table]:
    """Every table that a reader must hold possible, by trying all of them."""
    shown = with_totals(rows)
    wholes = [
        [parts for parts in product(range(sum(row) + 1), repeat=3) if sum(parts) == sum(row)]
        for row in rows
    ]
    guesses = (with_totals([list(row) for row in guess]) for guess in product(*wholes))
    seen = [(r, c) for r in range(len(shown)) for c in range(3) if (r, c) not in hidden]
    return [g for g in guesses if all(g[r][c] == shown[r][c] for r, c in seen)]


@examples(60)
@given(SMALL)
def test_every_small_figure_could_be_many_others(rows: Table) -> None:
    hidden = hidden_cells(rows)
    possible = could_be(rows, hidden)
    for r, row in enumerate(with_totals(rows)):
        for c, value in enumerate(row):
            if 0 < value < 5:
                values = [table[r][c] for table in possible]
                assert max(values) - min(values) >= min(4, sum(row))


@pytest.mark.parametrize(
    ("rows", "hidden"),
    [
        pytest.param([[40, 0, 5], [30, 9, 0]], set(), id="nothing small, nothing hidden"),
        pytest.param(
            [[40, 2, 0], [30, 9, 0], [50, 0, 7]],
            {(0, 0), (0, 1), (1, 0), (1, 1)},
            id="one small figure takes its row's largest and a second row with it",
        ),
        pytest.param(
            [[40, 2, 0], [30, 4, 6], [50, 9, 7]],
            {(0, 0), (0, 1), (1, 0), (1, 1)},
            id="two small ones hide each other",
        ),
        pytest.param(
            [[3, 0, 0]],
            {(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)},
            id="of a single small school nothing is shown but its seats",
        ),
        pytest.param([[2, 2, 2]], {(r, c) for r in (0, 1) for c in (0, 1, 2)}, id="all small"),
    ],
)
def test_what_is_hidden(rows: Table, hidden: set[tuple[int, int]]) -> None:
    assert hidden_cells(rows) == hidden


def test_an_empty_table_hides_nothing() -> None:
    assert hidden_cells([]) == frozenset()


def test_a_city_of_schools_takes_a_moment_only() -> None:
    rows = [[90 - n % 6, n % 6, (n // 7) % 4] for n in range(300)]
    hidden = hidden_cells(rows)
    assert {(r, c) for r, row in enumerate(rows) for c in range(3) if 0 < row[c] < 5} <= hidden
