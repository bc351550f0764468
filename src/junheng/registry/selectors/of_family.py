"""A pupil whom somebody names: found for staff by the record, for a family by its telephone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from junheng.commons.masks import mask_name
from junheng.evidence.facade import clean_name
from junheng.kernel.levels import Grade
from junheng.kernel.mobile import NotMobile, mobile
from junheng.places.facade import current_on
from junheng.registry.models import Guardian, Pupil, Standing
from junheng.registry.models.number_keys import resident_id_key


@dataclass(frozen=True, slots=True)
class PupilInMask:
    """Who a pupil is, as far as a list shows it.

    Attributes:
        name: In a mask.
        path: Of the school.
    """

    pk: UUID
    number: str
    name: str
    school: str
    path: str


def pupils_in_masks(keys: Iterable[UUID]) -> dict[UUID, PupilInMask]:
    """Pupils by key; one that there is not is not in it."""
    rows = Pupil.objects.filter(pk__in=list(keys)).select_related("organisation")
    return {row.pk: _in_mask(row) for row in rows}


def pupil_as_subject(one: PupilInMask) -> Model:
    """A pupil as the read log names it: kind and key, nothing else."""
    return Pupil(pk=one.pk)


def pupil_by_number(number: str) -> PupilInMask | None:
    """The pupil with a number of the register."""
    row = Pupil.objects.select_related("organisation").filter(number=number).first()
    return _in_mask(row) if row else None


def pupil_of_guardian(number: str, born_on: date, phone: str) -> PupilInMask | None:
    """The pupil with this number and birthday, of whom a guardian has this telephone today.

    Args:
        number: Of the register.
        born_on: The birthday.
        phone: A telephone that was found to be the asker's.
    """
    row = (
        Pupil.objects.select_related("organisation").filter(number=number, born_on=born_on).first()
    )
    if row is None or not phone:
        return None
    guardians = Guardian.objects.filter(current_on(timezone.localdate()), pupil=row)
    known = {_plain(str(one.phone)) for one in guardians if one.phone}
    return _in_mask(row) if _plain(phone) in known else None


def is_pupil_there(school: str, name: str, guardian: str, *, year: int) -> bool:
    """Whether the register has a child at a school, under a guardian's number, and for how long.

    Certain or not at all: name and number have to be those of the register, and the child is
    still at the school in the year that is asked for, without having been moved there.

    Args:
        school: Its code.
        name: Of the child.
        guardian: Resident identity number of the guardian who asks.
        year: In which the school year begins that is meant, such as 2027.
    """
    key = resident_id_key(guardian)
    if not key or not name.strip():
        return False
    known = Guardian.objects.filter(current_on(timezone.localdate()), resident_id_key=key)
    rows = (
        Standing.objects.open()
        .studying()
        .filter(organisation__code=school, pupil__in=known.values("pupil"))
    )
    named = (row for row in rows.select_related("pupil") if _is_named(row.pupil, name))
    return any(_stays(row, year) for row in named)


def _is_named(pupil: Pupil, name: str) -> bool:
    return clean_name(str(pupil.name)) == clean_name(name)


def _stays(row: Standing, year: int) -> bool:
    """Whether the grade that follows from today's belongs to the same level still."""
    last = Grade(row.grade).level.grades[-1].number
    return row.grade + max(0, year - row.school_year) <= last


def guardians_of_phone(pupil: UUID, phone: str) -> list[tuple[str, str]]:
    """Name in the clear and blind key of the guardians of a pupil who have this telephone today."""
    rows = Guardian.objects.filter(current_on(timezone.localdate()), pupil=pupil)
    wanted = _plain(phone)
    return [
        (str(one.name or ""), one.resident_id_key)
        for one in rows
        if one.phone and _plain(str(one.phone)) == wanted
    ]


def _plain(phone: str) -> str:
    try:
        return mobile(phone)
    except NotMobile:
        return phone


def _in_mask(row: Pupil) -> PupilInMask:
    name, school = mask_name(str(row.name)), row.organisation
    return PupilInMask(row.pk, row.number, name, school.name, school.path)
