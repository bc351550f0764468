"""What changes seldom and is asked for at every page: remembered by each process for a moment.

    @briefly
    def newest(kind): ...

The promise is that of `web/kept.py`: a change is seen within a second, in every process. What
must not be a second old (a deadline, a state that decides) is not to be asked through this. What
comes back is shared by requests, so nobody changes it. Refusals and None are not remembered.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
SECONDS = 0.9
"""Tests that do not look at this very thing set it to nothing."""
MOST = 1_000
"""Answers remembered of one function; beyond that all of them are forgotten."""

_ALL: list[dict[Hashable, tuple[float, Any]]] = []


def briefly(asked: Callable[P, R]) -> Callable[P, R]:
    """Remember what a function answered, by its arguments, for a moment."""
    known: dict[Hashable, tuple[float, R]] = {}
    _ALL.append(known)

    @wraps(asked)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        key = (args, tuple(sorted(kwargs.items())))
        found, now = known.get(key), time.monotonic()
        if found is not None and now - found[0] < SECONDS:
            return found[1]
        told = asked(*args, **kwargs)
        if told is not None:
            if len(known) >= MOST:
                known.clear()
            known[key] = (now, told)
        return told

    return answer


def forget() -> None:
    """Drop everything; for tests."""
    for known in _ALL:
        known.clear()
