"""A school's checked-in children become records of the register, in one step."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.engine.statement import Document, Statement
from junheng.admissions.models import Application, Attendance, Round, RoundRun, RoundSchool
from junheng.admissions.selectors.seats import holders
from junheng.admissions.services.acts import OutOfTurn, locked
from junheng.admissions.services.applications import statement_of
from junheng.admissions.services.deciding import require_settled
from junheng.kernel.levels import Level
from junheng.registry.facade import Answering, Enrolment, enrol

RELATIONS = {"father": "51", "mother": "52", "grandparent": "60"}
"""What families tell, as codes of GB/T 4761; of another guardian the relation is not known."""
FIRST_DAY = (9, 1)
"""A school year begins on 1 September."""


class Entered(NamedTuple):
    """What became of a school's children.

    Attributes:
        new: Children with a new record.
        went_on: Children who go on with the record that they had.
        elsewhere: Application numbers of those whose record still stands at a school.
    """

    new: int
    went_on: int
    elsewhere: tuple[str, ...]


def enrol_school(the_round: Round, school: RoundSchool, *, by: User) -> Entered:
    """Enter a school's checked-in children into the register, each once.

    Raises:
        OutOfTurn: If nothing is published, or the register has no such school.
        NoSuchSchool, ClassesFull: As the register says.
    """
    with transaction.atomic():
        record = require_settled(locked(the_round.pk))
        if school.organisation is None:
            raise OutOfTurn(_("The register has no school with this code."))
        children = came(record, school)
        done = enrol(
            school.organisation,
            [_enrolment(child, the_round) for child in children],
            grade=Level(the_round.level).entry_grade.number,
            on=date(the_round.year, *FIRST_DAY),
            by=by,
        )
    numbers = {child.pk: child.number for child in children}
    return Entered(done.new, done.went_on, tuple(numbers[one] for one in done.elsewhere))


def came(record: RoundRun, school: RoundSchool) -> list[Application]:
    """The children who hold a seat at a school and came to check in."""
    there = holders(record, school.code).filter(attendance__state=Attendance.State.CAME)
    return list(there.order_by("number"))


def _enrolment(child: Application, the_round: Round) -> Enrolment:
    told = statement_of(child)
    known = told is not None and told.child.document is not Document.NONE
    return Enrolment(
        source=child.pk,
        name=str(child.child_name),
        resident_id=told.child.number if told and known else "",
        born_on=child.born_on,
        sex=told.child.sex if told else "",
        paper=_("Admission %(ref)s, application %(number)s")
        % {"ref": the_round.ref, "number": child.number},
        guardian=_guardian(told) if told and told.guardian.name.strip() else None,
    )


def _guardian(told: Statement) -> Answering:
    """Who answers for the child, as the family told; other papers' numbers as they are."""
    who = told.guardian
    return Answering(who.name, who.phone, RELATIONS.get(who.relation, ""), who.number)
