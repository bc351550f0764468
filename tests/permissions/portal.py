"""The front page is for everyone; the workbench for staff, who are led to it."""

from __future__ import annotations

from tests.permissions.table import FAMILY, STAFF, VISITOR, Row

ROWS = [
    Row("portal:home", may=f"{VISITOR} {FAMILY}", otherwise=302),
    Row("portal:workbench", may=STAFF),
]
