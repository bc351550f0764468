"""What happens to a pupil's record: each movement ends one standing and begins the next."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from junheng.commons.history import reason
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Organisation
from junheng.registry.models import Movement, Pupil, SchoolClass, Standing, State
from junheng.registry.models.standings import STATE_AFTER
from junheng.registry.services.movement_checks import (
    Deed,
    grades_open,
    require_class,
    require_grade,
    require_this_year,
    require_turn,
    said,
)
from junheng.registry.services.pupils import entering, school_on


def change_class(pupil: Pupil, school_class: SchoolClass, deed: Deed) -> Standing:
    """Into another class of the same grade.

    Raises:
        OutOfOrder, WrongDay, WrongClass, LargeClass: As their names say.
    """
    return _move(pupil, Movement.CLASS_CHANGED, deed, school_class=school_class)


def transfer(
    pupil: Pupil, to: Organisation, deed: Deed, *, school_class: SchoolClass | None = None
) -> Standing:
    """To another school of the register, same grade; the class may follow later.

    Raises:
        OutOfOrder, WrongDay, WrongClass, LargeClass, NoSuchSchool, ClassesFull: As they say.
    """
    return _move(pupil, Movement.TRANSFERRED, deed, organisation=to, school_class=school_class)


def suspend(pupil: Pupil, deed: Deed) -> Standing:
    """For a time; the place in the class is free meanwhile."""
    return _move(pupil, Movement.SUSPENDED, deed)


def resume(
    pupil: Pupil, deed: Deed, *, grade: int | None = None, school_class: SchoolClass | None = None
) -> Standing:
    """Back after a suspension, into the grade of before or another one."""
    return _move(pupil, Movement.RESUMED, deed, grade=grade, school_class=school_class)


def repeat(
    pupil: Pupil, deed: Deed, *, grade: int | None = None, school_class: SchoolClass | None = None
) -> Standing:
    """Back into the grade below, in the course of a year; at its turn `HeldBack` says who stays.

    Raises:
        OutOfOrder, WrongDay, WrongGrade, WrongClass, LargeClass, ClassesFull: As they say.
    """
    return _regrade(pupil, Movement.HELD_BACK, deed, grade, school_class)


def skip(
    pupil: Pupil, deed: Deed, *, grade: int | None = None, school_class: SchoolClass | None = None
) -> Standing:
    """Into the grade above, in the course of a year.

    Raises:
        OutOfOrder, WrongDay, WrongGrade, WrongClass, LargeClass, ClassesFull: As they say.
    """
    return _regrade(pupil, Movement.MOVED_UP, deed, grade, school_class)


def _regrade(
    pupil: Pupil, movement: Movement, deed: Deed, grade: int | None, row: SchoolClass | None
) -> Standing:
    before = current(pupil)
    (wanted,) = grades_open(before, movement, deed.on) or (0,)
    return _move(pupil, movement, deed, grade=grade or wanted or before.grade, school_class=row)


def drop_out(pupil: Pupil, deed: Deed) -> Standing:
    """A child that stopped coming: it stays on its school's list until it is back."""
    return _move(pupil, Movement.DROPPED_OUT, deed)


def bring_back(
    pupil: Pupil,
    deed: Deed,
    *,
    to: Organisation | None = None,
    grade: int | None = None,
    school_class: SchoolClass | None = None,
) -> Standing:
    """Back at school after dropping out or leaving."""
    return _move(
        pupil, Movement.RETURNED, deed, organisation=to, grade=grade, school_class=school_class
    )


def leave(pupil: Pupil, deed: Deed) -> Standing:
    """Out of this register: to another district, abroad, or deceased; the paper says which."""
    return _move(pupil, Movement.LEFT, deed)


def graduate(pupil: Pupil, deed: Deed) -> Standing:
    """At the end of the last grade of a level, whom no turn of the year graduated.

    Raises:
        OutOfOrder, WrongDay, WrongGrade: As they say.
    """
    return _move(pupil, Movement.GRADUATED, deed)


def begin(
    pupil: Pupil,
    movement: Movement,
    deed: Deed,
    *,
    grade: int,
    school_class: SchoolClass | None = None,
) -> Standing:
    """A record with its first standing, in this school year; the record is written here as well.

    Raises:
        WrongDay, WrongClass, LargeClass, NoSuchSchool, ClassesFull: As they say.
    """
    with transaction.atomic(), reason(f"{movement.label} {deed.paper}".strip()):
        require_this_year(deed.on)
        school_on(pupil.organisation, grade, deed.on)
        pupil.save(force_insert=True)
        after = entering(
            pupil,
            pupil.organisation,
            grade=grade,
            on=deed.on,
            school_class=school_class,
            movement=movement,
            paper=deed.paper,
            entered_by=deed.by,
            approved_by=deed.approved_by,
        )
        _lock_classes(None, after)
        require_class(None, after)
        _save(after)
    return after


def come_again(
    pupil: Pupil,
    movement: Movement,
    deed: Deed,
    *,
    to: Organisation,
    grade: int,
    school_class: SchoolClass | None = None,
) -> Standing:
    """Into this register once more, with the same record: from outside, or to the next level.

    Raises:
        OutOfOrder, WrongDay, WrongClass, LargeClass, NoSuchSchool, ClassesFull: As they say.
    """
    require_this_year(deed.on)
    return _move(pupil, movement, deed, organisation=to, grade=grade, school_class=school_class)


def current(pupil: Pupil) -> Standing:
    """Where a pupil stands until further notice."""
    standing: Standing = (
        Standing.objects.open().select_related("organisation", "school_class").get(pupil=pupil)
    )
    return standing


def _move(pupil: Pupil, movement: Movement, deed: Deed, **where: Any) -> Standing:
    """One transaction: locked, judged, ended and begun; the database has the last word."""
    with transaction.atomic(), reason(f"{movement.label} {deed.paper}".strip()):
        Pupil.objects.select_for_update().only("pk").get(pk=pupil.pk)
        before = current(pupil)
        require_turn(before, movement, deed)
        after = _following(before, movement, deed, **where)
        require_grade(before, after, movement, deed.on)
        _lock_classes(before, after)
        require_class(before, after)
        through = movement == Movement.GRADUATED
        Standing.objects.filter(pk=before.pk).update(valid_to=deed.on, completed=through)
        _save(after)
    return after


def _save(after: Standing) -> None:
    try:
        with transaction.atomic():
            after.save(force_insert=True)
    except IntegrityError as error:
        raise said(error, after) from error


def _lock_classes(before: Standing | None, after: Standing) -> None:
    """Both at once and in one order, so that two who change places do not wait for each other."""
    both = (before.school_class_id if before else None, after.school_class_id)
    wanted = [pk for pk in both if pk is not None]
    locked = SchoolClass.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    found = {row.pk: row for row in locked}
    after.school_class = found.get(after.school_class_id) if after.school_class_id else None


def _following(
    before: Standing,
    movement: Movement,
    deed: Deed,
    *,
    organisation: Organisation | None = None,
    grade: int | None = None,
    school_class: SchoolClass | None = None,
) -> Standing:
    year = SchoolYear.of(deed.on).start
    return Standing(
        pupil_id=before.pupil_id,
        organisation=organisation or before.organisation,
        school_year=before.school_year if movement == Movement.GRADUATED else year,
        grade=grade or before.grade,
        school_class=school_class,
        state=STATE_AFTER.get(movement, State.STUDYING),
        valid_from=deed.on,
        movement=movement,
        paper=deed.paper,
        entered_by=deed.by,
        approved_by=deed.approved_by,
    )
