"""Who makes records waits for others who do: so no two of them make one for the same child.

Whether a child has a record is looked up by the keys of its numbers, of which findings of the past
may hold several; a unique index would refuse what the integrity check has to show.
"""

from __future__ import annotations

from django.db import connection

ALL = "registry.new_records"


def wait_for_others() -> None:
    """Until this transaction ends, nobody else makes records by lists."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [ALL])


def wait_for_lists() -> None:
    """Until this transaction ends, nobody makes records by lists; others who make one may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [ALL])
