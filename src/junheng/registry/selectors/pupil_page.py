"""What the page of a pupil shows: a school life, and who belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from junheng.accounts.facade import User
from junheng.commons.masks import mask_id, mask_name, mask_phone
from junheng.kernel.school_year import SchoolYear
from junheng.registry.models import Guardian, Pupil, PupilTag, Standing

MOST_SIBLINGS = 12


@dataclass(frozen=True, slots=True)
class StandingRow:
    """One stretch of a school life.

    Attributes:
        now: Whether it holds on the day that is looked at.
    """

    standing: Standing
    year: str
    now: bool


@dataclass(frozen=True, slots=True)
class GuardianRow:
    """A guardian in masks."""

    pk: UUID
    relation: str
    name: str
    phone: str
    resident_id: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class SiblingRow:
    """Another child of the same household or with the same guardian."""

    pupil: Pupil
    name: str
    school: str


def standings_of(pupil: Pupil, on: date) -> list[StandingRow]:
    """A pupil's whole school life, the latest first."""
    rows = pupil.standings.select_related(
        "organisation", "school_class", "entered_by", "approved_by"
    ).order_by("-valid_from")
    return [StandingRow(row, str(SchoolYear(row.school_year)), now=_holds(row, on)) for row in rows]


def guardians_of(pupil: Pupil, on: date) -> list[GuardianRow]:
    """Who answers for a pupil on a day, in masks."""
    return [
        GuardianRow(
            row.pk,
            row.relation,
            mask_name(str(row.name or "")),
            mask_phone(str(row.phone or "")),
            mask_id(str(row.resident_id or "")),
            row.valid_from,
            row.valid_to,
        )
        for row in pupil.guardians.on(on)
    ]


def tags_of(pupil: Pupil, on: date) -> Sequence[PupilTag]:
    """What a pupil is known for on a day."""
    return list(pupil.tags.on(on))


def siblings_of(user: User, pupil: Pupil) -> list[SiblingRow]:
    """Children of the same household or guardian, as far as somebody may see them."""
    keys = pupil.guardians.exclude(resident_id_key="").values_list("resident_id_key", flat=True)
    with_guardian = Guardian.objects.filter(resident_id_key__in=list(keys)).values("pupil_id")
    same: Any = Q(pk__in=with_guardian)
    if pupil.household_key:
        same |= Q(household_key=pupil.household_key)
    rows = Pupil.objects.for_user(user).filter(same).exclude(pk=pupil.pk)
    rows = rows.select_related("organisation").order_by("born_on")[:MOST_SIBLINGS]
    return [SiblingRow(row, mask_name(str(row.name)), row.organisation.name) for row in rows]


def _holds(row: Standing, on: date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or row.valid_to > on)
