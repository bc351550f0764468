"""What is due in a term: of everybody who is entitled by the run that counts."""

from __future__ import annotations

from collections.abc import Iterator

from junheng.aid.engine.dues import Due
from junheng.aid.models import AidTerm, Entitlement


def dues_of(term: AidTerm) -> Iterator[Due]:
    """A row for each person, policy and counting day that is decided and has an amount.

    Whoever is undecided is not among them, and nothing is before a run was published.
    """
    rows = Entitlement.objects.published(term.matter).filter(answer=0)
    told = rows.values_list("subject", "policy", "for_day", "fen", "path")
    for subject, policy, day, fen, path in told.order_by("path", "subject", "policy", "for_day"):
        yield Due(str(subject), policy, day, fen, path)
