"""Aid: few see anything, and nobody sees a household but those in charge of it."""

from __future__ import annotations

from tests.permissions.table import Row

ROWS: list[Row] = []
