"""The card of a household: its people in masks, its statuses, measures, helps and reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import Http404
from django.utils.translation import get_language

from junheng.accounts.facade import User
from junheng.aid.models import (
    HEAD,
    FormerVillage,
    Household,
    HouseholdHelp,
    HouseholdMember,
    HouseholdReview,
    HouseholdStatus,
    MeasureSet,
)
from junheng.aid.selectors.reviews import code_names
from junheng.commons.masks import mask_id, mask_name
from junheng.kernel.codes import table
from junheng.kernel.money import Fen
from junheng.places.facade import Place


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody of the household, in masks."""

    key: UUID
    name: str
    relation: str
    number: str
    sex: str
    born: int | None
    able_to_work: bool | None
    school: str
    valid_from: date | None
    valid_to: date | None
    is_head: bool


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One stretch of a status, with who decided."""

    kind: str
    code: str
    category: str
    work_class: str
    cause: str
    begun: str
    valid_from: date
    valid_to: date | None
    begun_by: str
    begun_on: str
    ended_on: str
    waits: bool


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One set of measures."""

    names: tuple[str, ...]
    plan: str
    responsible: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Card:
    """All that stands on a card, as on a day; statuses and helps with their whole history.

    Attributes:
        village: Where it lay on that day.
        before: The villages in which it lay, until when, up to today's.
    """

    village: Place
    before: list[FormerVillage]
    members: list[MemberRow]
    gone: list[MemberRow]
    statuses: list[StatusRow]
    measures: list[MeasureRow]
    helps: list[HouseholdHelp]
    help_fen: Fen
    reviews: list[HouseholdReview]

    @property
    def head(self) -> str:
        """The head in masks; "" where none is known."""
        return next((row.name for row in self.members if row.is_head), "")


def household_seen(user: User, number: str) -> Household:
    """A household that somebody sees, or nothing: unknown and not allowed look alike."""
    seen = Household.objects.for_user(user).select_related("village__parent", "entered_by")
    found: Household | None = (
        seen.defer("village__outline", "village__parent__outline").filter(number=number).first()
    )
    if found is None:
        raise Http404
    return found


def card_of(home: Household, day: date) -> Card:
    """The card of a household as on a day."""
    members = home.members.select_related("pupil__organisation").order_by("relation", "born_on")
    rows = [_member(row) for row in members]
    here = [row for row in rows if _holds(row, day)]
    helps = list(home.helps.filter(on__lte=day).order_by("-on", "pk"))
    names = code_names()
    lay = home.former_villages.select_related("village").defer("village__outline")
    before = list(lay.order_by("valid_to"))
    return Card(
        village=next((row.village for row in before if row.valid_to > day), home.village),
        before=before,
        members=sorted(here, key=lambda row: not row.is_head),
        gone=[row for row in rows if row not in here],
        statuses=[_status(row, names) for row in _statuses(home, day)],
        measures=[_measures(row, names) for row in home.measure_sets.filter(valid_from__lte=day)],
        helps=helps,
        help_fen=Fen(sum(row.fen or 0 for row in helps)),
        reviews=list(home.reviews.order_by("-proposed_at")),
    )


def _holds(row: MemberRow, day: date) -> bool:
    begun = row.valid_from is None or row.valid_from <= day
    return begun and (row.valid_to is None or row.valid_to > day)


def _member(row: HouseholdMember) -> MemberRow:
    return MemberRow(
        key=row.pk,
        name=mask_name(str(row.name or "")),
        relation=table("relation").name(row.relation, get_language() or "zh"),
        number=mask_id(str(row.resident_id or "")),
        sex=row.sex,
        born=row.born_on.year if row.born_on else None,
        able_to_work=row.able_to_work,
        school=row.pupil.organisation.name if row.pupil else "",
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        is_head=row.relation == HEAD,
    )


def _statuses(home: Household, day: date) -> list[HouseholdStatus]:
    rows = home.statuses.filter(valid_from__lte=day).order_by("-valid_from", "kind")
    return list(rows.select_related("review", "ended_by", "opening__approved_by"))


def _status(row: HouseholdStatus, names: dict[tuple[str, str], str]) -> StatusRow:
    return StatusRow(
        kind=names.get(("status", row.kind), row.kind),
        code=row.kind,
        category=names.get(("category", row.category), row.category),
        work_class=row.work_class,
        cause=names.get(("cause", row.cause), row.cause),
        begun=row.get_begun_display(),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        begun_by=row.opening.document if row.opening else "",
        begun_on=row.review.number if row.review else "",
        ended_on=row.ended_by.number if row.ended_by else "",
        waits=row.opening is not None and row.opening.approved_at is None,
    )


def _measures(row: MeasureSet, names: dict[tuple[str, str], str]) -> MeasureRow:
    measures = tuple(names.get(("measure", code), code) for code in row.measures)
    return MeasureRow(measures, row.plan, row.responsible, row.valid_from, row.valid_to)
