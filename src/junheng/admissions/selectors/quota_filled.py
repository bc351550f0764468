"""How quota seats were filled, for everybody: no score but the lowest, no whole number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min

from junheng.admissions.models import QuotaPlacement, QuotaRun, QuotaShare
from junheng.commons.masks import mask_number

Fate = QuotaPlacement.Fate
LEAST = 3
"""Pupils of a school of whom the lowest score is told: that of fewer would be one child's."""


@dataclass(frozen=True, slots=True)
class SeatsFilled:
    """The seats of a lower secondary school at a senior school.

    Attributes:
        seats: What it got by its share.
        own: How many of its pupils sit on them.
        lowest: The lowest score that got one; None where fewer than `LEAST` pupils did.
    """

    code: str
    name: str
    seats: int
    own: int
    lowest: Decimal | None

    @property
    def left(self) -> int:
        """Seats that no pupil of the school filled."""
        return self.seats - self.own


@dataclass(frozen=True, slots=True)
class SeniorFilled:
    """The quota seats of a senior school: school by school, and where unfilled ones went.

    Attributes:
        others: Unfilled seats that pupils of other schools got.
        lowest_others: The lowest score among those, by the same rule.
        pupils: Masked examination number, school, and whether the seat was another school's.
    """

    code: str
    name: str
    rows: Sequence[SeatsFilled]
    others: int
    lowest_others: Decimal | None
    pupils: Sequence[tuple[str, str, bool]]

    @property
    def seats(self) -> int:
        """All quota seats."""
        return sum(row.seats for row in self.rows)

    @property
    def own(self) -> int:
        """Those that schools filled themselves."""
        return sum(row.own for row in self.rows)

    @property
    def left(self) -> int:
        """Those that they did not."""
        return self.seats - self.own

    @property
    def returned(self) -> int:
        """Those that went back to the open admission."""
        return self.left - self.others


def published_filling(shares: QuotaRun) -> QuotaRun | None:
    """The published filling of published shares; None before two people agreed to it."""
    found: QuotaRun | None = (
        QuotaRun.objects.filter(
            shares=shares, run__published_at__isnull=False, run__superseded_at__isnull=True
        )
        .select_related("run")
        .first()
    )
    return found


def filled_seats(filling: QuotaRun) -> list[SeniorFilled]:
    """Senior school by senior school, in three queries."""
    shares: dict[str, list[QuotaShare]] = {}
    rows = QuotaShare.objects.filter(run=filling.shares_id).order_by("senior_code", "code")
    for share in rows:
        shares.setdefault(share.senior_code, []).append(share)
    seated = QuotaPlacement.objects.filter(run=filling).exclude(senior_code="")
    counted: dict[tuple[str, str, str], dict[str, Any]] = {
        (row["senior_code"], row["school_code"], row["fate"]): row
        for row in seated.values("senior_code", "school_code", "fate")
        .annotate(pupils=Count("pk"), lowest=Min("score"))
        .order_by()
    }
    pupils: dict[str, list[tuple[str, str, bool]]] = {}
    listed = seated.order_by("senior_code", "school_code", "number")
    for code, number, school, fate in listed.values_list(
        "senior_code", "number", "school_name", "fate"
    ):
        pupils.setdefault(code, []).append((mask_number(number), school, fate == Fate.OTHERS))
    return [_senior(code, own, counted, pupils.get(code, [])) for code, own in shares.items()]


def _senior(
    code: str,
    shares: Sequence[QuotaShare],
    counted: dict[tuple[str, str, str], dict[str, Any]],
    pupils: Sequence[tuple[str, str, bool]],
) -> SeniorFilled:
    others = [
        row
        for (senior, _school, fate), row in counted.items()
        if (senior, fate) == (code, Fate.OTHERS)
    ]
    moved = sum(row["pupils"] for row in others)
    lowest = min((row["lowest"] for row in others), default=None)
    return SeniorFilled(
        code=code,
        name=shares[0].senior_name,
        rows=[_school(share, counted.get((code, share.code, Fate.OWN.value))) for share in shares],
        others=moved,
        lowest_others=lowest if moved >= LEAST else None,
        pupils=pupils,
    )


def _school(share: QuotaShare, own: dict[str, Any] | None) -> SeatsFilled:
    filled = own["pupils"] if own else 0
    return SeatsFilled(
        code=share.code,
        name=share.name,
        seats=share.seats,
        own=filled,
        lowest=own["lowest"] if own and filled >= LEAST else None,
    )


def public_receipt(shares: QuotaRun, filling: QuotaRun | None) -> dict[str, Any]:
    """What anybody keeps and compares: both receipts, and the table that is shown."""
    seniors = filled_seats(filling) if filling else []
    return {
        "shares": {"receipt": shares.run.receipt, "result_sha256": shares.run.result_sha256},
        "filling": filling
        and {"receipt": filling.run.receipt, "result_sha256": filling.run.result_sha256},
        "seats": [
            {
                "senior": one.code,
                "school": row.code,
                "seats": row.seats,
                "filled": row.own,
                "lowest_score": None if row.lowest is None else str(row.lowest),
                "unfilled": row.left,
            }
            for one in seniors
            for row in one.rows
        ],
        "unfilled": [
            {
                "senior": one.code,
                "seats": one.left,
                "to_other_schools": one.others,
                "to_open_admission": one.returned,
            }
            for one in seniors
        ],
        "pupils": [
            {"senior": one.code, "number": number, "school": school, "of_another_school": other}
            for one in seniors
            for number, school, other in one.pupils
        ],
    }
