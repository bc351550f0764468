"""Putting pupils into classes in public: list frozen, event named, figures typed twice, drawn.

Nobody can steer it: the list and the event stand before anybody knows the figures, two people type
them apart, and the seed is the SHA-256 of the draw's name, the list's fingerprint and the figures.
A draw cannot be taken back once its event has taken place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.commons import runs
from junheng.commons.approvals import NotTheirs
from junheng.commons.models import Run
from junheng.commons.refusals import Refusal
from junheng.kernel.draws import fits
from junheng.registry.access import may_assign
from junheng.registry.engine.cap import CLASS_CAP
from junheng.registry.engine.class_assignment import (
    Assignment,
    FamilyDoesNotFit,
    NewClass,
    Newcomer,
    NoRoom,
    NotAssignable,
    Wish,
    assign,
)
from junheng.registry.files import class_assignments as files
from junheng.registry.models import ClassAssignment, SchoolClass, Standing
from junheng.registry.services.roll_overs import numbers_of
from junheng.registry.snapshots.class_assignments import Group, as_files, newcomers
from junheng.registry.verify.class_assignment import check

KIND = "registry.class_assignment"
RULES = "1"
State = ClassAssignment.State


class NotPossible(Refusal):
    """These pupils cannot be put into these classes."""


class OutOfTurn(Refusal):
    """The step does not follow from how things stand."""


class OtherFigures(Refusal):
    """Two people typed different figures; both are forgotten."""


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
        pupils = newcomers(group, wishes)
        _require_free(group)
        _require_classes(group, classes, pupils)
        wanted = _frozen(group, classes, pupils, by=by)
        drawn = len(classes) > 1
        if drawn:
            _require_event(event, example, event_at)
            wanted.event, wanted.example, wanted.event_at = event, example, event_at
        _save(wanted)
        if not drawn:
            _take(wanted, {pupil.id: classes[0].number for pupil in pupils}, {})
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
        snapshot=runs.freeze(KIND, as_files(pupils, classes)),
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


def _require_classes(group: Group, classes: Sequence[NewClass], pupils: Sequence[Newcomer]) -> None:
    """Try the engine with a seed that means nothing: what it refuses now it would refuse then."""
    if not pupils:
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
    _assigned(pupils, classes, seed="trial", year=group.school_year)


def _assigned(
    pupils: Sequence[Newcomer], classes: Sequence[NewClass], *, seed: str, year: int
) -> Assignment:
    try:
        return assign(pupils, classes, seed=seed, year=year)
    except NoRoom as refused:
        raise NotPossible(
            _("There are %(pupils)s pupils, and the classes take %(room)s.")
            % {"pupils": refused.pupils, "room": refused.room}
        ) from refused
    except FamilyDoesNotFit as refused:
        raise NotPossible(
            _("The wish of a family cannot be kept: %s.") % numbers_of(refused.pupils)
        ) from refused
    except NotAssignable as refused:
        raise NotPossible(
            _("Each class stands once, with 1 to %(cap)s pupils.") % {"cap": CLASS_CAP}
        ) from refused


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


def type_figures(pk: UUID, figures: str, *, by: User) -> ClassAssignment:
    """Type what the event said; when the second person types the same, the draw is held.

    Raises:
        NotTheirs: If the person's post does not cover it, or typed them already.
        OutOfTurn: If the event is yet to come, the draw was held, or the figures have another form.
        OtherFigures: If they differ from those typed first; both are forgotten.
    """
    with transaction.atomic():
        row = _held(pk, by)
        _require_figures(row, figures)
        if row.first_by_id is None:
            row.first_figures, row.first_by = figures, by
            row.save(update_fields=["first_figures", "first_by"])
            return row
        if row.first_by_id == by.pk:
            raise NotTheirs(_("You typed them already; another person types them again."))
        differ = row.first_figures != figures
        if differ:
            row.first_figures, row.first_by = "", None
            row.save(update_fields=["first_figures", "first_by"])
        else:
            _draw(row, figures, by)
    if differ:
        raise OtherFigures(
            _("These are not the figures that were typed first. Look both of you, and begin again.")
        )
    return row


def _held(pk: UUID, by: User) -> ClassAssignment:
    found = ClassAssignment.objects.select_for_update(of=("self",)).select_related("organisation")
    row: ClassAssignment = found.get(pk=pk)
    if not may_assign(by, row.organisation.path):
        raise NotTheirs(_("Your post does not cover this step."))
    return row


def _require_figures(row: ClassAssignment, figures: str) -> None:
    if row.state != State.FROZEN:
        raise OutOfTurn(_("This step is over: %s.") % row.get_state_display())
    if row.event_at is not None and row.event_at > timezone.now():
        moment = date_format(timezone.localtime(row.event_at), "DATETIME_FORMAT")
        raise OutOfTurn(_("The event is yet to come: %s.") % moment)
    if not fits(row.example, figures):
        raise OutOfTurn(_("Write the figures like %s.") % row.example)


def seed_for(row: ClassAssignment, figures: str) -> str:
    """SHA-256 of `name|fingerprint of the list|figures`, as everybody can repeat it."""
    text = f"{row.pk}|{row.snapshot.sha256}|{figures}"
    return hashlib.sha256(text.encode()).hexdigest()


def _draw(row: ClassAssignment, figures: str, by: User) -> None:
    seed = seed_for(row, figures)
    frozen = runs.thaw(row.snapshot)
    pupils, classes = files.read(frozen)
    result = _assigned(pupils, classes, seed=seed, year=row.school_year)
    outputs = files.write(result)
    if faults := check(frozen["pupils.csv"], frozen["classes.csv"], outputs["placements.csv"]):
        raise NotPossible(
            _("The independent check objects, so nothing was kept: %s") % "; ".join(faults[:3])
        )
    row.figures, row.second_by, row.seed = figures, by, seed
    row.run = _run(row, result, outputs, by)
    row.state, row.result = State.DRAWN, _figures_of(result)
    row.save()


def _run(row: ClassAssignment, result: Assignment, outputs: Mapping[str, bytes], by: User) -> Run:
    run = runs.request_run(
        kind=KIND,
        matter=f"class assignment {row.pk}",
        snapshot=row.snapshot,
        rules_version=RULES,
        seed=row.seed,
        by=by,
    )
    runs.start(run)
    runs.attach(run, outputs)
    digest = hashlib.sha256(outputs["placements.csv"]).hexdigest()
    receipt = {
        "ref": str(row.pk),
        "list": row.snapshot.sha256,
        "figures": row.figures,
        "seed": row.seed,
        "year": row.school_year,
        "gaps": dict(result.gaps),
        "placements_sha256": digest,
    }
    runs.finish(run, receipt=receipt, result_sha256=digest)
    return run


def _figures_of(result: Assignment) -> dict[str, Any]:
    rows = [{**asdict(each), "ages": list(each.ages)} for each in result.classes]
    for each in rows:
        each["born_on"] = each["born_on"].isoformat() if each["born_on"] else ""
    return {"placed": dict(result.placed), "classes": rows, "gaps": dict(result.gaps)}


def publish(pk: UUID, *, by: User) -> ClassAssignment:
    """Make a draw the result: entrants get their classes, other classes go on so at the turn.

    Raises:
        NotTheirs: If the person's post does not cover the school.
        OutOfTurn: If nothing was drawn, or it is published already.
        NotPossible: If the database refuses a class.
    """
    with transaction.atomic():
        row = _held(pk, by)
        if row.state != State.DRAWN or row.run is None:
            raise OutOfTurn(_("This step is over: %s.") % row.get_state_display())
        runs.publish(row.run, by)
        _take(row, row.result["placed"], row.result)
    return row


def _take(row: ClassAssignment, placed: Mapping[str, int], result: Mapping[str, Any]) -> None:
    row.state, row.published_at = State.PUBLISHED, timezone.now()
    row.result = {**result, "placed": dict(placed)}
    row.save(update_fields=["state", "published_at", "result"])
    if row.sources:
        return
    try:
        with transaction.atomic():
            for number, _most in row.targets:
                _fill(row, number, [UUID(p) for p, to in placed.items() if to == number])
    except IntegrityError as error:
        raise NotPossible(_("A class would pass the cap of 55, so nobody was placed.")) from error


def _fill(row: ClassAssignment, number: int, pupils: Sequence[UUID]) -> None:
    """Give those their class who are still in none; who left meanwhile stays where it is."""
    into, _new = SchoolClass.objects.get_or_create(
        organisation=row.organisation,
        school_year=row.school_year,
        grade=row.grade,
        number=number,
        defaults={"size": 0, "counted_on": timezone.localdate(), "by_register": True},
    )
    waiting = (
        Standing.objects.open()
        .studying()
        .filter(
            pupil__in=pupils,
            organisation=row.organisation,
            school_year=row.school_year,
            grade=row.grade,
            school_class=None,
        )
    )
    waiting.update(school_class=into)


def withdraw(pk: UUID, *, by: User) -> ClassAssignment:
    """Give a frozen list up before its event, or the merging of classes before the turn.

    Raises:
        NotTheirs: If the person's post does not cover the school.
        OutOfTurn: If the event has taken place, or the classes were filled.
    """
    with transaction.atomic():
        row = _held(pk, by)
        merged = row.event == "" and row.state == State.PUBLISHED and bool(row.sources)
        waits = row.state == State.FROZEN and row.event_at and row.event_at > timezone.now()
        if not (merged or waits):
            raise OutOfTurn(_("A draw cannot be taken back once its event has taken place."))
        row.state = State.WITHDRAWN
        row.save(update_fields=["state"])
    return row
