"""Transfers to and from other districts: one end is a school of ours, the other one a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.commons.refusals import Refusal
from junheng.registry.access import may_decide_transfer
from junheng.registry.models import Pupil, Transfer
from junheng.registry.models.standings import GONE
from junheng.registry.selectors.arrivals import Child
from junheng.registry.services import arrivals, movements
from junheng.registry.services.arrivals import Seat
from junheng.registry.services.transfer_rules import rules_now
from junheng.registry.services.transfer_wishes import require, wish_for
from junheng.registry.services.transfers import opened


class NotAtSchool(Refusal):
    """Whoever has left cannot be released once more."""


@dataclass(frozen=True, slots=True)
class OtherDistrict:
    """Where the other end is, as the papers say.

    Attributes:
        code: Code of the district, "" where it is not known.
        name: Of the district.
        school: Name of the school there, "" where it is not known.
    """

    name: str
    code: str = ""
    school: str = ""


def release(pupil: Pupil, where: OtherDistrict, *, paper: str, by: User) -> Transfer:
    """Note that another district has applied for one of our pupils.

    Noted by the school, it waits for the bureau; noted by the bureau, the school is asked first.

    Raises:
        NotAtSchool: If the record has left already.
        Settled: If another transfer of this pupil is open.
    """
    with transaction.atomic():
        standing = movements.current(pupil)
        if standing.state in GONE:
            raise NotAtSchool(_("The record has left the register already."))
        made = Transfer(
            way=Transfer.Way.AWAY,
            pupil=pupil,
            origin=standing.organisation,
            grade=standing.grade,
            district_code=where.code,
            district=where.name,
            other_school=where.school,
            rules=rules_now(timezone.localdate(), standing.organisation.path).version,
            paper=paper.strip(),
            applied_by=by,
        )
        if not may_decide_transfer(by, standing.organisation.path):
            made.state, made.agrees = Transfer.State.ANSWERED, True
            made.answered_by, made.answered_at = by, timezone.now()
        return opened(made)


def apply_for(
    child: Child, seat: Seat, where: OtherDistrict, *, ground: str, on: date, by: User
) -> Transfer:
    """The receiving school applies for a child whose record is in another district.

    Raises:
        AlreadyHere, AnotherName: If the number is in our register.
        AgainstTheRules: With every clause that stands against it, as within the district.
    """
    with transaction.atomic():
        arrivals.require_new(child)
        to = seat.organisation
        rules = rules_now(on, to.path)
        require(wish_for(to, seat.grade, on=on, ground=ground, paper=seat.paper), rules)
        arrival = arrivals.keep(child, seat, by=by)
        return opened(
            Transfer(
                way=Transfer.Way.HERE,
                arrival=arrival,
                to=to,
                grade=seat.grade,
                district_code=where.code,
                district=where.name,
                other_school=where.school,
                rules=rules.version,
                ground=ground,
                paper=seat.paper.strip(),
                state=Transfer.State.ANSWERED,
                applied_by=by,
            )
        )
