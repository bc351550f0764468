"""Budgets: planned, allocated, disbursed, and what has left a line."""

from __future__ import annotations

from django.db.models import Sum

from junheng.aid.models import BudgetLine, FormerTotal, Posting


def left_by(budget: BudgetLine) -> int:
    """What has left a budget line, in fen: on its way, paid, returned, and by former systems."""
    former = FormerTotal.objects.filter(budget=budget).aggregate(sum=Sum("fen"))["sum"]
    posted = Posting.objects.filter(line__budget=budget, leaves="allocated")
    return int(former or 0) + int(posted.aggregate(sum=Sum("fen"))["sum"] or 0)
