"""Checks as they are read: visits, hits in masks, the share of wrong flags."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, Count, F, Q, Value, When
from django.http import Http404

from junheng.accounts.facade import User
from junheng.aid.models import (
    CheckHit,
    Household,
    HouseholdVisit,
    LeftOut,
)
from junheng.aid.selectors.check_words import condition_words, facts_of
from junheng.commons.masks import mask_name
from junheng.evidence.facade import Register


@dataclass(frozen=True, slots=True)
class HitRow:
    """What a register says of somebody of a household, for whoever decides."""

    key: UUID
    member: UUID
    name: str
    register: str
    source: str
    as_of: date
    step: str
    certain: bool
    percent: str
    counts: str
    basis: str
    paper: str
    facts: list[list[tuple[str, str]]]
    wrong: bool | None


@dataclass(frozen=True, slots=True)
class Share:
    """Flags of one register or village: how many were judged, and how many were wrong."""

    name: str
    code: str
    flags: int
    judged: int
    wrong: int

    @property
    def percent(self) -> str:
        """The share of wrong flags among those judged; "—" where none was."""
        return f"{100 * self.wrong / self.judged:.1f} %" if self.judged else "—"


def visits_of(user: User) -> Any:
    """The visits that somebody sees, with the registers that flagged, the latest first."""
    rows = HouseholdVisit.objects.for_user(user).select_related("household__village")
    rows = rows.annotate(
        registers=ArrayAgg("hits__register", distinct=True, default=[]),
        standing=Case(
            When(~Q(outcome=""), then=F("outcome")),
            When(heard_on=None, then=Value("waits")),
            default=Value("heard"),
        ),
    )
    return rows.defer("household__village__outline").order_by("-opened_at", "number")


def visit_seen(user: User, number: str) -> HouseholdVisit:
    """A visit that somebody sees, or nothing."""
    rows = HouseholdVisit.objects.for_user(user).filter(number=number)
    found: HouseholdVisit | None = rows.select_related(
        "household__village", "heard_by", "decided_by"
    ).first()
    if found is None:
        raise Http404
    return found


def hits_of(visit: HouseholdVisit) -> list[HitRow]:
    """The hits of a visit, names in masks."""
    rows = visit.hits.select_related("member", "rule", "authorisation")
    return [_hit(row) for row in rows.order_by("register", "pk")]


def _hit(row: CheckHit) -> HitRow:
    return HitRow(
        key=row.pk,
        member=row.member_id,
        name=mask_name(str(row.member.name or "")),
        register=row.get_register_display(),
        source=row.source,
        as_of=row.as_of,
        step=row.get_step_display(),
        certain=row.certain,
        percent=f"{100 * min(row.probability, 0.999):.1f} %",
        counts=condition_words(row.rule),
        basis=f"{row.rule.document}{row.rule.article}",
        paper=row.authorisation.paper,
        facts=facts_of(row),
        wrong=row.wrong,
    )


def shares(user: User, by: str) -> list[Share]:
    """The share of wrong flags among those judged, by `register` or by `village`."""
    fields = ("register", "register")
    if by == "village":
        fields = ("household__village__name", "household__village__code")
    rows = CheckHit.objects.for_user(user).order_by().values_list(*dict.fromkeys(fields))
    counted = rows.annotate(
        flags=Count("pk"),
        judged=Count("pk", filter=Q(wrong__isnull=False)),
        errors=Count("pk", filter=Q(wrong=True)),
    )
    labels = dict(Register.choices)
    found = [
        Share(str(labels.get(one[0], one[0])), one[-4], one[-3], one[-2], one[-1])
        for one in counted
    ]
    return sorted(found, key=lambda one: one.code)


def total(rows: Iterable[Share]) -> Share:
    """All of them together."""
    several = list(rows)
    return Share(
        "",
        "",
        sum(one.flags for one in several),
        sum(one.judged for one in several),
        sum(one.wrong for one in several),
    )


def visits_to(home: Household) -> list[HouseholdVisit]:
    """The visits to a household, the latest first."""
    return list(home.visits.order_by("-opened_at"))


def left_out_seen(user: User) -> Any:
    """People left out that somebody sees, the latest first."""
    rows = LeftOut.objects.for_user(user).select_related("place", "rule", "household")
    return rows.defer("place__outline").order_by("-found_at", "pk")
