"""Entering pupils into the register: once for each source, never above the class cap."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.commons.refusals import Refusal
from junheng.kernel.ref import Ref
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Organisation
from junheng.registry.engine.cap import most_entrants
from junheng.registry.models import (
    FurtherSource,
    Movement,
    Pupil,
    School,
    SchoolClass,
    Standing,
    State,
)
from junheng.registry.models.standings import GONE
from junheng.registry.selectors.arrivals import Answering
from junheng.registry.services import families, new_records
from junheng.registry.services.keys import resident_id_key

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
        resident_id: Resident ID number, or that of a passport or travel permit; "" for none.
        born_on: Birthday, where it is known.
        sex: Code of GB/T 2261.1, or "".
        paper: What the movement rests on, such as the number of an application.
        guardian: Who answers for the child; None where nobody told.
    """

    source: UUID
    name: str
    resident_id: str = ""
    born_on: date | None = None
    sex: str = ""
    paper: str = ""
    guardian: Answering | None = None


class Enrolled(NamedTuple):
    """What became of the children of a list.

    Attributes:
        new: Records that were made.
        went_on: Children who go on with the record that they had, under its number.
        elsewhere: Sources of children whose record says that they are at a school, or has
            another name: a person settles that, by a transfer or the turn of the year.
    """

    new: int = 0
    went_on: int = 0
    elsewhere: tuple[UUID, ...] = ()


def enrol(
    organisation: Organisation, enrolments: Sequence[Enrolment], *, grade: int, on: date, by: User
) -> Enrolled:
    """Enter children once each; who left or graduated before goes on with its record.

    Raises:
        NoSuchSchool: If the register knows no such school on that day.
        ClassesFull: If the entry classes would be larger than the class cap.
    """
    with transaction.atomic():
        school = school_on(organisation, grade, on)
        new_records.wait_for_others()
        known = enrolled(one.source for one in enrolments)
        fresh = [one for one in enrolments if one.source not in known]
        records = _records_of(fresh)
        new = [one for one in fresh if one.source not in records]
        again = [one for one in fresh if _goes_on(records.get(one.source), one)]
        require_room(school, len(new) + len(again), grade=grade, year=SchoolYear.of(on).start)
        pupils = [_pupil(organisation, one, on=on, by=by) for one in new]
        Pupil.objects.bulk_create(pupils)
        Standing.objects.bulk_create(
            first_standing(pupil, grade=grade, paper=one.paper)
            for pupil, one in zip(pupils, new, strict=True)
        )
        for one in again:
            _come_again(records[one.source], one, organisation, grade=grade, on=on, by=by)
        whose = dict(zip((one.source for one in new), pupils, strict=True))
        whose |= {one.source: records[one.source].pupil for one in again}
        for one in (*new, *again):
            if one.guardian is not None:
                families.answers_unless_known(whose[one.source], one.guardian, on)
    settled = {one.source for one in (*new, *again)}
    elsewhere = tuple(one.source for one in fresh if one.source not in settled)
    return Enrolled(len(new), len(again), elsewhere)


def _records_of(enrolments: Iterable[Enrolment]) -> dict[UUID, Standing]:
    """Where those stand who have a record already; who is at a school before who left."""
    keys = {one.source: resident_id_key(one.resident_id) for one in enrolments}
    rows = Pupil.objects.select_for_update(of=("self",)).filter(
        resident_id_key__in=[key for key in keys.values() if key]
    )
    pupils = {row.pk: row for row in rows.order_by("pk")}
    open_ones = Standing.objects.open().filter(pupil__in=pupils).select_related("pupil")
    found: dict[str, Standing] = {}
    for standing in sorted(open_ones, key=lambda one: one.state not in GONE):
        found[pupils[standing.pupil_id].resident_id_key] = standing
    return {source: found[key] for source, key in keys.items() if key in found}


def _goes_on(standing: Standing | None, one: Enrolment) -> bool:
    if standing is None or standing.state not in GONE:
        return False
    return str(standing.pupil.name).strip() == one.name.strip()


def _come_again(
    before: Standing, one: Enrolment, organisation: Organisation, *, grade: int, on: date, by: User
) -> None:
    """Into the next school with the same record.

    Whoever left on this very day enters on the next: on any day a pupil stands in one place.
    """
    begins = max(on, before.valid_from + timedelta(days=1))
    Standing.objects.filter(pk=before.pk).update(valid_to=begins)
    after = entering(
        before.pupil, organisation, grade=grade, on=begins, entered_by=by, paper=one.paper
    )
    after.save(force_insert=True)
    FurtherSource.objects.create(source=one.source, pupil_id=before.pupil_id)


def school_on(organisation: Organisation, grade: int, on: date) -> School:
    """What a school offers for a grade on a day, locked until the transaction ends.

    Raises:
        NoSuchSchool: If the register knows no such school on that day.
    """
    facts = School.objects.select_for_update().filter(
        Q(valid_to=None) | Q(valid_to__gt=on), organisation=organisation, valid_from__lte=on
    )
    school: School | None = facts.filter(lowest_grade__lte=grade, highest_grade__gte=grade).first()
    if school is None:
        raise NoSuchSchool(
            _("The register knows no school %s with this grade on that day.") % organisation
        )
    return school


def enrolled(sources: Iterable[UUID]) -> set[UUID]:
    """Which of these sources have a record already."""
    wanted = list(sources)
    first = Pupil.objects.filter(source__in=wanted).values_list("source", flat=True)
    further = FurtherSource.objects.filter(pk__in=wanted).values_list("pk", flat=True)
    return {source for source in first.union(further) if source is not None}


def require_room(school: School, more: int, *, grade: int, year: int) -> None:
    """Refuse where so many more pupils of a grade would not fit into its classes.

    Raises:
        ClassesFull: If they would be larger than the class cap.
    """
    classes = SchoolClass.objects.filter(
        organisation=school.organisation_id, school_year=year, grade=grade
    )
    sizes = list(classes.values_list("size", flat=True))
    waiting = (
        Standing.objects.open()
        .studying()
        .filter(
            organisation=school.organisation_id, school_year=year, grade=grade, school_class=None
        )
    )
    there = waiting.count() + sum(sizes)
    most = most_entrants(max(school.entry_classes, len(sizes)))
    if there + more > most:
        figures = {"school": school, "there": there, "more": more, "most": most}
        raise ClassesFull(
            _("%(school)s has %(there)d pupils; %(more)d more would pass the class cap (%(most)d).")
            % figures
        )


def pupil_number(year: int) -> str:
    """A number for a new record; it says nothing about a person and never changes."""
    return str(Ref.draw(NUMBER, year, secrets.randbelow))


def _pupil(organisation: Organisation, one: Enrolment, *, on: date, by: User) -> Pupil:
    return Pupil(
        number=pupil_number(on.year),
        organisation=organisation,
        name=one.name,
        resident_id=one.resident_id or None,
        resident_id_key=resident_id_key(one.resident_id),
        born_on=one.born_on,
        sex=one.sex,
        entered_on=on,
        source=one.source,
        entered_by=by,
    )


def first_standing(
    pupil: Pupil, *, grade: int, school_class: SchoolClass | None = None, paper: str = ""
) -> Standing:
    """Where a pupil stands on the first day; not saved."""
    return entering(
        pupil,
        pupil.organisation,
        grade=grade,
        on=pupil.entered_on,
        entered_by_id=pupil.entered_by_id,
        school_class=school_class,
        paper=paper,
    )


def entering(
    pupil: Pupil, organisation: Organisation, *, grade: int, on: date, **given: Any
) -> Standing:
    """At a school and at its lessons from a day on, for the first time or once more; not saved."""
    return Standing(
        pupil=pupil,
        organisation=organisation,
        school_year=SchoolYear.of(on).start,
        grade=grade,
        state=State.STUDYING,
        valid_from=on,
        **{"movement": Movement.ENTERED, **given},
    )
