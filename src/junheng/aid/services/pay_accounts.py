"""Accounts that money is paid into: kept sealed, replaced and never changed.

What is entered here waits for a second person; see `account_approvals.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.aid.access import may_keep
from junheng.aid.models import AccountKind, PayAccount
from junheng.aid.services.batches import require_post
from junheng.aid.services.one_by_one import ACCOUNTS, wait_for_others
from junheng.commons.refusals import Refusal
from junheng.commons.sealing import blind_index
from junheng.kernel.resident_id import NotResidentId, ResidentId
from junheng.places.facade import Organisation

PURPOSE = "aid.account"
Known = dict[tuple[str, str], list[PayAccount]]
NUMBER = re.compile(r"[0-9]{8,32}")


class BadAccount(Refusal):
    """It is no account number, or no identity number."""


@dataclass(frozen=True, slots=True)
class Told:
    """An account as somebody tells it.

    Attributes:
        subject: Whom it is for; "" for the school itself.
        path: Of the school, or of the place of somebody without one.
        kind: See `AccountKind`.
        holder: Whose account it is.
        number: 8 to 32 digits.
        holder_id: Identity number of the holder of a card; "" for a school.
    """

    subject: str
    path: str
    kind: str
    holder: str
    number: str
    holder_id: str = ""

    @property
    def whose(self) -> tuple[str, str]:
        """What no two accounts that count have in common: the person, or the school."""
        return (self.subject, "" if self.subject else self.path)


def key_of(number: str) -> str:
    """The fingerprint by which an account is found again."""
    return blind_index(number, PURPOSE)


def key_of_an_account(row: Any) -> str:
    """The same of a row, for new keys."""
    return key_of(str(row.number))


def key_of_a_line(row: Any) -> str:
    """The same of a payment line; one that was emptied has none."""
    return key_of(str(row.account)) if row.account else ""


def keep(
    subject: str,
    *,
    path: str,
    kind: str,
    holder: str,
    number: str,
    holder_id: str = "",
    by: User,
) -> PayAccount:
    """Write down where somebody is paid, or a school (without `subject`): once another agrees.

    Args:
        subject: Whom it is for; "" for the school itself.
        path: Of the school, or of the place of somebody without one.
        kind: See `AccountKind`.
        holder: Whose account it is.
        number: 8 to 32 digits; blanks are left out.
        holder_id: Identity number of the holder of a card.
        by: The aid officer.

    Raises:
        BadAccount: If the number or the holder's identity number cannot be one, or it is known.
        NotTheirPost: If somebody keeps no accounts there.
    """
    require_post(may=may_keep(by, path))
    plain, owner = re.sub(r"\s", "", number), holder.strip()
    if not NUMBER.fullmatch(plain) or not owner:
        raise BadAccount(_("An account has a holder and a number of 8 to 32 digits."))
    holder_id = "" if kind == AccountKind.SCHOOL else _checked_id(holder_id)
    with transaction.atomic():
        wait_for_others(ACCOUNTS)
        made = write([Told(subject, path, kind, owner, plain, holder_id)], by=by.pk)
    if not made:
        raise BadAccount(_("This account is known already, and holds or waits to be approved."))
    return made[0]


def write(told: Iterable[Told], *, by: int, batch: UUID | None = None) -> list[PayAccount]:
    """Write down accounts that are not known yet; each takes the place of one that still waits.

    The caller holds the lock, and has asked for the post and for sound numbers.

    Returns:
        The new ones.
    """
    told = list(told)
    known = current(told)
    new = new_ones(told, known)
    schools = {one.path: one for one in Organisation.objects.filter(path__in={t.path for t in new})}
    now = timezone.now()
    waits = [row.pk for one in new for row in known.get(one.whose, ()) if row.decided_at is None]
    PayAccount.objects.filter(pk__in=waits).update(replaced_at=now)
    rows = [
        PayAccount(
            organisation=schools.get(one.path),
            path=one.path,
            subject=one.subject,
            kind=one.kind,
            holder=one.holder,
            number=one.number,
            number_key=key_of(one.number),
            holder_id=one.holder_id or None,
            batch=batch,
            entered_by_id=by,
            entered_at=now,
        )
        for one in new
    ]
    return list(PayAccount.objects.bulk_create(rows, batch_size=1_000))


def new_ones(told: Sequence[Told], known: Known | None = None) -> list[Told]:
    """Those that neither hold nor wait already."""
    known = current(told) if known is None else known
    return [one for one in told if not any(_says(row, one) for row in known.get(one.whose, ()))]


def current(told: Iterable[Told]) -> Known:
    """The accounts that hold or wait for those of whom something is told, by whose they are."""
    keys = {one.whose for one in told}
    whose = Q(subject__in={subject for subject, _path in keys if subject})
    whose |= Q(subject="", path__in={path for _subject, path in keys if path})
    found: Known = {}
    for row in PayAccount.objects.filter(whose, replaced_at=None):
        found.setdefault((row.subject, "" if row.subject else row.path), []).append(row)
    return found


def _says(row: PayAccount, told: Told) -> bool:
    """Whether an account is the one that is told."""
    return (row.number_key, row.kind, str(row.holder), str(row.holder_id or "")) == (
        key_of(told.number),
        told.kind,
        told.holder,
        told.holder_id,
    )


def _checked_id(number: str) -> str:
    try:
        return ResidentId.parse(number).number
    except NotResidentId as error:
        raise BadAccount(
            _("The holder's ID number is not valid. Compare it with the card.")
        ) from error
