"""What two people do to a record or a class: a school or officer asks, the bureau agrees.

A step is tried when it is asked for and again when it is agreed to: carried out and taken back,
so that what is said beforehand is exactly what would be said then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User, Visitor, holds, scope_q
from junheng.commons import approvals
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal
from junheng.registry.access import (
    RECORD_APPROVERS,
    RECORD_KEEPERS,
    may_approve_record,
    may_keep_record,
)
from junheng.registry.engine.cap import CLASS_CAP
from junheng.registry.models import ClassExemption, Movement, Pupil, SchoolClass, Standing
from junheng.registry.services import movements
from junheng.registry.services.movement_checks import Deed

MOVEMENT, EXEMPTION = "registry.movement", "registry.exemption"
TITLES = {
    MOVEMENT: gettext_lazy("Change of a pupil's record"),
    EXEMPTION: gettext_lazy("Exemption from the class cap"),
}
ALONE = (Movement.CLASS_CHANGED, Movement.DROPPED_OUT)
"""What a school writes down by itself: a class is its own affair, and a child that stopped coming
is a fact that waits for nobody."""
FOR_TWO = (
    Movement.SUSPENDED,
    Movement.RESUMED,
    Movement.RETURNED,
    Movement.HELD_BACK,
    Movement.MOVED_UP,
    Movement.GRADUATED,
    Movement.LEFT,
)
Act = Callable[[Pupil, Deed, SchoolClass | None, int | None], Standing]
ACTS: dict[str, Act] = {
    Movement.CLASS_CHANGED: lambda pupil, deed, row, _grade: movements.change_class(
        pupil, cast(SchoolClass, row), deed
    ),
    Movement.DROPPED_OUT: lambda pupil, deed, *_none: movements.drop_out(pupil, deed),
    Movement.SUSPENDED: lambda pupil, deed, *_none: movements.suspend(pupil, deed),
    Movement.RESUMED: lambda pupil, deed, row, grade: movements.resume(
        pupil, deed, grade=grade, school_class=row
    ),
    Movement.RETURNED: lambda pupil, deed, row, grade: movements.bring_back(
        pupil, deed, grade=grade, school_class=row
    ),
    Movement.HELD_BACK: lambda pupil, deed, row, grade: movements.repeat(
        pupil, deed, grade=grade, school_class=row
    ),
    Movement.MOVED_UP: lambda pupil, deed, row, grade: movements.skip(
        pupil, deed, grade=grade, school_class=row
    ),
    Movement.GRADUATED: lambda pupil, deed, *_none: movements.graduate(pupil, deed),
    Movement.LEFT: lambda pupil, deed, *_none: movements.leave(pupil, deed),
}


class NotExempt(Refusal):
    """An exemption needs a size above the cap, an end to come, a reason and a paper."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A movement that somebody writes down.

    Attributes:
        movement: Which one.
        on: Its first day.
        paper: What it rests on.
        school_class: The class, where the pupil comes to one.
        grade: The grade, where the pupil comes to another one; None for the usual one.
    """

    movement: str
    on: date
    paper: str
    school_class: SchoolClass | None = None
    grade: int | None = None


def move(pupil: Pupil, wanted: Wanted, *, by: User) -> Approval | None:
    """Carry a movement out, or ask the bureau for it where two people are needed.

    Returns:
        What waits for the second person now; None if it is done.

    Raises:
        Refusal: As the movement says.
    """
    if wanted.movement in ALONE:
        deed = Deed(on=wanted.on, by=by, paper=wanted.paper)
        ACTS[wanted.movement](pupil, deed, wanted.school_class, wanted.grade)
        return None
    label = Movement(wanted.movement).label
    return approvals.ask(
        MOVEMENT,
        matter=f"registry.pupil.{pupil.number}",
        path=pupil.organisation.path,
        by=by,
        payload={
            "pupil": pupil.number,
            "movement": wanted.movement,
            "on": wanted.on.isoformat(),
            "paper": wanted.paper,
            "class": wanted.school_class.pk if wanted.school_class else None,
            "grade": wanted.grade,
        },
        title=f"{label} · {pupil.number}",
        url=reverse("registry:pupil", args=[pupil.number]),
    )


def exempt(
    row: SchoolClass, *, size: int, until: date, reason: str, paper: str, by: User
) -> Approval:
    """Ask that a class may be above the cap until a day.

    Args:
        row: The class.
        size: Pupils it may have at most, 56 and more.
        until: The last day.
        reason: Why.
        paper: The paper that says so.
        by: Who asks.

    Raises:
        NotExempt: If anything of it is missing.
    """
    return approvals.ask(
        EXEMPTION,
        matter=f"registry.class.{row.pk}",
        path=row.organisation.path,
        by=by,
        payload={"class": row.pk, "size": size, "until": until.isoformat(), "paper": paper},
        reason=reason,
        title=f"{TITLES[EXEMPTION]} · {row.organisation.name} {row}",
        url=reverse("registry:exempt", args=[row.pk]),
    )


def changes_waiting(user: User) -> int:
    """How many changes of records that somebody may see wait for their second person."""
    pending = Approval.objects.filter(visible(user), state=Approval.State.PENDING)
    return pending.filter(kind__in=(MOVEMENT, "registry.arrival")).count()


def register() -> None:
    """Make both steps known to the pages of approvals."""
    for kind, check, carry_out, facts in (
        (MOVEMENT, _try_movement, _carry_out_movement, _facts_of_movement),
        (EXEMPTION, _check_exemption, _carry_out_exemption, _facts_of_exemption),
    ):
        approvals.register(
            approvals.Step(
                kind,
                TITLES[kind],
                may_keep_record,
                may_approve_record,
                visible,
                takes_part,
                check,
                carry_out,
                facts,
            )
        )


def visible(user: Visitor) -> Q:
    """Which steps somebody may read: those within the scope of their posts."""
    return scope_q(user, "path", frozenset((*RECORD_APPROVERS, *RECORD_KEEPERS)))


def takes_part(user: Visitor) -> bool:
    """Whether somebody has to do with such steps anywhere."""
    return holds(user, *RECORD_APPROVERS, *RECORD_KEEPERS)


# ---------------------------------------------------------------------------- movements


def _try_movement(approval: Approval) -> None:
    with transaction.atomic():
        _move(approval, None)
        transaction.set_rollback(True)


def _carry_out_movement(approval: Approval) -> None:
    _move(approval, cast(User, approval.decided_by))


def _move(approval: Approval, approved_by: User | None) -> None:
    said = approval.payload
    deed = Deed(
        on=date.fromisoformat(said["on"]),
        by=approval.asked_by,
        paper=said["paper"],
        approved_by=approved_by,
    )
    pupil = Pupil.objects.get(number=said["pupil"])
    ACTS[said["movement"]](pupil, deed, _class_of(said), said.get("grade"))


def _class_of(said: dict[str, Any]) -> SchoolClass | None:
    return SchoolClass.objects.filter(pk=said["class"]).first() if said["class"] else None


def _facts_of_movement(approval: Approval) -> Iterator[tuple[str, object]]:
    said = approval.payload
    pupil = Pupil.objects.select_related("organisation").get(number=said["pupil"])
    yield _("Pupil"), pupil.number
    yield _("School"), pupil.organisation.name
    yield _("Movement"), Movement(said["movement"]).label
    yield _("From"), date.fromisoformat(said["on"])
    yield _("Paper"), said["paper"]
    if said.get("grade"):
        yield _("Grade"), said["grade"]
    row = _class_of(said)
    if row is not None:
        yield _("Class"), str(row)


# ---------------------------------------------------------------------------- exemptions


def _check_exemption(approval: Approval) -> None:
    said = approval.payload
    if said["size"] <= CLASS_CAP:
        raise NotExempt(_("Up to %(cap)d pupils no exemption is needed.") % {"cap": CLASS_CAP})
    if date.fromisoformat(said["until"]) <= timezone.localdate():
        raise NotExempt(_("An exemption ends on a day that is yet to come."))
    if not approval.reason.strip() or not said["paper"].strip():
        raise NotExempt(_("An exemption says why, and names the paper."))


def _carry_out_exemption(approval: Approval) -> None:
    said = approval.payload
    row = SchoolClass.objects.select_for_update().get(pk=said["class"])
    until = date.fromisoformat(said["until"])
    ClassExemption.objects.create(
        school_class=row,
        size=said["size"],
        until=until,
        reason=approval.reason,
        paper=said["paper"],
        asked_by=approval.asked_by,
        approved_by=cast(User, approval.decided_by),
    )
    row.exempt_size, row.exempt_until = said["size"], until
    row.save()


def _facts_of_exemption(approval: Approval) -> Iterator[tuple[str, object]]:
    said = approval.payload
    row = SchoolClass.objects.select_related("organisation").get(pk=said["class"])
    yield _("School"), row.organisation.name
    yield _("Class"), str(row)
    yield _("Pupils"), row.size
    yield _("Exempt up to"), said["size"]
    yield _("Exempt until"), date.fromisoformat(said["until"])
    yield _("Paper"), said["paper"]
