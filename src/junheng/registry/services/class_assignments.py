"""Freezing the list of pupils who are to be put into classes, and naming the event that decides.

The list and the event stand before anybody knows the figures; `class_draws` holds the draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.commons import runs
from junheng.commons.approvals import NotTheirs
from junheng.registry.access import may_assign
from junheng.registry.engine.class_assignment import NewClass, Newcomer, Wish
from junheng.registry.files import class_assignments as files
from junheng.registry.models import ClassAssignment, DrawnPupil, SchoolClass
from junheng.registry.services.class_draws import (
    NotPossible,
    OutOfTurn,
    State,
    assigned,
    held,
    take,
)
from junheng.registry.services.roll_overs import numbers_of
from junheng.registry.snapshots.class_assignments import Group, listed


def freeze_list(
    group: Group,
    classes: Sequence[NewClass],
    *,
    wishes: Mapping[str, Wish],
    event: str,
    example: str,
    event_at: datetime | None,
    by: User,
) -> ClassAssignment:
    """Freeze the list of pupils and name the event whose figures will decide.

    Args:
        group: Whose pupils.
        classes: The classes that they are to get, each with the most it may have.
        wishes: What families of twins chose, by the key of their household.
        event: The public event, in words.
        example: How its figures are written: each digit stands for a digit.
        event_at: When it takes place; it must be yet to come.
        by: Who does it.

    Raises:
        NotTheirs: If the person's post does not cover the school's classes.
        NotPossible: If there are no pupils, or they do not fit.
        OutOfTurn: If there is no event to come, or another list of this grade is frozen.
    """
    if not may_assign(by, group.organisation.path):
        raise NotTheirs(_("Your post does not cover this step."))
    with transaction.atomic():
        members = listed(group, wishes)
        _require_free(group)
        _require_classes(group, classes, members)
        wanted = _frozen(group, classes, list(members.values()), by=by)
        drawn = len(classes) > 1
        if drawn:
            _require_event(event, example, event_at)
            wanted.event, wanted.example, wanted.event_at = event, example, event_at
        _save(wanted)
        DrawnPupil.objects.bulk_create(
            DrawnPupil(assignment=wanted, pupil_id=pk, listed=int(pupil.id))
            for pk, pupil in members.items()
        )
        if not drawn:
            take(wanted)
    return wanted


def _frozen(
    group: Group, classes: Sequence[NewClass], pupils: Sequence[Newcomer], *, by: User
) -> ClassAssignment:
    """The list as it is now, without an event; not saved."""
    return ClassAssignment(
        organisation=group.organisation,
        school_year=group.school_year,
        grade=group.grade,
        sources=list(group.sources),
        targets=[[each.number, each.most] for each in classes],
        pupils=len(pupils),
        snapshot=runs.freeze(files.KIND, files.freezable(pupils, classes)),
        frozen_by=by,
    )


def _require_free(group: Group) -> None:
    """Make sure that no class is split, merged or mixed twice at one turn of the year."""
    others = ClassAssignment.objects.filter(
        organisation=group.organisation, school_year=group.school_year, grade=group.grade
    ).exclude(state=State.WITHDRAWN)
    taken = {number for row in others for number in row.sources}
    if twice := sorted(taken & set(group.sources)):
        raise OutOfTurn(
            _("These classes are split or merged already: %s.") % ", ".join(map(str, twice))
        )


def _require_classes(
    group: Group, classes: Sequence[NewClass], members: Mapping[UUID, Newcomer]
) -> None:
    """Try the engine with a seed that means nothing: what it refuses now it would refuse then."""
    if not members:
        raise NotPossible(_("There is nobody to be put into classes here."))
    taken = SchoolClass.objects.filter(
        organisation=group.organisation,
        school_year=group.school_year,
        grade=group.grade,
        number__in=[each.number for each in classes],
        size__gt=0,
    )
    if numbers := sorted(taken.values_list("number", flat=True)):
        raise NotPossible(
            _("These classes have pupils already: %s. A draw is for empty classes.")
            % ", ".join(map(str, numbers))
        )

    def named(refused: Sequence[str]) -> str:
        return numbers_of(str(pk) for pk, pupil in members.items() if pupil.id in refused)

    pupils = list(members.values())
    assigned(pupils, classes, seed="trial", year=group.school_year, named=named)


def _require_event(event: str, example: str, event_at: datetime | None) -> None:
    if not event.strip() or not any(sign.isdigit() for sign in example):
        raise OutOfTurn(_("Name the public event, and write an example of its figures."))
    if event_at is None or event_at <= timezone.now():
        raise OutOfTurn(_("The event must be yet to come."))


def _save(wanted: ClassAssignment) -> None:
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
    except IntegrityError as error:
        raise OutOfTurn(_("A list of this grade is frozen already.")) from error


def withdraw(pk: UUID, *, by: User) -> ClassAssignment:
    """Give a frozen list up before its event, or the merging of classes before the turn.

    Raises:
        NotTheirs: If the person's post does not cover the school.
        OutOfTurn: If the event has taken place, or the classes were filled.
    """
    with transaction.atomic():
        row = held(pk, by)
        merged = row.event == "" and row.state == State.PUBLISHED and bool(row.sources)
        waits = row.state == State.FROZEN and row.event_at and row.event_at > timezone.now()
        if not (merged or waits):
            raise OutOfTurn(_("A draw cannot be taken back once its event has taken place."))
        row.state = State.WITHDRAWN
        row.save(update_fields=["state"])
    return row
