"""What a pupil's record says, for the family whose child it is of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from junheng.commons import retention
from junheng.registry.models import FurtherSource, Pupil

_OF_A_PUPIL = ("name", "born_on", "resident_id", "national_number", "household_number")
_KEYS = ("resident_id_key", "national_number_key", "household_key")
_OF_A_GUARDIAN = ("name", "phone", "resident_id", "resident_id_key")
FIELDS = (
    *(f"registry.Pupil.{name}" for name in (*_OF_A_PUPIL, *_KEYS)),
    *(f"registry.Guardian.{name}" for name in _OF_A_GUARDIAN),
)


@dataclass(frozen=True, slots=True)
class PupilRecord:
    """A record in the clear: only for the family, which may read all of it."""

    pk: UUID
    number: str
    school: str
    path: str
    name: str
    resident_id: str
    born_on: str
    kept_until: date | None
    erased: bool


def pupils_from(sources: Iterable[UUID]) -> list[PupilRecord]:
    """The records that were made from these sources or go on by them, newest first."""
    wanted = list(sources)
    further = FurtherSource.objects.filter(pk__in=wanted).values("pupil")
    rows = Pupil.objects.filter(Q(source__in=wanted) | Q(pk__in=further))
    rows = rows.select_related("organisation").order_by("-entered_on", "number")
    return [_record(row) for row in rows]


@dataclass(frozen=True, slots=True)
class PupilOfNumber:
    """A pupil as found by a number: name in the clear, for comparing and never for showing.

    Attributes:
        key: Blind key of the resident ID number, "" if none is known.
        path: Of the school.
        until: First day on which they are on the roll no more, None while they are.
    """

    pk: UUID
    number: str
    key: str
    name: str
    path: str
    since: date
    until: date | None


def pupils_of_numbers(
    path: str, *, keys: Iterable[str] = (), numbers: Iterable[str] = ()
) -> list[PupilOfNumber]:
    """The pupils of a place, also those who have left, by blind keys or by pupil numbers.

    Args:
        path: The place; everything below it counts.
        keys: Blind keys of resident ID numbers.
        numbers: Pupil numbers of the register.
    """
    wanted = Q(resident_id_key__in=set(keys) - {""}) | Q(number__in=set(numbers))
    rows = Pupil.objects.filter(wanted, organisation__path__startswith=path)
    return [
        PupilOfNumber(
            row.pk,
            row.number,
            row.resident_id_key,
            str(row.name),
            row.organisation.path,
            row.entered_on,
            row.left_on,
        )
        for row in rows.select_related("organisation").order_by("number")
    ]


def names_by_id(pupils: Iterable[UUID]) -> dict[UUID, str]:
    """What pupils are called, by the key of their record; who is unknown is left out."""
    rows = Pupil.objects.filter(pk__in=list(pupils)).only("pk", "name")
    return {row.pk: str(row.name) for row in rows}


def on_roll(keys: Iterable[str]) -> frozenset[str]:
    """Which of these blind keys of resident ID numbers are of pupils who have not left."""
    rows = Pupil.objects.filter(resident_id_key__in=set(keys) - {""}, left_on=None)
    return frozenset(rows.values_list("resident_id_key", flat=True))


def _record(row: Pupil) -> PupilRecord:
    name = str(row.name)
    left = row.left_on
    return PupilRecord(
        pk=row.pk,
        number=row.number,
        school=row.organisation.name,
        path=row.organisation.path,
        name=name,
        resident_id=str(row.resident_id or ""),
        born_on=row.born_on.isoformat() if row.born_on else "",
        kept_until=left + timedelta(days=retention.days_of(FIELDS)) if left and name else None,
        erased=not name,
    )
