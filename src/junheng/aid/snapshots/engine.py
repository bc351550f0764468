"""DuckDB as aid uses it: in memory, with its own files only, stopped when it takes too long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

import duckdb

from junheng.commons.parquet import SETTINGS

THREADS = 2


class TookTooLong(Exception):
    """What was asked was not answered within its time."""


def connect() -> duckdb.DuckDBPyConnection:
    """An empty engine; it installs and fetches nothing."""
    return duckdb.connect(":memory:", config={**SETTINGS, "threads": THREADS})


@contextmanager
def within(engine: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Stop what runs inside after so many seconds.

    Raises:
        TookTooLong: If it had to be stopped.
    """
    timer = Timer(seconds, engine.interrupt)
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise TookTooLong from error
    finally:
        timer.cancel()
