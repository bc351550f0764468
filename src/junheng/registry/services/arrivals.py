"""Children who come without a round: from outside, or simply late; two people make the record."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.commons.refusals import Refusal
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Organisation
from junheng.registry.models import Arrival, Movement, Pupil, SchoolClass, State
from junheng.registry.models.standings import GONE
from junheng.registry.selectors.arrivals import Child, child_of
from junheng.registry.services import families, movements, new_records
from junheng.registry.services.keys import household_key, national_number_key, resident_id_key
from junheng.registry.services.movement_checks import Deed, WrongClass, require_this_year
from junheng.registry.services.pupils import pupil_number


class AlreadyHere(Refusal):
    """The child has a record and is at a school: it is transferred, not entered once more.

    The sentence tells no school; `pupil` is for a page that knows who may see it.
    """

    def __init__(self, pupil: Pupil) -> None:
        super().__init__(
            _(
                "This child is in the register already. Ask the bureau, which sees where; "
                "a child that changes school comes by a transfer."
            )
        )
        self.pupil = pupil


class AnotherName(Refusal):
    """The number belongs to a record of another name."""


class TooLate(Refusal):
    """What was told of the child is deleted meanwhile."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Where the child comes to, from which day, on which paper.

    Attributes:
        movement: "from_outside" or "entered".
        class_number: Of this school year; None where the school finds a class later.
    """

    organisation: Organisation
    grade: int
    on: date
    movement: str
    paper: str
    class_number: int | None = None


def keep(child: Child, seat: Seat, *, by: User) -> Arrival:
    """Write down who is to come; no record yet."""
    row: Arrival = Arrival.objects.create(
        organisation=seat.organisation,
        grade=seat.grade,
        class_number=seat.class_number,
        on=seat.on,
        movement=seat.movement,
        paper=seat.paper.strip(),
        told=json.dumps(asdict(child), default=str),
        asked_by=by,
    )
    return row


def take_in(
    arrival: Arrival,
    *,
    approved_by: User | None,
    on: date | None = None,
    paper: str = "",
    school_class: SchoolClass | None = None,
) -> Pupil:
    """Make the record, or go on with the one that the child had; what was told is deleted then.

    Args:
        arrival: Who comes where.
        approved_by: The second person; None only while it is tried.
        on: Another first day than the one that was asked for.
        paper: Another paper, such as one with the transfer's number before it.
        school_class: Another class.

    Raises:
        Refusal: As for `enter`.
    """
    child = child_of(arrival)
    deed = Deed(
        on=on or arrival.on,
        by=arrival.asked_by,
        paper=paper or arrival.paper,
        approved_by=approved_by,
    )
    require_this_year(deed.on)
    row = school_class or class_of(arrival, deed.on)
    with transaction.atomic():
        known = _locked_child(child)
        pupil = _go_on(known, arrival, deed, row) if known else _begin(child, arrival, deed, row)
        families.answers_unless_known(pupil, child.guardian, deed.on)
        Arrival.objects.filter(pk=arrival.pk).delete()
    return pupil


def known_child(child: Child) -> Pupil | None:
    """The record that carries this child's number, wherever it is and whatever it says."""
    for key, made in (
        ("resident_id_key", resident_id_key(child.resident_id)),
        ("national_number_key", national_number_key(child.national_number)),
    ):
        found = Pupil.objects.filter(**{key: made}).order_by("left_on", "pk") if made else ()
        for pupil in found[:1]:
            known: Pupil = pupil
            return known
    return None


def require_new(child: Child) -> Pupil | None:
    """The record that the child had once; None for a child that the register never knew.

    Raises:
        AlreadyHere: If the record says that it is at a school.
        AnotherName: If it had another name.
    """
    known = known_child(child)
    if known is None:
        return None
    if movements.current(known).state not in GONE:
        raise AlreadyHere(known)
    if str(known.name).strip() != child.name.strip():
        raise AnotherName(
            _("A record with this number has another name. Compare the paper, and ask the bureau.")
        )
    return known


def class_of(arrival: Arrival, on: date) -> SchoolClass | None:
    """The class that was asked for.

    Raises:
        WrongClass: If there is none with this number.
    """
    if arrival.class_number is None:
        return None
    row = SchoolClass.objects.filter(
        organisation=arrival.organisation_id,
        school_year=SchoolYear.of(on).start,
        grade=arrival.grade,
        number=arrival.class_number,
    ).first()
    if row is None:
        raise WrongClass(
            _("Grade %(grade)d has no class %(number)d this year.")
            % {"grade": arrival.grade, "number": arrival.class_number}
        )
    return row


def _locked_child(child: Child) -> Pupil | None:
    """Two who enter the same child at once wait for each other, and the second one is told."""
    new_records.wait_for_lists()
    keys = (resident_id_key(child.resident_id), national_number_key(child.national_number))
    with connection.cursor() as cursor:
        for key in filter(None, keys):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    return require_new(child)


def _begin(child: Child, arrival: Arrival, deed: Deed, row: SchoolClass | None) -> Pupil:
    pupil = Pupil(
        number=pupil_number(deed.on.year),
        organisation_id=arrival.organisation_id,
        name=child.name.strip(),
        resident_id=child.resident_id or None,
        resident_id_key=resident_id_key(child.resident_id),
        national_number=child.national_number or None,
        national_number_key=national_number_key(child.national_number),
        household_number=child.household_number or None,
        household_key=household_key(child.household_number),
        born_on=child.born_on,
        sex=child.sex,
        ethnicity=child.ethnicity,
        entered_on=deed.on,
        source=arrival.pk,
        entered_by_id=deed.by.pk,
    )
    movements.begin(pupil, Movement(arrival.movement), deed, grade=arrival.grade, school_class=row)
    return pupil


def _go_on(pupil: Pupil, arrival: Arrival, deed: Deed, row: SchoolClass | None) -> Pupil:
    left = movements.current(pupil).state == State.LEFT
    movements.come_again(
        pupil,
        Movement.FROM_OUTSIDE if left else Movement.ENTERED,
        deed,
        to=arrival.organisation,
        grade=arrival.grade,
        school_class=row,
    )
    return pupil
