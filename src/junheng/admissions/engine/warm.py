"""Compile every kernel ahead of the first round, so that it does not wait for that.

    python -m junheng.admissions.engine

Takes some seconds once per machine and version; after that it is a matter of loading.
"""

from __future__ import annotations

import numpy as np

from junheng.admissions.engine.acceptance import accept
from junheng.admissions.engine.chains import seat_all
from junheng.admissions.engine.repair import repair
from junheng.admissions.engine.tickets import ring_places
from junheng.admissions.engine.types import NONE, Ints, Lists


def compile_all() -> None:
    """Run each kernel on two children and one school."""
    lists, keys, seats = Lists(_ints(0, 1, 2), _ints(0, 0), _ints(1, 1)), _ints(0, 1), _ints(2)
    for size in (_ints(1, 1), _ints(1, 2)):
        accept(lists, keys, size=size, seats=seats, ticket_order=_ints(0, 1))
    nobody = np.full(2, NONE, dtype=np.int64)
    repair(lists, nobody, size=_ints(1, 1), seats=seats, ticket_order=_ints(0, 1))
    seat_all(np.ones((2, 1), dtype=np.int32), _ints(1))
    ring_places(2, 1, 1)


def _ints(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)
