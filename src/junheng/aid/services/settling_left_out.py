"""Somebody whom a register calls poor: a visit is asked for, and what came of it written down."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import Role, User
from junheng.aid.access import may_authorise, may_visit
from junheng.aid.models import Household, LeftOut
from junheng.aid.models.posts import SEES_HOUSEHOLDS
from junheng.cases.facade import CaseKind, CaseRow, Holder, case_of, open_case, register_kind
from junheng.cases.facade import settle as settle_case
from junheng.commons.refusals import Refusal
from junheng.places.facade import Level

CASE = "aid.left_out"
DAYS = 15
State = LeftOut.State
OVER = (State.IDENTIFIED, State.NOT_IN_NEED)


class NotTheirs(Refusal):
    """Somebody does nothing there."""


class IsSettled(Refusal):
    """It was decided already, or no visit was asked for."""


class SayWhy(Refusal):
    """Neither a household nor a reason was given."""


def offer() -> None:
    """Make the kind of case known; called once, when the site starts."""
    register_kind(
        CaseKind(
            key=CASE,
            label=gettext_lazy("Visit to somebody left out"),
            days=DAYS,
            role=Role.VILLAGE_OFFICER,
            escalates_to=(Role.TOWNSHIP_OFFICER, Role.AID_OFFICER),
            page=lambda subject: reverse("aid:left_out_one", args=[subject]),
            closes_by_owner=True,
            readers=SEES_HOUSEHOLDS,
        )
    )


def ask_for_visit(row: LeftOut, *, by: User) -> CaseRow:
    """Have somebody visited: a case at the village, or at the bureau where no village is told.

    Raises:
        NotTheirs, IsSettled: If that cannot be asked.
    """
    with transaction.atomic():
        fresh = _locked(row)
        if not may_authorise(by, fresh.path):
            raise NotTheirs(_("Your post asks for no visit there."))
        if fresh.state in OVER:
            raise IsSettled(_("It was decided already what comes of it."))
        if fresh.state == State.OPEN:
            fresh.state = State.VISITED
            fresh.save(update_fields=["state"])
        in_village = fresh.place.level == Level.VILLAGE
        return open_case(
            CASE,
            subject=str(fresh.pk),
            title=_("Somebody in “%(register)s” belongs to no household")
            % {"register": fresh.get_register_display()},
            path=fresh.path,
            by=by,
            holder=None if in_village else Holder(role=Role.AID_OFFICER),
        )


def may_settle(user: User, row: LeftOut) -> bool:
    """Whether somebody says what came of a visit: who visits there, else the bureau."""
    in_village = row.place.level == Level.VILLAGE
    return (may_visit if in_village else may_authorise)(user, row.path)


def settle(row: LeftOut, *, household: Household | None, words: str, by: User) -> LeftOut:
    """What came of the visit: the household that was written down, or why there is no need.

    Raises:
        NotTheirs, IsSettled, SayWhy: If it cannot be settled so.
    """
    with transaction.atomic():
        fresh = _locked(row)
        if not may_settle(by, fresh):
            raise NotTheirs(_("Whoever visited writes down what came of it."))
        if fresh.state != State.VISITED:
            raise IsSettled(_("A visit is asked for first, and decided once."))
        if not words.strip():
            raise SayWhy(_("Say what was found at the visit."))
        fresh.state = State.IDENTIFIED if household else State.NOT_IN_NEED
        fresh.household, fresh.words = household, words.strip()
        fresh.decided_by, fresh.decided_at = by, timezone.now()
        fresh.save(update_fields=["state", "household", "words", "decided_by", "decided_at"])
        if (case := case_of(CASE, str(fresh.pk))) is not None:
            said = str(fresh.get_state_display())
            settle_case(case.number, outcome=fresh.state, words=said, by=by)
    return fresh


def _locked(row: LeftOut) -> LeftOut:
    rows = LeftOut.objects.select_for_update(of=("self",)).select_related("place")
    found: LeftOut = rows.defer("place__outline").get(pk=row.pk)
    return found
