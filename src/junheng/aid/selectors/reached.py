"""What of the payments reached its account, as entitlements are compared with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Sum

from junheng.aid.models import AidTerm, FormerPayment, PaymentOutcome
from junheng.aid.selectors.paid import paid

Paid = tuple[str, str, date, int]
"""Subject, policy, counting day, fen: one for each payment that reached its account."""
LONG_AGO = date(1949, 10, 1)


def paid_of(term: AidTerm) -> Iterator[Paid]:
    """The payments for the counting days of a term."""
    for one in paid(term.place.path, term.starts_on, term.ends_on):
        yield one.subject, one.policy, one.for_day, one.fen


def paid_to(subject: UUID, term: AidTerm) -> dict[tuple[str, date], int]:
    """What reached one person's account in a term: fen by policy and counting day."""
    within = (term.starts_on, term.ends_on)
    ours = PaymentOutcome.objects.filter(
        line__subject=str(subject), line__for_day__range=within, paid_fen__gt=0
    ).values_list("line__policy", "line__for_day")
    theirs = FormerPayment.objects.filter(subject=str(subject), for_day__range=within).values_list(
        "policy", "for_day"
    )
    found: dict[tuple[str, date], int] = {}
    for rows in (ours.annotate(sum=Sum("paid_fen")), theirs.annotate(sum=Sum("fen"))):
        for policy, day, fen in rows.order_by():
            found[policy, day] = found.get((policy, day), 0) + fen
    return found


def given_before(term: AidTerm) -> set[tuple[str, str]]:
    """What was paid for counting days before a term: subject and policy."""
    before = term.starts_on - timedelta(days=1)
    return {(one.subject, one.policy) for one in paid(term.place.path, LONG_AGO, before)}
