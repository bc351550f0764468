"""The planned intake: begun from the register or the loaded files, changed row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.admissions.models import PlannedIntake, Round, RoundInput, RoundSchool
from junheng.admissions.models.plans import CAP
from junheng.admissions.services import private
from junheng.admissions.services.acts import Deed, OutOfTurn, locked, log, matter_of, require
from junheng.commons.attempts import noting
from junheng.commons.refusals import Refusal
from junheng.registry.facade import schools_of

SHOWN = 5
COLUMNS = {
    "classes": gettext_lazy("classes"),
    "class_size": gettext_lazy("pupils per class"),
    "continuing": gettext_lazy("continuing pupils"),
    "reserved": gettext_lazy("reserved seats"),
}
FIGURES = tuple(COLUMNS)


class NegativeSeats(Refusal):
    """More seats are taken than the classes have."""


class NoPlan(OutOfTurn):
    """There is no plan, or none with a seat."""


class OtherThanPlanned(OutOfTurn):
    """The schools of the list are not those of the plan."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the loaded files say something else than the plan.

    Attributes:
        code: Which school.
        column: Which figure, "" where the school is on one side only.
        planned, given: What each says, None where the school is missing.
    """

    code: str
    column: str
    planned: int | None
    given: int | None

    def sentence(self) -> str:
        """In words, for the page."""
        if self.column:
            words = _("%(code)s: %(planned)s %(column)s in the plan, %(given)s in the files")
            column = COLUMNS[self.column]
            figures = {"code": self.code, "planned": self.planned, "given": self.given}
            return words % {**figures, "column": column}
        if self.given is None:
            return _("%s is in the plan and not in the files") % self.code
        return _("%s is in the files and not in the plan") % self.code


def begin_plan(the_round: Round, *, by: User | None) -> int:
    """Begin the plan with what is known: the loaded files, else the register of schools.

    Schools that are in the plan already stay as they are.

    Returns:
        How many schools were added.

    Raises:
        OutOfTurn: If the round was opened already.
    """
    with transaction.atomic():
        held = locked(the_round.pk)
        require(held, Round.State.PLANNED)
        known = set(held.plan.values_list("code", flat=True))
        fresh = [row for row in could_be_planned(held) if row.code not in known]
        for row in fresh:
            row.round = held
        PlannedIntake.objects.bulk_create(fresh, batch_size=500)
        private.follow_register(held)
        if fresh:
            log(held, Deed.PLANNED, by=by, schools=len(fresh))
    return len(fresh)


def could_be_planned(the_round: Round) -> Iterable[PlannedIntake]:
    """Unsaved rows of what is known: the loaded files, else the register of schools."""
    return _from_files(the_round.input) if the_round.input else _from_register(the_round)


def cap_of(the_round: Round) -> int:
    """The class cap of the round's rules, or the one that nobody passes."""
    return int(the_round.rules.get("class_cap", CAP))


def _from_files(loaded: RoundInput) -> Iterable[PlannedIntake]:
    for school in RoundSchool.objects.filter(input=loaded).order_by("code"):
        facts = {name: getattr(school, name) for name in FIGURES}
        yield PlannedIntake(
            code=school.code,
            name=school.name,
            township=school.township,
            class_cap=school.class_cap,
            seats=school.seats,
            path=school.path,
            **facts,
        )


def _from_register(the_round: Round) -> Iterable[PlannedIntake]:
    cap = cap_of(the_round)
    first_day = date(the_round.year, 9, 1)
    for school in schools_of(the_round.place, on=first_day, level=the_round.level):
        yield PlannedIntake(
            code=school.code,
            name=school.name,
            township=school.township,
            classes=school.entry_classes,
            class_size=max(1, school.class_size),
            class_cap=cap,
            seats=school.entry_classes * min(max(1, school.class_size), cap),
            path=school.path,
        )


def change_row(
    the_round: Round,
    code: str,
    *,
    by: User,
    classes: int,
    class_size: int,
    continuing: int,
    reserved: int,
) -> PlannedIntake:
    """Change what a school offers.

    Raises:
        OutOfTurn: If the round was opened already.
        NegativeSeats: If more seats are taken than the classes have.
    """
    noted = noting("admissions.plan", by=by, matter=matter_of(the_round), path=the_round.path)
    with noted, transaction.atomic():
        held = locked(the_round.pk)
        require(held, Round.State.PLANNED)
        row: PlannedIntake = held.plan.select_for_update(of=("self",)).get(code=code)
        before = {name: getattr(row, name) for name in FIGURES}
        row.classes, row.class_size = classes, class_size
        row.continuing, row.reserved = continuing, reserved
        row.seats = seats_of(row)
        row.save()
        after = {name: getattr(row, name) for name in FIGURES}
        if after != before:
            log(held, Deed.PLANNED, by=by, school=code, seats=row.seats)
    return row


def seats_of(row: PlannedIntake) -> int:
    """The seats of a row by its own figures.

    Raises:
        NegativeSeats: If more seats are taken than the classes have.
    """
    seats = _left(row, row.class_cap)
    if seats < 0:
        offered = seats + row.continuing + row.reserved
        raise NegativeSeats(
            _("%(classes)s classes have %(offered)s seats; %(taken)s are taken already.")
            % {
                "classes": row.classes,
                "offered": offered,
                "taken": row.continuing + row.reserved,
            }
        )
    return seats


def follow_cap(the_round: Round) -> int:
    """Give the schools of a planned round the class cap of its rules; sizes stay as typed.

    Returns:
        How many of them have other seats now.

    Raises:
        NegativeSeats: If more seats are taken somewhere than the cap leaves; it names the schools.
    """
    cap = cap_of(the_round)
    moved = seats_moved(the_round, cap)
    rows = list(the_round.plan.select_for_update(of=("self",)).exclude(class_cap=cap))
    for row in rows:
        row.class_cap, row.seats = cap, _left(row, cap)
    PlannedIntake.objects.bulk_update(rows, ["class_cap", "seats"], batch_size=500)
    return moved


def seats_moved(the_round: Round, cap: int) -> int:
    """How many schools of the plan have other seats by another class cap.

    Raises:
        NegativeSeats: If more seats are taken somewhere than the cap leaves; it names the schools.
    """
    rows = list(the_round.plan.exclude(class_cap=cap))
    over = sorted(row.name or row.code for row in rows if _left(row, cap) < 0)
    if over:
        told = [*over[:SHOWN], *([_("and %d more") % (len(over) - SHOWN)] if over[SHOWN:] else [])]
        raise NegativeSeats(
            _(
                "With at most %(cap)s pupils in a class more seats are taken than there are in: "
                "%(schools)s. Change these schools in the plan first."
            )
            % {"cap": cap, "schools": _(", ").join(told)}
        )
    return sum(row.seats != _left(row, cap) for row in rows)


def _left(row: PlannedIntake, cap: int) -> int:
    return row.classes * min(row.class_size, cap) - row.continuing - row.reserved


def require_plan(the_round: Round) -> None:
    """Make sure that there is something to announce.

    Raises:
        NoPlan: If no school offers a seat.
    """
    if not the_round.plan.filter(seats__gt=0).exists():
        raise NoPlan(_("Plan the intake first: no school offers a seat yet."))


def differences(the_round: Round, loaded: RoundInput) -> list[Difference]:
    """Where the loaded schools are not those of the plan, by school."""
    planned = {row[0]: row[1:] for row in the_round.plan.values_list("code", *FIGURES)}
    given = {row[0]: row[1:] for row in loaded.schools.values_list("code", *FIGURES)}
    found = []
    for code in sorted(planned.keys() | given.keys()):
        if code not in given:
            found.append(Difference(code, "", 0, None))
        elif code not in planned:
            found.append(Difference(code, "", None, 0))
        else:
            pairs = zip(FIGURES, planned[code], given[code], strict=True)
            found += [Difference(code, name, a, b) for name, a, b in pairs if a != b]
    return found


def require_as_planned(the_round: Round, loaded: RoundInput) -> None:
    """Make sure that a list has the schools of the plan.

    Raises:
        OtherThanPlanned: If it has not; it names the first differences.
    """
    found = differences(the_round, loaded)
    if not found:
        return
    told = [one.sentence() for one in found[:SHOWN]]
    if len(found) > SHOWN:
        told.append(_("and %d more") % (len(found) - SHOWN))
    raise OtherThanPlanned(
        _("The schools of the list are not those of the plan: %s.") % "; ".join(told)
    )
