"""Budgets: planned, allocated, disbursed, and what has left a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BigIntegerField,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from junheng.accounts.facade import Role, Visitor, paths_of, scope_q
from junheng.aid.access import SEES_PAYMENTS
from junheng.aid.models import BudgetLine, FormerTotal, PaymentOutcome, Posting
from junheng.places.facade import Level, Place


def left_by(budget: BudgetLine) -> int:
    """What has left a budget line, in fen: on its way, paid, returned, and by former systems."""
    former = FormerTotal.objects.filter(budget=budget).aggregate(sum=Sum("fen"))["sum"]
    posted = Posting.objects.filter(line__budget=budget, leaves="allocated")
    return int(former or 0) + int(posted.aggregate(sum=Sum("fen"))["sum"] or 0)


def lines_of(user: Visitor) -> QuerySet[BudgetLine]:
    """The budget lines that somebody may see, the latest half-year first.

    Annotated: `paid_fen` (what reached its account), `former_fen` and `former_heads` (of former
    systems), `disbursed_fen` (both), `left_fen` (what left the line, on its way or come back too).
    """
    rows = BudgetLine.objects.filter(scope_q(user, "path", SEES_PAYMENTS)).select_related("place")
    former = FormerTotal.objects.filter(budget=OuterRef("pk"))
    posted = Posting.objects.filter(line__budget=OuterRef("pk"), leaves="allocated")
    told = rows.annotate(
        paid_fen=_sum(PaymentOutcome.objects.filter(line__budget=OuterRef("pk")), "paid_fen"),
        former_fen=_sum(former, "fen"),
        former_heads=_sum(former, "heads", IntegerField()),
        posted_fen=_sum(posted, "fen"),
    )
    return told.annotate(
        disbursed_fen=F("paid_fen") + F("former_fen"), left_fen=F("posted_fen") + F("former_fen")
    ).order_by("-half_year", "policy", "source")


def _sum(rows: Any, field: str, kind: Any = None) -> Any:
    """The sum of a field of some rows of a budget line, zero where there are none."""
    output = kind or BigIntegerField()
    summed = rows.order_by().annotate(all=Value(1)).values("all").annotate(sum=Sum(field))
    return Coalesce(Subquery(summed.values("sum"), output_field=output), 0, output_field=output)


@dataclass(frozen=True, slots=True)
class Totals:
    """All lines together, in fen."""

    planned: int
    allocated: int
    disbursed: int


def totals_of(rows: QuerySet[BudgetLine]) -> Totals:
    """What some lines come to."""
    summed = rows.order_by().aggregate(
        planned=Sum("planned_fen"), allocated=Sum("allocated_fen"), disbursed=Sum("disbursed_fen")
    )
    return Totals(**{key: int(fen or 0) for key, fen in summed.items()})


def counties_kept(user: Visitor) -> list[Place]:
    """The counties for which somebody keeps budgets and batches."""
    counties = Place.objects.current().filter(level=Level.COUNTY).order_by("code")
    found: dict[int, Place] = {}
    for path in paths_of(user, {Role.AID_OFFICER}):
        found |= {place.pk: place for place in counties.filter(path__startswith=path)}
    return list(found.values())
