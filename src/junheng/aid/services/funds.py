"""Keeping funds: gifts come in, grants go out, thanks are said, loans are written down."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.aid.access import may_keep
from junheng.aid.models import Donation, EducationFund, EducationLoan, Grant
from junheng.aid.selectors.funds import left_in, left_of
from junheng.aid.services.batches import require_post
from junheng.commons.refusals import Refusal
from junheng.commons.sealing import blind_index
from junheng.kernel.money import Fen
from junheng.kernel.resident_id import NotResidentId, ResidentId
from junheng.places.facade import Place

PURPOSE = "aid.loan"


class NotSoMuch(Refusal):
    """There is not so much to grant."""


class Entered(Refusal):
    """It was entered already, or cannot be entered as it stands."""


def found_fund(place: Place, name: str, on: date, paper: str, *, by: User) -> EducationFund:
    """Found a fund.

    Raises:
        Entered: If there is one of this name.
        NotTheirPost: If somebody keeps no funds there.
    """
    require_post(may=may_keep(by, place.path))
    facts = {"place": place, "founded_on": on, "paper": paper}
    row, fresh = EducationFund.objects.get_or_create(path=place.path, name=name, defaults=facts)
    if not fresh:
        raise Entered(_("There is a fund of this name."))
    return row


def receive(fund: EducationFund, *, by: User, **facts: Any) -> Donation:
    """Write down a donation: who gave what, for what, on which paper.

    Raises:
        Entered: If the paper was entered already.
        NotTheirPost: If somebody keeps no funds there.
    """
    require_post(may=may_keep(by, fund.path))
    try:
        with transaction.atomic():
            row: Donation = Donation.objects.create(fund=fund, by=by, **facts)
    except IntegrityError as error:
        raise Entered(_("This document is entered already.")) from error
    return row


def thank(donation: Donation, on: date, *, by: User) -> None:
    """Note that a donor was thanked.

    Raises:
        Entered: If that was noted before, or the day lies before the gift.
        NotTheirPost: If somebody keeps no funds there.
    """
    require_post(may=may_keep(by, donation.fund.path))
    with transaction.atomic():
        row = Donation.objects.select_for_update(of=("self",)).get(pk=donation.pk)
        if row.thanked_on is not None or on < row.on:
            raise Entered(_("Thanks are noted once, on a day after the gift."))
        row.thanked_on = on
        row.save(update_fields=["thanked_on"])


def grant(
    fund: EducationFund,
    *,
    donation: Donation | None,
    purpose: str,
    heads: int,
    fen: int,
    on: date,
    paper: str,
    by: User,
) -> Grant:
    """Write down a grant out of a fund, or out of a designated donation for its own purpose.

    Raises:
        NotSoMuch: If there is less; it says how much there is.
        Entered: If the paper was entered already.
        NotTheirPost: If somebody keeps no funds there.
    """
    require_post(may=may_keep(by, fund.path))
    with transaction.atomic():
        EducationFund.objects.select_for_update(of=("self",)).get(pk=fund.pk)
        left = left_in(fund) if donation is None else left_of(donation)
        if fen > left:
            words = {"left": Fen(left), "wanted": Fen(fen)}
            raise NotSoMuch(
                _("%(left)s yuan can be granted for this; %(wanted)s are wanted.") % words
            )
        if donation is not None:
            purpose = donation.purpose
        told = {"purpose": purpose, "heads": heads, "fen": fen, "on": on, "by": by}
        row, fresh = Grant.objects.get_or_create(
            fund=fund, paper=paper, defaults=told | {"donation": donation}
        )
        if not fresh:
            raise Entered(_("This document is entered already."))
    return row


def key_of(number: str) -> str:
    """The fingerprint by which a borrower is found again."""
    return blind_index(number, PURPOSE)


def key_of_a_loan(row: Any) -> str:
    """The same of a loan, for new keys; one that was emptied has none."""
    return key_of(str(row.resident_id)) if row.resident_id else ""


def lend(
    place: Place,
    *,
    name: str,
    resident_id: str,
    year: int,
    fen: int,
    bank: str,
    on: date,
    by: User,
) -> EducationLoan:
    """Write down a student loan; once a year for each person.

    Raises:
        Entered: If the number is none, or the person has a loan of this year.
        NotTheirPost: If somebody keeps no loans there.
    """
    require_post(may=may_keep(by, place.path))
    try:
        number = ResidentId.parse(resident_id).number
    except NotResidentId as error:
        raise Entered(_("The ID number is not valid. Compare it with the card.")) from error
    try:
        with transaction.atomic():
            row: EducationLoan = EducationLoan.objects.create(
                place=place, path=place.path, year=year, name=name, resident_id=number,
                resident_id_key=key_of(number), fen=fen, bank=bank, on=on, by=by,
            )  # fmt: skip
    except IntegrityError as error:
        raise Entered(_("This person has a loan of this year already.")) from error
    return row
