"""What happens to a pupil's record: each movement ends one standing and begins the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.commons.history import reason
from junheng.commons.refusals import Refusal
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Organisation
from junheng.registry.engine.cap import CLASS_CAP, most_by_exemption
from junheng.registry.engine.movements import LARGE_CLASS, grades_after, may_follow
from junheng.registry.engine.transfers import LARGE_GRADE
from junheng.registry.models import Movement, Pupil, SchoolClass, Standing, State
from junheng.registry.models.standings import STATE_AFTER
from junheng.registry.services.pupils import entering, require_room, school_on


class OutOfOrder(Refusal):
    """This cannot follow what the record says now."""


class WrongDay(Refusal):
    """The day lies before what the record says already, or is yet to come."""


class LargeClass(Refusal):
    """Nobody comes into a class or grade that is large."""


class WrongClass(Refusal):
    """The class is none of this school, year and grade."""


class WrongGrade(Refusal):
    """By this movement nobody comes into that grade."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What stands beside every movement.

    Attributes:
        on: The first day on which it holds; not before the current standing began, not after today.
        by: Who enters it.
        paper: Number or title of the paper it rests on.
        approved_by: Who approved it, somebody else; None where nobody has to.
    """

    on: date
    by: User
    paper: str
    approved_by: User | None = None


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


def grades_open(before: Standing, movement: str, on: date) -> tuple[int, ...]:
    """Into which grades a movement of a day may lead, the usual one first."""
    years = SchoolYear.of(on).start - before.school_year
    return grades_after(movement, grade=before.grade, years=max(years, 0))


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
    """At the end of the last grade of a level."""
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
        _require_class(None, after)
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
        _require_turn(before, movement, deed)
        after = _following(before, movement, deed, **where)
        _require_grade(before, after, movement, deed.on)
        _lock_classes(before, after)
        _require_class(before, after)
        Standing.objects.filter(pk=before.pk).update(valid_to=deed.on)
        _save(after)
    return after


def _save(after: Standing) -> None:
    try:
        with transaction.atomic():
            after.save(force_insert=True)
    except IntegrityError as error:
        raise _said(error, after) from error


def require_this_year(on: date) -> None:
    """Who comes into the register comes into the classes that there are.

    Raises:
        WrongDay: If the day lies in another school year, or is yet to come.
    """
    today = timezone.localdate()
    first = SchoolYear.of(today).starts_on
    if not first <= on <= today:
        raise WrongDay(
            _("The first day lies between %(first)s, when the school year began, and today.")
            % {"first": first}
        )


def _lock_classes(before: Standing | None, after: Standing) -> None:
    """Both at once and in one order, so that two who change places do not wait for each other."""
    both = (before.school_class_id if before else None, after.school_class_id)
    wanted = [pk for pk in both if pk is not None]
    locked = SchoolClass.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    found = {row.pk: row for row in locked}
    after.school_class = found.get(after.school_class_id) if after.school_class_id else None


def _require_turn(before: Standing, movement: Movement, deed: Deed) -> None:
    if not may_follow(before.state, movement):
        raise OutOfOrder(
            _("The record says “%(state)s”: “%(movement)s” cannot follow.")
            % {"state": before.get_state_display(), "movement": movement.label}
        )
    if not before.valid_from < deed.on <= timezone.localdate():
        raise WrongDay(
            _("The day must be after %(first)s, when the record changed last, and not after today.")
            % {"first": before.valid_from}
        )


CHOOSES = (Movement.HELD_BACK, Movement.MOVED_UP, Movement.RESUMED, Movement.RETURNED)
"""Movements that may lead into another grade."""


def _require_grade(before: Standing, after: Standing, movement: Movement, on: date) -> None:
    if movement not in CHOOSES:
        return
    possible = grades_open(before, movement, on)
    if after.grade not in possible:
        raise WrongGrade(
            _("From grade %(before)d nobody comes into grade %(after)d by “%(movement)s”.")
            % {"before": before.grade, "after": after.grade, "movement": movement.label}
        )


def _following(
    before: Standing,
    movement: Movement,
    deed: Deed,
    *,
    organisation: Organisation | None = None,
    grade: int | None = None,
    school_class: SchoolClass | None = None,
) -> Standing:
    return Standing(
        pupil_id=before.pupil_id,
        organisation=organisation or before.organisation,
        school_year=SchoolYear.of(deed.on).start,
        grade=grade or before.grade,
        school_class=school_class,
        state=STATE_AFTER.get(movement, State.STUDYING),
        valid_from=deed.on,
        movement=movement,
        paper=deed.paper,
        entered_by=deed.by,
        approved_by=deed.approved_by,
    )


def _require_class(before: Standing | None, after: Standing) -> None:
    """Somebody who comes to a school or class finds a place there, and no large grade."""
    if after.state != State.STUDYING:
        return
    row = after.school_class
    wanted = (after.organisation_id, after.school_year, after.grade)
    if row is not None and (row.organisation_id, row.school_year, row.grade) != wanted:
        raise WrongClass(_("This is no class of that school, year and grade."))
    most = _most_of(row, after.valid_from)
    if not _stays(before, wanted) and most == CLASS_CAP:
        require_no_large_class(after.organisation, grade=after.grade, year=after.school_year)
    if row is not None and row.size >= most:
        raise LargeClass(_(LARGE_CLASS) % {"name": row, "size": row.size, "cap": most})
    if row is None:
        school = school_on(after.organisation, after.grade, after.valid_from)
        require_room(school, 1, grade=after.grade, year=after.school_year)


def _stays(before: Standing | None, wanted: tuple[int, int, int]) -> bool:
    """Whether somebody was in this grade of this school before."""
    if before is None or before.state != State.STUDYING:
        return False
    return (before.organisation_id, before.school_year, before.grade) == wanted


def _most_of(row: SchoolClass | None, day: date) -> int:
    """The cap, or what two people signed for this class."""
    if row is None:
        return CLASS_CAP
    return most_by_exemption(day, size=row.exempt_size, until=row.exempt_until)


def require_no_large_class(organisation: Organisation, *, grade: int, year: int) -> None:
    """Refuse where a grade has a class above the cap (REG-4).

    Raises:
        LargeClass: If it has one.
    """
    classes = SchoolClass.objects.filter(organisation=organisation, grade=grade, school_year=year)
    largest = classes.order_by("-size").first()
    if largest is not None and largest.size > CLASS_CAP:
        figures = {"grade": grade, "school": organisation, "size": largest.size, "cap": CLASS_CAP}
        raise LargeClass(_(LARGE_GRADE) % figures)


def _said(error: IntegrityError, after: Standing) -> Refusal:
    """In words, what the database refused because somebody else was quicker."""
    text = str(error)
    if "registry_class_cap" in text or "smaller" in text:
        most = _most_of(after.school_class, after.valid_from)
        return LargeClass(_(LARGE_CLASS) % {"name": after.school_class, "size": most, "cap": most})
    raise error
