"""What households signed: one by one, as a list, and how much of it is not proved by a scan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, Q, Value, When
from django.http import Http404
from django.utils import timezone

from junheng.accounts.facade import User
from junheng.aid.models import CheckAuthorisation, Household
from junheng.aid.models.check_rules import SCANS
from junheng.commons import uploads
from junheng.commons.masks import mask_name
from junheng.evidence.facade import Register

SCANNED, UNSCANNED = "there", "missing"


@dataclass(frozen=True, slots=True)
class Signed:
    """An authorisation, as it is read; who signed in masks.

    Attributes:
        withdrawn_by: Who of staff wrote that down, or the telephone of the family in masks.
        by_family: Whether the family withdrew it itself.
    """

    row: CheckAuthorisation
    name: str
    registers: list[str]
    holds: bool
    scanned: bool
    withdrawn_by: str
    by_family: bool


@dataclass(frozen=True, slots=True)
class Proved:
    """How many authorisations hold, and how many of them have no scan."""

    holding: int
    unscanned: int


def shown(day: date, **which: Any) -> list[Signed]:
    """The authorisations of some households, the newest first."""
    rows = CheckAuthorisation.objects.filter(**which).annotate(scanned=_scanned())
    rows = rows.select_related("signed_by", "withdrawn_by")
    return [_signed(row, day) for row in rows.order_by("-valid_from", "-pk")]


def signed_by(home: Household, day: date) -> list[Signed]:
    """What a household signed for, the newest first."""
    return shown(day, household=home)


def _scanned() -> Exists:
    return uploads.received(SCANS, "ref")


def _signed(row: Any, day: date) -> Signed:
    labels, by = dict(Register.choices), row.withdrawn_by
    return Signed(
        row,
        mask_name(str(row.signed_by.name or "")),
        [str(labels.get(one, one)) for one in row.registers],
        row.holds_on(day),
        row.scanned,
        withdrawn_by=str(by or ""),
        by_family=by is not None and not by.is_employee,
    )


def authorisation_seen(user: User, ref: UUID) -> CheckAuthorisation:
    """An authorisation of a household that somebody sees, or nothing."""
    rows = CheckAuthorisation.objects.for_user(user).filter(ref=ref)
    found: CheckAuthorisation | None = rows.select_related("household__village").first()
    if found is None:
        raise Http404
    return found


def authorisations_of(user: User) -> Any:
    """What households of somebody's places signed, the newest first: whether it holds, its scan."""
    rows = CheckAuthorisation.objects.for_user(user).select_related("household__village")
    rows = rows.annotate(
        standing=Case(
            When(withdrawn_at__isnull=False, then=Value("withdrawn")),
            When(valid_to__lte=timezone.localdate(), then=Value("over")),
            default=Value("holds"),
        ),
        scan=Case(When(_scanned(), then=Value(SCANNED)), default=Value(UNSCANNED)),
    )
    return rows.defer("household__village__outline").order_by("-valid_from", "pk")


def proved(user: User) -> Proved:
    """Of the authorisations that hold today: how many there are, and how many have no scan."""
    holding = authorisations_of(user).filter(standing="holds").order_by()
    counted = holding.aggregate(all=Count("pk"), bare=Count("pk", filter=Q(scan=UNSCANNED)))
    return Proved(counted["all"], counted["bare"])
