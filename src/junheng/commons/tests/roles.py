"""Tests connect as the owner of the tables; the site does not. This is the site's role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def as_the_site() -> Iterator[None]:
    """What stands inside runs under the role of the site, which owns nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO junheng_app"
        )
        cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO junheng_app")
        cursor.execute("SET LOCAL ROLE junheng_app")
        yield
        cursor.execute("RESET ROLE")
