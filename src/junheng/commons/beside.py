"""Rows made by a process of its own: while it seals, this one writes and the database judges.

Sealing a district takes as much of a processor as writing it, and Python keeps a process on one
of them. The other process asks no database, and has its settings and keys from the same
environment as this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain
from multiprocessing import get_context
from typing import Any

import django

ENOUGH = 20_000
"""From so many on, another process is worth the two seconds that it takes to begin."""
AT_ONCE = 4_000
Make = Callable[[list[Any]], Iterable[Any]]
Beside = Callable[[Make, list[Any]], Iterator[Any]]


@contextmanager
def beside(count: int) -> Iterator[Beside]:
    """Make rows elsewhere, in the order in which they are asked for.

    Args:
        count: About how many there will be; few are made here, when they are taken.

    Returns:
        What takes a function of a module and what it makes rows of, begins at once, and gives
        the rows.
    """
    if count < ENOUGH:
        yield lambda make, things: iter(make(things))
        return
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=django.setup) as pool:
        pool.submit(int)  # so that it begins before there is anything to make

        def begun(make: Make, things: list[Any]) -> Iterator[Any]:
            parts = [things[at : at + AT_ONCE] for at in range(0, len(things), AT_ONCE)]
            return chain.from_iterable(pool.map(partial(_listed, make), parts))

        yield begun


def _listed(make: Make, things: list[Any]) -> list[Any]:
    return list(make(things))
