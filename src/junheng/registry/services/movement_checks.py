"""What stands against a movement: its order, its day, its grade, and the cap of the class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.commons.refusals import Refusal
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Organisation
from junheng.registry.engine.cap import CLASS_CAP, most_by_exemption
from junheng.registry.engine.movements import LARGE_CLASS, grades_after, may_follow
from junheng.registry.engine.transfers import LARGE_GRADE
from junheng.registry.models import Movement, SchoolClass, Standing, State
from junheng.registry.services.pupils import require_room, school_on


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


def grades_open(before: Standing, movement: str, on: date) -> tuple[int, ...]:
    """Into which grades a movement of a day may lead, the usual one first."""
    years = SchoolYear.of(on).start - before.school_year
    return grades_after(movement, grade=before.grade, years=max(years, 0))


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


def require_turn(before: Standing, movement: Movement, deed: Deed) -> None:
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


def turns_from(year: SchoolYear) -> date:
    """The first day on which a school year can be turned: 1 July, when lessons are over."""
    return date(year.start + 1, 7, 1)


def require_grade(before: Standing, after: Standing, movement: Movement, on: date) -> None:
    if movement not in (*CHOOSES, Movement.GRADUATED):
        return
    if movement == Movement.GRADUATED and not lessons_over(before, on):
        year = SchoolYear(before.school_year)
        raise WrongDay(
            _("Who is in the last grade of %(year)s graduates from %(day)s on.")
            % {"year": year, "day": turns_from(year)}
        )
    possible = grades_open(before, movement, on)
    if after.grade not in possible:
        raise WrongGrade(
            _("From grade %(before)d nobody comes into grade %(after)d by “%(movement)s”.")
            % {"before": before.grade, "after": after.grade, "movement": movement.label}
        )


def lessons_over(standing: Standing, on: date) -> bool:
    """Whether the school year of a standing can be turned, or somebody graduate from it."""
    return on >= turns_from(SchoolYear(standing.school_year))


def require_class(before: Standing | None, after: Standing) -> None:
    """Somebody who comes to a school or class finds a place there, and no large grade."""
    if after.state != State.STUDYING:
        return
    row = after.school_class
    wanted = (after.organisation_id, after.school_year, after.grade)
    if row is not None and (row.organisation_id, row.school_year, row.grade) != wanted:
        raise WrongClass(_("This is no class of that school, year and grade."))
    most = _most_of(row, max(after.valid_from, timezone.localdate()))
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


def said(error: IntegrityError, after: Standing) -> Refusal:
    """In words, what the database refused because somebody else was quicker."""
    text = str(error)
    if "registry_class_cap" in text or "smaller" in text:
        most = _most_of(after.school_class, after.valid_from)
        return LargeClass(_(LARGE_CLASS) % {"name": after.school_class, "size": most, "cap": most})
    raise error
