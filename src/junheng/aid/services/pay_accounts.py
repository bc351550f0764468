"""Accounts that money is paid into: kept sealed, replaced and never changed."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.aid.access import may_keep
from junheng.aid.models import AccountKind, PayAccount
from junheng.aid.services.batches import require_post
from junheng.commons.refusals import Refusal
from junheng.commons.sealing import blind_index
from junheng.kernel.resident_id import NotResidentId, ResidentId
from junheng.places.facade import Organisation

PURPOSE = "aid.account"
NUMBER = re.compile(r"[0-9]{8,32}")


class BadAccount(Refusal):
    """It is no account number, or no identity number."""


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
    """Write down where somebody is paid, or a school (without `subject`), from now on.

    Args:
        subject: Whom it is for; "" for the school itself.
        path: Of the school, or of the county for somebody without one.
        kind: See `AccountKind`.
        holder: Whose account it is.
        number: 8 to 32 digits; blanks are left out.
        holder_id: Identity number of the holder of a card.
        by: The aid officer.

    Raises:
        BadAccount: If the number or the holder's identity number cannot be one.
        NotTheirPost: If somebody keeps no accounts there.
    """
    require_post(may=may_keep(by, path))
    plain, owner = re.sub(r"\s", "", number), holder.strip()
    if not NUMBER.fullmatch(plain) or not owner:
        raise BadAccount(_("An account has a holder and a number of 8 to 32 digits."))
    if kind != AccountKind.SCHOOL:
        holder_id = _checked_id(holder_id)
    with transaction.atomic():
        now = timezone.now()
        school = Organisation.objects.filter(path=path).first()
        standing = PayAccount.objects.filter(replaced_at=None, subject=subject)
        if not subject:
            standing = standing.filter(organisation=school)
        standing.update(replaced_at=now)
        row: PayAccount = PayAccount.objects.create(
            organisation=school,
            subject=subject,
            kind=kind,
            holder=owner,
            number=plain,
            number_key=key_of(plain),
            holder_id=holder_id or None,
            entered_by=by,
            entered_at=now,
        )
    return row


def _checked_id(number: str) -> str:
    try:
        return str(ResidentId.parse(number))
    except NotResidentId as error:
        raise BadAccount(
            _("The holder's ID number is not valid. Compare it with the card.")
        ) from error
