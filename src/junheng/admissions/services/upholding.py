"""Upholding an objection: one officer asks, another person agrees, and the child has its seat."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.admissions.models import Objection, RoundRun, RoundSchool
from junheng.admissions.selectors.seats import room_at
from junheng.admissions.services import for_two, objecting
from junheng.admissions.services.acts import OutOfTurn
from junheng.admissions.services.issuing import result_of
from junheng.commons import approvals
from junheng.commons.models import Approval

UPHOLD = "admissions.uphold"


def ask(
    objection: Objection, school: RoundSchool, clause: str, words: str, *, by: User
) -> Approval:
    """Ask a second person to uphold an objection with a seat at a school.

    Raises:
        NothingSaid: Without an answer.
        AnsweredAlready: If it is not open any more.
        NoRoom, SeatHeld, OutOfTurn: If there is no such seat to give.
        AlreadyAsked: If a second person is asked already.
    """
    with transaction.atomic():
        asked = approvals.ask(
            UPHOLD,
            matter=f"admissions.objection.{objection.pk}",
            path=objection.round.path,
            by=by,
            payload={"objection": str(objection.pk), "school": school.pk, "clause": clause},
            reason=_("Objection %s") % objection.number,
            title=_("Uphold the objection %s") % objection.number,
            url=objecting.page_of(objection.number) or "",
        )
        objecting.propose(objection, words, by=by)
    return asked


def _check(approval: Approval) -> None:
    objection, school = objecting.fields_of(approval.payload)
    if not approval.payload["clause"].strip():
        raise OutOfTurn(_("Name the clause of the rules by which the child has this seat."))
    objecting.require_upholdable(objection, school)


def _carry_out(approval: Approval) -> None:
    objection, school = objecting.fields_of(approval.payload)
    by, second = approval.asked_by, approval.decided_by
    assert second is not None  # noqa: S101 -- an agreed one has its second person
    objecting.uphold(objection, school, approval.payload["clause"], by=by, second=second)


def _facts(approval: Approval) -> for_two.Facts:
    objection, school = objecting.fields_of(approval.payload)
    record: RoundRun = result_of(objection.round)
    room = room_at(record, school)
    yield _("Application number"), objection.application.number
    yield _("What the family says"), str(objection.words)
    yield _("Answer"), str(objection.answer or "")
    yield _("School"), school.name or school.code
    yield _("Clause"), approval.payload["clause"]
    yield (
        _("Seats taken"),
        _("%(taken)d; the class cap allows %(cap)d")
        % {
            "taken": room.taken,
            "cap": room.cap,
        },
    )


def register() -> None:
    """Make the step known to the pages of approvals."""
    title = gettext_lazy("Uphold an objection")
    for_two.register(UPHOLD, title, check=_check, carry_out=_carry_out, facts=_facts)
