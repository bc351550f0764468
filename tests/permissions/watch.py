"""Monitors ask without an account; the figures only from this machine, where the tests run."""

from __future__ import annotations

from tests.permissions.table import EVERYONE, Row

ROWS = [
    Row("watch:live", may=EVERYONE),
    Row("watch:ready", may=EVERYONE, answer=503, note="no worker runs here"),
    Row("watch:metrics", may=EVERYONE, note="from a named address"),
]
