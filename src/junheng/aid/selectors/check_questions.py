"""How questions to services ended, for the page of the registers' quality: numbers alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Case, Count, F, Value, When

from junheng.aid.models import CheckQuestion
from junheng.evidence.facade import ANSWERED


def outcomes(connections: Collection[int], since: datetime) -> Iterable[tuple[int, str, int]]:
    """Of each connection, how many questions since a moment ended how.

    Args:
        connections: By their keys.
        since: When the earliest left.

    Returns:
        Key, `ANSWERED` or why there was no answer, how many.
    """
    rows = CheckQuestion.objects.filter(connection__in=connections, asked_at__gte=since)
    outcome = Case(When(answered_at__isnull=False, then=Value(ANSWERED)), default=F("silence"))
    counted = rows.order_by().values("connection", outcome=outcome).annotate(n=Count("pk"))
    found: Iterable[tuple[int, str, int]] = counted.values_list("connection", "outcome", "n")
    return found
