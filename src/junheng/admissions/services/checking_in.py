"""Check-in at the schools: who came, who is excused, and whose seats are released at the end."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.admissions.access import may_print
from junheng.admissions.engine.calendar import Span
from junheng.admissions.models import (
    Application,
    Attendance,
    Round,
    RoundDate,
    RoundSchool,
    SeatDecision,
)
from junheng.admissions.selectors.seats import absentees, holders
from junheng.admissions.services import for_two
from junheng.admissions.services.acts import OutOfTurn, locked, matter_of
from junheng.admissions.services.deciding import Ground, Why, decide, require_settled
from junheng.commons import approvals
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal
from junheng.registry.facade import enrolled

RELEASE = "admissions.release"
SHOWN = 20


class NotAtThisSchool(Refusal):
    """Some of the children hold no seat at the school."""


class OnTheRoll(Refusal):
    """The child is in the register."""


def time_for_check_in(the_round: Round) -> Span | None:
    """When children check in; None where it was not announced."""
    row = RoundDate.objects.filter(round=the_round, what=RoundDate.What.CHECK_IN).first()
    return Span(row.what, row.begins_at, row.ends_at) if row else None


def require_begun(the_round: Round) -> None:
    """Make sure that check-in has begun.

    Raises:
        OutOfTurn: If it has not; it says when it does.
    """
    span = time_for_check_in(the_round)
    if span is None or timezone.now() < span.begins_at:
        begins = f"{timezone.localtime(span.begins_at):%Y-%m-%d %H:%M}" if span else "–"
        raise OutOfTurn(_("Check-in begins at %s.") % begins)


def tick(
    the_round: Round, school: RoundSchool, numbers: Sequence[str], state: str, *, by: User
) -> int:
    """Write down who came or is excused; "" takes it back. How many children that were.

    Args:
        the_round: A published round.
        school: A school of its result.
        numbers: Application numbers; each child holds a seat there.
        state: One of `Attendance.State`, or "".
        by: The clerk at the desk.

    Raises:
        OutOfTurn: Before check-in, or if nothing is published.
        OnTheRoll: If one of them is in the register and would not have come.
        NotAtThisSchool: If one of them holds no seat there; then nothing is written.
    """
    with transaction.atomic():
        record = require_settled(locked(the_round.pk))
        require_begun(the_round)
        found = list(holders(record, school.code).filter(number__in=numbers))
        if len(found) != len(set(numbers)):
            raise NotAtThisSchool(_("Some of these children hold no seat at this school."))
        if state != Attendance.State.CAME and enrolled(child.pk for child in found):
            raise OnTheRoll(_("A child that is in the register is not ticked back."))
        if not state:
            Attendance.objects.filter(application__in=found).delete()
            return len(found)
        for child in found:
            Attendance.objects.update_or_create(
                application=child,
                defaults={
                    "round": the_round,
                    "school_path": school.path,
                    "state": state,
                    "by": by,
                    "at": timezone.now(),
                },
            )
    return len(found)


def may_tick(user: User, the_round: Round, school: RoundSchool) -> bool:
    """Whether somebody sits at the desk of a school."""
    return may_print(user, the_round, school.path)


# --- releasing ------------------------------------------------------------------------------


def ask_to_release(the_round: Round, *, by: User, reason: str) -> Approval:
    """Ask a second person to release the seats of those who neither came nor are excused.

    Raises:
        OutOfTurn: Before the end of check-in, without a reason, or if all came.
        AlreadyAsked: If it waits already.
    """
    with transaction.atomic():
        record = require_settled(locked(the_round.pk))
        numbers = list(absentees(record).values_list("number", flat=True))
        return approvals.ask(
            RELEASE,
            matter=matter_of(the_round),
            path=the_round.path,
            by=by,
            payload={"round": the_round.pk, "numbers": sorted(numbers)},
            reason=reason,
            title=_("Release seats after check-in · %s") % the_round.ref,
            url=f"/rounds/{the_round.pk}/waiting/",
        )


def _check(approval: Approval) -> None:
    the_round = locked(approval.payload["round"])
    record = require_settled(the_round)
    span = time_for_check_in(the_round)
    if span is None or timezone.now() <= span.ends_at:
        raise OutOfTurn(_("Seats are released after the end of check-in."))
    if not approval.reason.strip():
        raise OutOfTurn(_("Say why: it stands in the decisions."))
    now = set(absentees(record).values_list("number", flat=True))
    if not approval.payload["numbers"]:
        raise OutOfTurn(_("Everybody came or is excused."))
    if set(approval.payload["numbers"]) != now:
        raise OutOfTurn(_("Who has not come is not the same any more. Ask again."))


def _carry_out(approval: Approval) -> None:
    second = approval.decided_by
    assert second is not None  # noqa: S101 -- an agreed one has its second person
    ground = Ground(Why.ABSENT, approval.reason, approval.asked_by, second)
    rows = Application.objects.filter(
        round=approval.payload["round"], number__in=approval.payload["numbers"]
    )
    for child in rows.select_related("round", "family").order_by("number"):
        decide(child, None, ground)


def _facts(approval: Approval) -> for_two.Facts:
    numbers = approval.payload["numbers"]
    yield _("Children who did not come"), len(numbers)
    yield _("Application numbers"), _(", ").join(numbers[:SHOWN])
    done = SeatDecision.objects.filter(round=approval.payload["round"], why=Why.ABSENT)
    yield _("Released before"), done.count()


def register() -> None:
    """Make the step known to the pages of approvals."""
    title = gettext_lazy("Release seats after check-in")
    for_two.register(RELEASE, title, check=_check, carry_out=_carry_out, facts=_facts)
