"""The turn of the year as long work, and the two steps of it that need two people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User, Visitor, scope_q
from junheng.commons import approvals
from junheng.commons.jobs import Progress, job
from junheng.commons.models import Approval, Job
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Place
from junheng.registry.access import TURNERS, may_keep, may_turn
from junheng.registry.models import RollOver
from junheng.registry.services import roll_overs, turning

TURN, UNDO = "registry.roll_over", "registry.undo_roll_over"
TITLES = {
    TURN: gettext_lazy("Turn the school year"),
    UNDO: gettext_lazy("Undo the turn of the school year"),
}


@job("registry.plan_roll_over", title=gettext_lazy("Plan the turn of the year"))
def plan(progress: Progress, *, roll_over: str) -> str:
    """Work the plan out; the officer is led to it."""
    roll_overs.make_plan(UUID(roll_over), progress.step)
    return reverse("registry:roll_over", args=[roll_over])


@job(roll_overs.CARRYING_OUT, title=gettext_lazy("Turn the school year"))
def carry_out(progress: Progress, *, roll_over: str) -> str:
    """Move the pupils of a county up."""
    turning.carry_out(UUID(roll_over), progress.step)
    return reverse("registry:roll_over", args=[roll_over])


@job("registry.undo_roll_over", title=gettext_lazy("Undo the turn of the school year"))
def undo(progress: Progress, *, roll_over: str) -> str:
    """Put the pupils of a county back."""
    turning.undo(UUID(roll_over), progress.step)
    return reverse("registry:roll_over", args=[roll_over])


def start_plan(place: Place, year: SchoolYear, *, by: User) -> Job:
    """Ask for a plan and put it into the queue, both or neither.

    Raises:
        NotTheirs: If the person does not keep the county's register.
        OutOfTurn: If the turn is being carried out at this moment.
    """
    with transaction.atomic():
        row = roll_overs.request_plan(place, year, by=by)
        return plan.later(
            by=by,
            path=place.path,
            title=_("Plan the turn of %s") % year,
            url=reverse("registry:roll_over", args=[row.pk]),
            roll_over=str(row.pk),
        )


def ask(kind: str, row: RollOver, *, by: User) -> Approval:
    """Ask for a step of a turn; it begins when the second person agrees.

    Raises:
        AlreadyAsked, NotTheirs, OutOfTurn, ChangedSince: As the words say.
    """
    return approvals.ask(
        kind,
        matter=matter_of(row),
        path=row.place.path,
        by=by,
        payload={"roll_over": str(row.pk)},
        title=f"{TITLES[kind]} · {row.place.name} {row.year}",
        url=reverse("registry:roll_over", args=[row.pk]),
    )


def matter_of(row: RollOver) -> str:
    """What approvals of a turn belong to."""
    return f"registry.roll_over.{row.pk}"


def register() -> None:
    """Make the steps known to the pages of approvals."""
    for kind, check, begin in ((TURN, _check_turn, _begin_turn), (UNDO, _check_undo, _begin_undo)):
        approvals.register(
            approvals.Step(
                kind, TITLES[kind], may_keep, may_turn, _visible, _takes_part, check, begin, _facts
            )
        )


def _visible(user: Visitor) -> Q:
    return scope_q(user, "path", frozenset(TURNERS))


def _takes_part(user: Visitor) -> bool:
    return may_turn(user)


def _of(approval: Approval) -> RollOver:
    row: RollOver = RollOver.objects.select_related("place", "run__snapshot").get(
        pk=approval.payload["roll_over"]
    )
    return row


def _check_turn(approval: Approval) -> None:
    roll_overs.require_plan(_of(approval))


def _begin_turn(approval: Approval) -> None:
    asked, agreed = approval.asked_by, cast(User, approval.decided_by)
    row = roll_overs.begin(_of(approval).pk, asked_by=asked, approved_by=agreed)
    carry_out.later(
        by=asked, path=row.place.path, title=approval.title, url=approval.url, roll_over=str(row.pk)
    )


def _check_undo(approval: Approval) -> None:
    turning.require_untouched(_of(approval))


def _begin_undo(approval: Approval) -> None:
    row = _of(approval)
    undo.later(
        by=approval.asked_by,
        path=row.place.path,
        title=approval.title,
        url=approval.url,
        roll_over=str(row.pk),
    )


def _facts(approval: Approval) -> Iterator[tuple[str, object]]:
    row = _of(approval)
    yield _("School year that ends"), str(row.year)
    yield _("Pupils who move up"), row.counts["moved"]
    yield _("Pupils who graduate"), row.counts["graduated"]
    yield _("Pupils who are not moved"), row.counts["unmoved"]
    yield _("Classes refused because they would be too large"), row.counts["refused_classes"]
