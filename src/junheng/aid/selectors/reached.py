"""What of the payments reached its account, as entitlements are compared with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Sum

from junheng.aid.models import AidTerm, FormerPayment, PaymentOutcome, Recovery
from junheng.aid.selectors.paid import paid

Paid = tuple[str, str, date, int]
"""Subject, policy, counting day, fen: for each payment that arrived, below 0 for each recovery."""
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
    found: Counter[tuple[str, date]] = Counter()
    for policy, day, fen in ours.annotate(sum=Sum("paid_fen")).order_by():
        found[policy, day] += fen
    for table, sign in ((FormerPayment, 1), (Recovery, -1)):
        rows = table._default_manager.filter(subject=str(subject), for_day__range=within)
        for policy, day, fen in rows.order_by().values_list("policy", "for_day", "fen"):
            found[policy, day] += sign * fen
    return dict(found)


def given_before(term: AidTerm) -> set[tuple[str, str]]:
    """What was paid for counting days before a term, and not recovered: subject and policy."""
    before = term.starts_on - timedelta(days=1)
    sums: Counter[tuple[str, str]] = Counter()
    for one in paid(term.place.path, LONG_AGO, before):
        sums[one.subject, one.policy] += one.fen
    return {key for key, fen in sums.items() if fen > 0}
