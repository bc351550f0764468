"""Accounts for payments: those that somebody sees, and what waits for a second person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q

from junheng.accounts.facade import User
from junheng.aid.models import PayAccount
from junheng.aid.models.accounts import PayAccountQuerySet
from junheng.commons.models import ImportBatch


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts that one person entered or brought with one table, and that wait.

    Attributes:
        key: By which the group is asked for.
        by, by_name: Who.
        file: Name of the table; "" for those that were typed.
        count: How many.
        replacing: How many of them take the place of another account.
        shared: How many are of a number that somebody else is paid into as well.
        newest: When the last of them came: what comes later is not agreed to unseen.
    """

    key: str
    by: int
    by_name: str
    file: str
    count: int
    replacing: int
    shared: int
    newest: datetime


def accounts_of(user: User) -> PayAccountQuerySet:
    """The accounts that somebody sees, the newest first."""
    rows: PayAccountQuerySet = PayAccount.objects.for_user(user)
    return rows.select_related("organisation", "entered_by").order_by("-entered_at", "id")


def of_group(rows: PayAccountQuerySet, key: str) -> PayAccountQuerySet:
    """Those of some accounts that belong to a group."""
    batch, _colon, by = key.partition(":")
    try:
        return rows.filter(batch=UUID(batch) if batch else None, entered_by=int(by))
    except ValueError:
        return rows.none()


def groups_of(user: User) -> list[Group]:
    """What waits, by who brought it with which table, the latest first."""
    waiting = PayAccount.objects.for_user(user).waiting()
    told = waiting.annotate(replaces=Exists(_before()), is_shared=Exists(_of_others()))
    rows = (
        told.order_by()
        .values_list("batch", "entered_by", "entered_by__name")
        .annotate(
            n=Count("pk"),
            replacing=Count("pk", filter=Q(replaces=True)),
            shared=Count("pk", filter=Q(is_shared=True)),
            newest=Max("entered_at"),
        )
        .order_by("-newest")
    )
    found = list(rows)
    files = _files(batch for batch, *_rest in found if batch)
    return [
        Group(f"{batch or ''}:{by}", by, name, files.get(batch, ""), *figures)
        for batch, by, name, *figures in found
    ]


def before(row: PayAccount) -> PayAccount | None:
    """The account that counts until another one is approved."""
    rows = PayAccount.objects.standing().filter(subject=row.subject).exclude(pk=row.pk)
    if not row.subject:
        rows = rows.filter(organisation=row.organisation_id)
    found: PayAccount | None = rows.first()
    return found


def others_with(row: PayAccount) -> int:
    """How many others are, or would be, paid into the same number."""
    rows = PayAccount.objects.filter(number_key=row.number_key, replaced_at=None)
    return int(rows.exclude(subject=row.subject).values("subject").distinct().count())


def _before() -> PayAccountQuerySet:
    school = Q(subject="", organisation=OuterRef("organisation"))
    rows: PayAccountQuerySet = PayAccount.objects.standing().filter(
        ~Q(subject="") | school, subject=OuterRef("subject")
    )
    return rows


def _of_others() -> PayAccountQuerySet:
    rows: PayAccountQuerySet = PayAccount.objects.filter(
        number_key=OuterRef("number_key"), replaced_at=None
    ).exclude(subject=OuterRef("subject"))
    return rows


def _files(batches: Iterable[UUID]) -> dict[UUID, str]:
    rows = ImportBatch.objects.filter(pk__in=list(batches))
    return dict(rows.values_list("pk", "file_name"))
