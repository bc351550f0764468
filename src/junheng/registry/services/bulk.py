"""Whole registers at once: pupils, where they stand, who answers for them; by COPY."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from junheng.accounts.facade import User
from junheng.commons.copying import copy_rows
from junheng.commons.sealing import SealedTextField, steady_keys
from junheng.kernel.ref import ALPHABET, BODY, Ref
from junheng.registry.models import Guardian, Pupil, PupilSearchKey, PupilTag, Standing
from junheng.registry.models.search import key_rows
from junheng.registry.services.keys import (
    household_key,
    national_number_key,
    resident_id_key,
)
from junheng.registry.services.pupils import NUMBER


class NewPupil(NamedTuple):
    """A pupil to be written; "" and None where something is not known.

    Attributes:
        organisation: Where the latest standing is.
        left_on: Since when it is gone, as the latest standing says.
    """

    id: UUID
    number: str
    organisation: int
    name: str
    resident_id: str
    national_number: str
    household: str
    born_on: date | None
    sex: str
    ethnicity: str
    entered_on: date
    left_on: date | None = None


class NewStanding(NamedTuple):
    """Where a pupil stands from a day on."""

    pupil: UUID
    organisation: int
    school_year: int
    grade: int
    school_class: int | None
    state: str
    valid_from: date
    valid_to: date | None
    completed: bool
    movement: str
    paper: str = ""


class NewGuardian(NamedTuple):
    """Who answers for a pupil since a day."""

    id: UUID
    pupil: UUID
    relation: str
    name: str
    phone: str
    resident_id: str
    valid_from: date


class NewTag(NamedTuple):
    """What a pupil is known for since a day, and who says so."""

    pupil: UUID
    tag: str
    valid_from: date
    source: str


def numbers(year: int, count: int) -> list[str]:
    """So many pupil numbers at once, none of them given out before.

    Among a hundred thousand that chance draws, two are alike once in a hundred times.
    """
    given = Pupil.objects.filter(number__startswith=f"{NUMBER}-{year:04}-")
    known = set(given.values_list("number", flat=True))
    found: dict[str, None] = {}
    while len(found) < count:
        fresh = (one for one in _drawn(year, count - len(found)) if one not in known)
        found |= dict.fromkeys(fresh)
    return list(found)


def _drawn(year: int, count: int) -> list[str]:
    """So many as those that are drawn one by one; some may be alike."""
    drawn: list[str] = []
    while len(drawn) < count:
        chance = secrets.token_bytes(BODY * (count - len(drawn) + 8) * 2)
        letters = chance.translate(_LETTER, _UNFAIR).decode()
        for start in range(0, len(letters) - BODY + 1, BODY):
            number = str(Ref(NUMBER, year, letters[start : start + BODY]))
            if number[-1] in ALPHABET:
                drawn.append(number)
    return drawn[:count]


_UNFAIR = bytes(range(256 - 256 % len(ALPHABET), 256))
"""These bytes would make the first letters more frequent than the others."""
_LETTER = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))


PupilRow = tuple[Any, ...]
KeyRow = tuple[UUID, int, int, int]


def write_pupils(
    pupils: Sequence[NewPupil], by: User, *, sealed: Iterable[PupilRow] | None = None
) -> None:
    """Write pupils; standings and search keys have to follow in the same transaction.

    Args:
        pupils: The pupils.
        by: Who enters them.
        sealed: The same as `pupil_rows` gives them, where they are sealed elsewhere.
    """
    columns = (
        *("id", "number", "organisation_id", "name", "resident_id", "resident_id_key"),
        *("national_number", "national_number_key", "household_number", "household_key"),
        *("born_on", "sex", "ethnicity", "entered_on", "left_on", "entered_by_id"),
    )
    with steady_keys():
        copy_rows(Pupil, columns, pupil_rows(pupils, by.pk) if sealed is None else sealed)


def write_search_keys(rows: Iterable[KeyRow]) -> None:
    """Write the keys by which pupils are found that are there; see `search_rows`."""
    copy_rows(PupilSearchKey, ("pupil_id", "part", "organisation_id", "token"), rows)


def pupil_rows(pupils: Iterable[NewPupil], by: int) -> Iterator[PupilRow]:
    """Pupils as `write_pupils` takes them, sealed; asks no database."""
    name, resident_id = _field(Pupil, "name"), _field(Pupil, "resident_id")
    national, household = _field(Pupil, "national_number"), _field(Pupil, "household_number")
    with steady_keys():
        for one in pupils:
            yield (
                one.id,
                one.number,
                one.organisation,
                name.sealed(one.id, one.name),
                resident_id.sealed(one.id, one.resident_id or None),
                resident_id_key(one.resident_id),
                national.sealed(one.id, one.national_number or None),
                national_number_key(one.national_number),
                household.sealed(one.id, one.household or None),
                household_key(one.household),
                one.born_on,
                one.sex,
                one.ethnicity,
                one.entered_on,
                one.left_on,
                by,
            )


def search_rows(pupils: Iterable[NewPupil]) -> Iterator[KeyRow]:
    """The keys by which pupils are found, as `write_search_keys` takes them; asks no database."""
    with steady_keys():
        yield from key_rows((one.id, one.organisation, one.name) for one in pupils)


def write_standings(
    standings: Iterable[NewStanding], by: User, *, batch: UUID | None, recorded_at: Any
) -> None:
    """Write standings; the classes are counted once for all of them."""
    columns = (
        *("pupil_id", "organisation_id", "school_year", "grade", "school_class_id", "state"),
        *("valid_from", "valid_to", "completed", "movement", "paper"),
        *("entered_by_id", "batch", "recorded_at"),
    )
    rows = ((*one, by.pk, batch, recorded_at) for one in standings)
    copy_rows(Standing, columns, rows)


GuardianRow = tuple[Any, ...]


def guardian_rows(guardians: Iterable[NewGuardian]) -> Iterator[GuardianRow]:
    """Guardians as `write_guardians` takes them, sealed; asks no database."""
    name, phone = _field(Guardian, "name"), _field(Guardian, "phone")
    resident_id = _field(Guardian, "resident_id")
    with steady_keys():
        for one in guardians:
            yield (
                one.id,
                one.pupil,
                one.relation,
                name.sealed(one.id, one.name or None),
                phone.sealed(one.id, one.phone or None),
                resident_id.sealed(one.id, one.resident_id or None),
                resident_id_key(one.resident_id),
                one.valid_from,
            )


def write_guardians(rows: Iterable[GuardianRow]) -> None:
    """Write guardians of pupils that are there."""
    columns = (
        *("id", "pupil_id", "relation", "name", "phone", "resident_id", "resident_id_key"),
        "valid_from",
    )
    copy_rows(Guardian, columns, rows)


def write_tags(tags: Iterable[NewTag]) -> None:
    """Write tags of pupils that are there."""
    copy_rows(PupilTag, ("pupil_id", "tag", "valid_from", "source"), tags)


def _field(model: Any, name: str) -> SealedTextField:
    field: SealedTextField = model._meta.get_field(name)
    return field
