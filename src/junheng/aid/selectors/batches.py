"""Payment batches, their lines, and what the ledger says of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Sum, Value, When

from junheng.accounts.facade import Visitor, scope_q
from junheng.aid.access import SEES_PAYMENTS
from junheng.aid.engine.ledger import Account
from junheng.aid.models import PaymentBatch, PaymentLine, Posting

OPEN, PAID, PARTLY, RETURNED = "open", "paid", "partly", "returned"


def batches_of(user: Visitor) -> QuerySet[PaymentBatch]:
    """The batches that somebody may see, the newest first."""
    rows = PaymentBatch.objects.filter(scope_q(user, "path", SEES_PAYMENTS))
    people = rows.select_related("place", "made_by", "checked_by", "paid_by")
    return people.annotate(fen=Sum("lines__fen"), count=Count("lines")).order_by("-made_at", "-id")


def lines_of(batch: PaymentBatch) -> QuerySet[PaymentLine]:
    """The lines of a batch with what became of them, in their order."""
    rows = PaymentLine.objects.filter(batch=batch).select_related(
        "outcome__answer", "organisation", "follows__batch", "followed_by__batch"
    )
    became = Case(
        When(outcome=None, then=Value(OPEN)),
        When(outcome__paid_fen=F("fen"), then=Value(PAID)),
        When(outcome__paid_fen=0, then=Value(RETURNED)),
        default=Value(PARTLY),
        output_field=CharField(),
    )
    return rows.annotate(became=became).order_by("number")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a batch stands.

    Attributes:
        count, fen: Its lines and their sum.
        policies: Heads (lines) and fen by policy.
        accounts: What lies where by the ledger, in fen; what left the allocation is negative.
        returned: Lines that came back, whole or in part, and are on no other line yet.
        shared: Accounts that more than one person is paid into.
    """

    count: int
    fen: int
    policies: tuple[tuple[str, int, int], ...]
    accounts: dict[str, int]
    returned: int
    shared: int

    @property
    def balances(self) -> bool:
        """Whether every fen is somewhere."""
        return sum(self.accounts.values()) == 0


def standing_of(batch: PaymentBatch) -> Standing:
    """The figures of a batch."""
    lines = PaymentLine.objects.filter(batch=batch)
    grouped = lines.order_by().values("policy").annotate(n=Count("pk"), sum=Sum("fen"))
    policies = tuple(grouped.order_by("policy").values_list("policy", "n", "sum"))
    back = lines.filter(outcome__paid_fen__lt=F("fen"), followed_by=None)
    several = lines.exclude(Q(account_kind="school") | Q(account_key="")).order_by()
    shared = several.values("account_key").annotate(n=Count("subject", distinct=True))
    return Standing(
        count=sum(row[1] for row in policies),
        fen=sum(row[2] for row in policies),
        policies=policies,
        accounts=ledger_of(Posting.objects.filter(line__batch=batch)),
        returned=back.count(),
        shared=shared.filter(n__gt=1).count(),
    )


def ledger_of(postings: QuerySet[Posting]) -> dict[str, int]:
    """What lies in each account by some postings, in fen."""
    found = Counter(dict.fromkeys(map(str, Account), 0))
    for leaves, enters, fen in (
        postings.order_by().values_list("leaves", "enters").annotate(sum=Sum("fen"))
    ):
        found[leaves] -= fen
        found[enters] += fen
    return dict(found)
