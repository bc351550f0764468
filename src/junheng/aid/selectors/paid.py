"""What reached its account, for the audit: rows by person, policy and counting day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from junheng.aid.models import FormerPayment, PaymentOutcome, Recovery


@dataclass(frozen=True, slots=True, order=True)
class Paid:
    """One payment that reached its account, or money that was recovered of it.

    Attributes:
        subject, policy, for_day: What for.
        fen: How much, in fen; below 0 for what was recovered.
        reference: Line of a batch, or the paper behind it, for people.
    """

    subject: str
    policy: str
    for_day: date
    fen: int
    reference: str


def paid(path: str, first: date, last: date) -> Iterator[Paid]:
    """Everything that reached its account for the counting days of a period, and was recovered.

    What the bank returned is not in it; a payment in two parts is two rows, as the ledger has it.

    Args:
        path: The place; everything below it counts.
        first: First counting day.
        last: Last counting day.
    """
    outcomes = PaymentOutcome.objects.filter(
        line__path__startswith=path, line__for_day__range=(first, last), paid_fen__gt=0
    )
    ours = outcomes.values_list(
        "line__subject",
        "line__policy",
        "line__for_day",
        "paid_fen",
        "line__batch__number",
        "line__number",
    )
    for subject, policy, day, fen, batch, number in ours.order_by("line_id"):
        yield Paid(subject, policy, day, fen, f"{batch}/{number}")
    former = FormerPayment.objects.filter(path__startswith=path, for_day__range=(first, last))
    theirs = former.values_list("subject", "policy", "for_day", "fen", "paper", "row")
    for subject, policy, day, fen, paper, row in theirs.order_by("pk"):
        yield Paid(subject, policy, day, fen, f"{paper}/{row}")
    back = Recovery.objects.filter(path__startswith=path, for_day__range=(first, last))
    recovered = back.values_list("subject", "policy", "for_day", "fen", "paper")
    for subject, policy, day, fen, paper in recovered.order_by("pk"):
        yield Paid(subject, policy, day, -fen, paper)
