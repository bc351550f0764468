"""Connections of one's own, beside Django's pool."""

from __future__ import annotations

from typing import Any

from django.db import connection

OF_DJANGO = ("cursor_factory", "context", "pool")


def own_parameters() -> dict[str, Any]:
    """What psycopg needs to connect to the same database under the same role."""
    params: dict[str, Any] = connection.get_connection_params()
    return {name: value for name, value in params.items() if name not in OF_DJANGO}
