"""What households sign for: which registers may be asked of them, until it is withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User, phone_of
from junheng.aid.access import may_authorise
from junheng.aid.models import CheckAuthorisation, Household, HouseholdMember
from junheng.aid.models.check_rules import SIGNED_FOR
from junheng.aid.selectors.of_family import homes_of_family
from junheng.commons.refusals import Refusal

LONGEST_YEARS = 2
ADULT = 18


class NotSigned(Refusal):
    """That is no authorisation of this household."""


class IsWithdrawn(Refusal):
    """It was withdrawn before."""


def authorise(
    home: Household,
    *,
    signed_by: HouseholdMember,
    signed_on: date,
    paper: str,
    registers: Sequence[str],
    valid_to: date,
    by: User,
) -> CheckAuthorisation:
    """Keep what a household signed; it counts from that day on.

    Args:
        home: Whose.
        signed_by: An adult of it.
        signed_on: Its day; not to come.
        paper: Number of the paper.
        registers: Which may be asked.
        valid_to: The first day on which it does not hold any more.
        by: Who keeps it.

    Raises:
        NotSigned: If it is not whole.
    """
    if not may_authorise(by, home.village.path):
        raise NotSigned(_("Your post keeps no authorisations of this household."))
    if signed_by.household_id != home.pk or _is_child(signed_by, signed_on):
        raise NotSigned(_("An adult of the household signs."))
    _require_days(signed_on, valid_to)
    wanted = sorted({str(one) for one in registers})
    if not wanted or not set(wanted) <= set(SIGNED_FOR) or not paper.strip():
        raise NotSigned(_("Say which registers may be asked, and the number of the paper."))
    made: CheckAuthorisation = CheckAuthorisation.objects.create(
        household=home,
        signed_by=signed_by,
        signed_on=signed_on,
        paper=paper.strip(),
        registers=wanted,
        valid_from=signed_on,
        valid_to=valid_to,
        entered_by=by,
    )
    return made


def _require_days(signed_on: date, valid_to: date) -> None:
    if signed_on > timezone.localdate() or valid_to <= signed_on:
        raise NotSigned(_("It was signed today or before, and ends after that day."))
    if valid_to > signed_on + timedelta(days=LONGEST_YEARS * 366):
        raise NotSigned(
            _("An authorisation holds for %(years)d years at most.") % {"years": LONGEST_YEARS}
        )


def _is_child(member: HouseholdMember, on: date) -> bool:
    born = member.born_on
    return born is not None and (on.year - ADULT, on.month, on.day) < (
        born.year,
        born.month,
        born.day,
    )


def withdraw(row: CheckAuthorisation, *, by: User) -> CheckAuthorisation:
    """Write down that the household takes its signature back: nothing is asked of it any more.

    Raises:
        NotSigned: If somebody keeps none there.
        IsWithdrawn: If it was withdrawn before.
    """
    with transaction.atomic():
        fresh = _held(row)
        if not may_authorise(by, fresh.household.village.path):
            raise NotSigned(_("Your post keeps no authorisations of this household."))
        return _ended(fresh, by)


def take_back(row: CheckAuthorisation, *, pupil: UUID, by: User) -> CheckAuthorisation:
    """A family takes its own signature back; nothing is asked of it from that second on.

    Args:
        row: Which.
        pupil: Its child, by whom its household is found.
        by: A guardian who signed in by telephone and belongs to that household.

    Raises:
        NotSigned: If it is another household's.
        IsWithdrawn: If it was withdrawn before.
    """
    with transaction.atomic():
        fresh = _held(row)
        if fresh.household_id not in homes_of_family(pupil, phone_of(by)):
            raise NotSigned(_("This is no authorisation of your household."))
        return _ended(fresh, by)


def _held(row: CheckAuthorisation) -> CheckAuthorisation:
    rows = CheckAuthorisation.objects.select_for_update(of=("self",))
    found: CheckAuthorisation = rows.select_related("household__village").get(pk=row.pk)
    return found


def _ended(row: CheckAuthorisation, by: User) -> CheckAuthorisation:
    if row.withdrawn_at is not None:
        day = timezone.localdate(row.withdrawn_at)
        raise IsWithdrawn(_("It was withdrawn on %(day)s.") % {"day": day})
    row.withdrawn_at, row.withdrawn_by = timezone.now(), by
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return row


def still_signed(wanted: Iterable[int]) -> set[int]:
    """Those authorisations that hold now, locked so that none is withdrawn meanwhile."""
    today = timezone.localdate()
    rows = CheckAuthorisation.objects.select_for_update(of=("self",)).filter(
        pk__in=set(wanted), withdrawn_at=None, valid_from__lte=today, valid_to__gt=today
    )
    return set(rows.order_by("pk").values_list("pk", flat=True))
