"""Holding a draw of classes: figures typed by two people, drawn, published.

The seed is the SHA-256 of the draw's name, the list's fingerprint and the figures; nobody can steer
it, and a draw cannot be taken back once its event has taken place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Case, PositiveSmallIntegerField, Value, When
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
    assign,
)
from junheng.registry.files import class_assignments as files
from junheng.registry.models import ClassAssignment, SchoolClass, Standing
from junheng.registry.verify.class_assignment import check

RULES = "2"
"""1 knew days of birth; 2 knows quarters of the grade only."""
State = ClassAssignment.State


class NotPossible(Refusal):
    """These pupils cannot be put into these classes."""


class OutOfTurn(Refusal):
    """The step does not follow from how things stand."""


class OtherFigures(Refusal):
    """Two people typed different figures; both are forgotten."""


def assigned(
    pupils: Sequence[Newcomer],
    classes: Sequence[NewClass],
    *,
    seed: str,
    year: int,
    named: Callable[[Sequence[str]], str] = ", ".join,
) -> Assignment:
    """What the engine says.

    Args:
        pupils: Those of the list.
        classes: The classes that they are to get.
        seed: What decides, or a word that means nothing to try it.
        year: Calendar year in which the school year of the classes begins.
        named: Calls a few pupils of the list by what an officer knows them by.

    Raises:
        NotPossible: If these pupils cannot be put into these classes.
    """
    try:
        return assign(pupils, classes, seed=seed, year=year)
    except NoRoom as refused:
        raise NotPossible(
            _("There are %(pupils)s pupils, and the classes take %(room)s.")
            % {"pupils": refused.pupils, "room": refused.room}
        ) from refused
    except FamilyDoesNotFit as refused:
        raise NotPossible(
            _("The wish of a family cannot be kept: %s.") % named(refused.pupils)
        ) from refused
    except NotAssignable as refused:
        raise NotPossible(
            _("Each class stands once, with 1 to %(cap)s pupils.") % {"cap": CLASS_CAP}
        ) from refused


def type_figures(pk: UUID, figures: str, *, by: User) -> ClassAssignment:
    """Type what the event said; when the second person types the same, the draw is held.

    Raises:
        NotTheirs: If the person's post does not cover it, or typed them already.
        OutOfTurn: If the event is yet to come, the draw was held, or the figures have another form.
        OtherFigures: If they differ from those typed first; both are forgotten.
    """
    with transaction.atomic():
        row = held(pk, by)
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


def held(pk: UUID, by: User) -> ClassAssignment:
    """A class assignment that nobody else changes until the transaction ends.

    Raises:
        NotTheirs: If the person's post does not cover the school's classes.
    """
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
    result = assigned(pupils, classes, seed=seed, year=row.school_year)
    outputs = files.write(result)
    if faults := check(frozen[files.PUPILS], frozen[files.CLASSES], outputs[files.PLACEMENTS]):
        raise NotPossible(
            _("The independent check objects, so nothing was kept: %s") % "; ".join(faults[:3])
        )
    row.figures, row.second_by, row.seed = figures, by, seed
    row.run = _run(row, result, outputs, by)
    _place(row, result.placed)
    row.state, row.result = State.DRAWN, _figures_of(result)
    row.save()


def _place(row: ClassAssignment, placed: Mapping[str, int]) -> None:
    """Write down which class each number of the list got."""
    members: dict[int, list[int]] = {}
    for listed, number in placed.items():
        members.setdefault(number, []).append(int(listed))
    into = (When(listed__in=numbers, then=Value(n)) for n, numbers in members.items())
    row.drawn.update(number=Case(*into, output_field=PositiveSmallIntegerField()))


def _run(row: ClassAssignment, result: Assignment, outputs: Mapping[str, bytes], by: User) -> Run:
    run = runs.request_run(
        kind=files.KIND,
        matter=f"class assignment {row.pk}",
        snapshot=row.snapshot,
        rules_version=RULES,
        seed=row.seed,
        by=by,
    )
    runs.start(run)
    runs.attach(run, outputs)
    digest = hashlib.sha256(outputs[files.PLACEMENTS]).hexdigest()
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
    return {"classes": rows, "gaps": dict(result.gaps)}


def publish(pk: UUID, *, by: User) -> ClassAssignment:
    """Make a draw the result: entrants get their classes, other classes go on so at the turn.

    Raises:
        NotTheirs: If the person's post does not cover the school.
        OutOfTurn: If nothing was drawn, or it is published already.
        NotPossible: If the database refuses a class.
    """
    with transaction.atomic():
        row = held(pk, by)
        if row.state != State.DRAWN or row.run is None:
            raise OutOfTurn(_("This step is over: %s.") % row.get_state_display())
        runs.publish(row.run, by)
        take(row)
    return row


def take(row: ClassAssignment) -> None:
    """Give the pupils their classes; those of other classes go on so at the turn of the year.

    Raises:
        NotPossible: If the database refuses a class.
    """
    row.state, row.published_at = State.PUBLISHED, timezone.now()
    row.save(update_fields=["state", "published_at"])
    if len(row.targets) == 1:
        row.drawn.update(number=row.targets[0][0])
    if row.sources:
        return
    try:
        with transaction.atomic():
            for number, _most in row.targets:
                _fill(row, number)
    except IntegrityError as error:
        raise NotPossible(_("A class would pass the cap of 55, so nobody was placed.")) from error


def _fill(row: ClassAssignment, number: int) -> None:
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
            pupil__in=row.drawn.filter(number=number).values("pupil"),
            organisation=row.organisation,
            school_year=row.school_year,
            grade=row.grade,
            school_class=None,
        )
    )
    waiting.update(school_class=into)
