"""Whoever writes what only one may write at a time waits for the other."""

from __future__ import annotations

from typing import Final

from django.db import connection

ACCOUNTS: Final = "aid.pay_accounts"
FORMER: Final = "aid.former_payments"


def wait_for_others(what: str) -> None:
    """Until this transaction ends, nobody else writes these."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
