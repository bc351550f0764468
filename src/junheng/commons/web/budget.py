"""A page says how many queries it may cost; more is a mistake that tests and DEBUG make loud."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection

logger = logging.getLogger(__name__)


class OverBudget(AssertionError):
    """The page asked the database more often than it may."""


@contextmanager
def query_budget(limit: int, *, what: str) -> Iterator[None]:
    """Count the queries inside the block; above `limit`, raise if settings are strict, else log."""
    asked = 0

    def count(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield
    if asked <= limit:
        return
    words = f"{what}: {asked} queries, budget {limit}"
    if getattr(settings, "STRICT_QUERY_BUDGET", settings.DEBUG):
        raise OverBudget(words)
    logger.warning(words)
