"""Entering pupils into the register: once for each source, never above the class cap."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.commons.refusals import Refusal
from junheng.kernel.ref import Ref
from junheng.places.facade import Organisation
from junheng.registry.engine.cap import most_entrants
from junheng.registry.models import Pupil, School

NUMBER = "PU"


class NoSuchSchool(Refusal):
    """The register knows no school with this grade on that day."""


class ClassesFull(Refusal):
    """There are more pupils than the classes may take."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A child that enters a school.

    Attributes:
        source: What the record is made from; the same source is entered once.
        name: Full name.
        resident_id: Resident ID number, "" if there is none.
        born_on: Birthday, where it is known.
        sex: Code of GB/T 2261.1, or "".
    """

    source: UUID
    name: str
    resident_id: str = ""
    born_on: date | None = None
    sex: str = ""


def enrol(
    organisation: Organisation, enrolments: Sequence[Enrolment], *, grade: int, on: date, by: User
) -> int:
    """Enter children who are not in the register yet, all of them or none. How many that were.

    Raises:
        NoSuchSchool: If the register knows no such school on that day.
        ClassesFull: If the entry classes would be larger than the class cap.
    """
    with transaction.atomic():
        facts = School.objects.select_for_update().filter(
            Q(valid_to=None) | Q(valid_to__gt=on), organisation=organisation, valid_from__lte=on
        )
        school = facts.filter(lowest_grade__lte=grade, highest_grade__gte=grade).first()
        if school is None:
            raise NoSuchSchool(
                _("The register knows no school %s with this grade on that day.") % organisation
            )
        known = enrolled(one.source for one in enrolments)
        fresh = [one for one in enrolments if one.source not in known]
        _require_room(school, len(fresh), grade=grade, year=on.year)
        for one in fresh:
            _pupil(organisation, one, grade=grade, on=on, by=by).save(force_insert=True)
    return len(fresh)


def enrolled(sources: Iterable[UUID]) -> set[UUID]:
    """Which of these sources have a record already."""
    return set(Pupil.objects.filter(source__in=list(sources)).values_list("source", flat=True))


def _require_room(school: School, more: int, *, grade: int, year: int) -> None:
    there = Pupil.objects.filter(
        organisation=school.organisation_id, school_year=year, grade=grade, left_on=None
    ).count()
    most = most_entrants(school.entry_classes)
    if there + more > most:
        figures = {"school": school, "there": there, "more": more, "most": most}
        raise ClassesFull(
            _("%(school)s has %(there)d pupils; %(more)d more would pass the class cap (%(most)d).")
            % figures
        )


def _pupil(organisation: Organisation, one: Enrolment, *, grade: int, on: date, by: User) -> Pupil:
    return Pupil(
        number=str(Ref.draw(NUMBER, on.year, secrets.randbelow)),
        organisation=organisation,
        school_year=on.year,
        grade=grade,
        name=one.name,
        resident_id=one.resident_id or None,
        born_on=one.born_on,
        sex=one.sex,
        entered_on=on,
        source=one.source,
        entered_by=by,
    )
