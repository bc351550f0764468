"""Quota seats for pages: what a plan still needs, the shares, who sits where."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from junheng.accounts.facade import Visitor
from junheng.admissions.engine.quota import quota_of
from junheng.admissions.models import (
    QuotaCandidate,
    QuotaPlacement,
    QuotaPlan,
    QuotaRun,
    QuotaSchool,
    QuotaShare,
    SelectiveSchool,
)
from junheng.commons.models import Run

Stage = QuotaRun.Stage
Fate = QuotaPlacement.Fate
SHOWN_RUNS = 20


@dataclass(frozen=True, slots=True)
class Senior:
    """A selective senior school: planned seats, those of them that are quota seats, the line."""

    code: str
    name: str
    seats: int
    quota: int
    line: object


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run of a plan."""

    ref: str
    stage: str
    stage_name: str
    state: str
    state_name: str
    requested_at: datetime
    by: str
    published_at: datetime | None
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan with what was brought in and what was run."""

    seniors: Sequence[Senior]
    schools: int
    pupils: int
    candidates: int
    without_score: int
    runs: Sequence[RunRow]

    @property
    def planned(self) -> int:
        """Seats of all senior schools."""
        return sum(one.seats for one in self.seniors)

    @property
    def quota(self) -> int:
        """Those of them that are quota seats."""
        return sum(one.quota for one in self.seniors)

    def published(self, stage: str) -> RunRow | None:
        """The run of a stage that is published now."""
        return next((one for one in self.runs if one.stage == stage and _is_published(one)), None)


def _is_published(row: RunRow) -> bool:
    return row.published_at is not None and row.superseded_at is None


def plan_row(plan: QuotaPlan, user: Visitor) -> PlanRow:
    """What the page of a plan says to somebody, in four queries."""
    schools = QuotaSchool.objects.filter(plan=plan).values_list("pupils", flat=True)
    counted = QuotaCandidate.objects.filter(plan=plan).aggregate(
        all=Count("pk"), without=Count("pk", filter=Q(score=None))
    )
    counts = list(schools)
    return PlanRow(
        seniors=[
            Senior(one.code, one.name, one.seats, quota_of(one.seats, plan.permille), one.line)
            for one in SelectiveSchool.objects.filter(plan=plan).order_by("code")
        ],
        schools=len(counts),
        pupils=sum(counts),
        candidates=counted["all"],
        without_score=counted["without"],
        runs=_runs(plan, user),
    )


def _runs(plan: QuotaPlan, user: Visitor) -> list[RunRow]:
    found = QuotaRun.objects.for_user(user).filter(plan=plan).select_related("run__requested_by")
    return [
        RunRow(
            ref=one.run.ref,
            stage=one.stage,
            stage_name=str(Stage(one.stage).label),
            state=one.run.state,
            state_name=str(Run.State(one.run.state).label),
            requested_at=one.run.requested_at,
            by=str(one.run.requested_by or ""),
            published_at=one.run.published_at,
            superseded_at=one.run.superseded_at,
        )
        for one in found.order_by("-run__requested_at")[:SHOWN_RUNS]
    ]


# ------------------------------------------------------------------------------ who sits where


@dataclass(frozen=True, slots=True)
class Filled:
    """The quota seats of a senior school after filling."""

    code: str
    name: str
    quota: int
    own: int
    others: int

    @property
    def returned(self) -> int:
        """Seats that go back to the open admission."""
        return self.quota - self.own - self.others


def filled_by_senior(record: QuotaRun) -> list[Filled]:
    """The seats of a filling, senior school by senior school, in two queries."""
    quotas: dict[str, list[int]] = {}
    names: dict[str, str] = {}
    shares = QuotaShare.objects.filter(run=record.shares_id).order_by("senior_code")
    for code, name, seats in shares.values_list("senior_code", "senior_name", "seats"):
        quotas.setdefault(code, []).append(seats)
        names[code] = name
    taken = {
        (row["senior_code"], row["fate"]): row["pupils"]
        for row in QuotaPlacement.objects.filter(run=record)
        .exclude(senior_code="")
        .values("senior_code", "fate")
        .annotate(pupils=Count("pk"))
    }
    return [
        Filled(
            code,
            names[code],
            sum(seats),
            taken.get((code, Fate.OWN.value), 0),
            taken.get((code, Fate.OTHERS.value), 0),
        )
        for code, seats in quotas.items()
    ]


# ------------------------------------------------------------------------------ for everybody


@dataclass(frozen=True, slots=True)
class PublicQuota:
    """Published shares in the public list."""

    code: str
    place: str
    year: int
    quota: int
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class SharesOf:
    """One senior school's shares with the computation, as everybody may read them."""

    code: str
    name: str
    quota: int
    rows: Sequence[QuotaShare]

    @property
    def left_over(self) -> int:
        """Seats that went to the largest remainders."""
        return sum(row.extra for row in self.rows)


_PUBLISHED = Q(stage=Stage.SHARES, run__published_at__isnull=False, run__superseded_at__isnull=True)


def counts_of(run: Run) -> dict[str, int]:
    """The figures of a run's receipt; none while it is not done."""
    found: dict[str, int] = (run.receipt or {}).get("counts", {})
    return found


def version_of_quotas() -> Hashable:
    """What changes with every publication of shares."""
    found = QuotaRun.objects.filter(_PUBLISHED).aggregate(Max("run__published_at"), Count("pk"))
    return tuple(found.values())


def version_of_quota(code: str, year: int) -> Hashable | None:
    """The published runs of a county's shares and filling; None before the shares are."""
    here = QuotaRun.objects.filter(plan__place__code=code, plan__year=year)
    ref = here.filter(_PUBLISHED).values_list("run__ref", flat=True).first()
    if ref is None:
        return None
    filled = here.filter(
        stage=Stage.FILLING, run__published_at__isnull=False, run__superseded_at__isnull=True
    )
    return ref, filled.values_list("run__ref", flat=True).first()


def public_quotas() -> list[PublicQuota]:
    """All published shares, newest first."""
    found = QuotaRun.objects.filter(_PUBLISHED).select_related("run", "plan__place")
    return [
        PublicQuota(
            code=one.plan.place.code,
            place=one.plan.place.name,
            year=one.plan.year,
            quota=counts_of(one.run)["quota"],
            published_at=one.run.published_at,
        )
        for one in found.order_by("-plan__year", "plan__place__code")
    ]


def published_shares(code: str, year: int) -> QuotaRun | None:
    """The run whose shares everybody may read."""
    found: QuotaRun | None = (
        QuotaRun.objects.filter(_PUBLISHED, plan__place__code=code, plan__year=year)
        .select_related("run", "plan__place")
        .first()
    )
    return found


def shares_by_senior(record: QuotaRun) -> list[SharesOf]:
    """The computation, senior school by senior school, in one query."""
    grouped: dict[str, list[QuotaShare]] = {}
    for row in QuotaShare.objects.filter(run=record).order_by("senior_code", "code"):
        grouped.setdefault(row.senior_code, []).append(row)
    return [
        SharesOf(code, rows[0].senior_name, rows[0].quota, rows) for code, rows in grouped.items()
    ]


@dataclass(frozen=True, slots=True)
class SeatsOf:
    """What a lower secondary school got of every senior school.

    Attributes:
        name: The school.
        pupils: Its third-year pupils.
        seats: Its seats, in the order of the senior schools.
    """

    name: str
    pupils: int
    seats: tuple[int, ...]

    @property
    def total(self) -> int:
        """Its seats at all senior schools."""
        return sum(self.seats)


def seats_by_school(shares: Sequence[SharesOf]) -> list[SeatsOf]:
    """The same shares the other way round; every senior school has the same schools in order."""
    return [
        SeatsOf(rows[0].name, rows[0].pupils, tuple(row.seats for row in rows))
        for rows in zip(*(one.rows for one in shares), strict=True)
    ]
