"""Signing in is for everyone; the rest is for the administrators, each for their own part."""

from __future__ import annotations

from tests.permissions.table import EVERYONE, SIGNED_IN, VISITOR, Row

ROWS = [
    Row("account_login", may=VISITOR, otherwise=302),
    Row("account_login", may=VISITOR, otherwise=302, method="POST"),
    Row("account_logout", may=SIGNED_IN, visitor=302),
    Row("account_logout", may=EVERYONE, answer=302, method="POST"),
    Row("account_inactive", may=EVERYONE),
]
