"""Rounds: which there are, what was loaded, what ran."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import Visitor, paths_of
from junheng.admissions.access import sees_whole
from junheng.admissions.models import Round, RoundRun, RoundSchool
from junheng.admissions.models.querysets import READERS, steps_of
from junheng.commons.models import Job, Run
from junheng.places.facade import Level, Place

LEVELS: Mapping[str, str | Promise] = {
    "primary": gettext_lazy("first grade of primary school"),
    "lower_secondary": gettext_lazy("first grade of lower secondary school"),
}
UNDER_WAY = (Run.State.QUEUED, Run.State.RUNNING)
RUN_JOB = "admissions.run_round"
RUNS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in a list."""

    ref: str
    state: str
    state_name: str
    rehearsal: bool
    seed: str
    by: str
    requested_at: datetime
    finished_at: datetime | None
    note: str
    figures: Mapping[str, Any] | None
    latest_input: bool

    @property
    def done(self) -> bool:
        return self.state == Run.State.DONE

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY


@dataclass(frozen=True, slots=True)
class SchoolDemand:
    """A school before any run: its seats, and the children whose list it heads."""

    code: str
    label: str
    lon: float | None
    lat: float | None
    seats: int
    wanted: int
    path: str = ""

    @property
    def over(self) -> int:
        return max(0, self.wanted - self.seats)


@dataclass(frozen=True, slots=True)
class Outline:
    """A township on the map."""

    name: str
    geometry: Mapping[str, Any]


def round_title(the_round: Round) -> str:
    """What an officer calls the round."""
    level = LEVELS.get(the_round.level, the_round.level)
    words = {"year": the_round.year, "level": level}
    if the_round.second_of_id is not None:
        return _("%(year)s admission, %(level)s, second round") % words
    return _("%(year)s admission, %(level)s") % words


def intake_of(the_round: Round) -> str:
    """What children are admitted to, as papers for families say it."""
    level = LEVELS.get(the_round.level, the_round.level)
    return _("%(level)s, autumn %(year)s") % {"year": the_round.year, "level": level}


def rounds_of(user: Visitor) -> QuerySet[Round]:
    """Rounds that somebody may see, each with its latest finished run."""
    latest = RoundRun.objects.filter(round=OuterRef("pk"), run__state=Run.State.DONE).order_by(
        "-run__requested_at"
    )
    rounds: QuerySet[Round] = (
        Round.objects.for_user(user)
        .select_related("place", "input")
        .annotate(
            latest_ref=Subquery(latest.values("run__ref")[:1]),
            latest_rehearsal=Subquery(latest.values("rehearsal")[:1]),
        )
    )
    return rounds


def runs_of(the_round: Round, user: Visitor) -> list[RunRow]:
    """The latest runs of a round that somebody may see, newest first."""
    records = (
        RoundRun.objects.for_user(user)
        .filter(round=the_round)
        .select_related("run__requested_by", "outcome")
        .defer("run__receipt", "outcome__flows", "outcome__checks")
        .order_by("-run__requested_at")[:RUNS_SHOWN]
    )
    whole = sees_whole(user, the_round)
    return [run_row(record, the_round.input_id, whole=whole) for record in records]


def run_row(record: RoundRun, latest_input: int | None, *, whole: bool) -> RunRow:
    """A run as a row; figures of the whole round only for those who see all of it."""
    run, outcome = record.run, getattr(record, "outcome", None)
    return RunRow(
        ref=run.ref,
        state=run.state,
        state_name=run.get_state_display(),
        rehearsal=record.rehearsal,
        seed=run.seed,
        by=str(run.requested_by) if run.requested_by else _("The system"),
        requested_at=run.requested_at,
        finished_at=run.finished_at,
        note=run.note,
        figures=outcome.figures if outcome is not None and whole else None,
        latest_input=record.input_id == latest_input,
    )


def job_of(ref: str) -> Job | None:
    """The job that works on a run."""
    jobs = Job.objects.filter(kind=RUN_JOB, args__run=ref)
    return jobs.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).first() or jobs.first()


def demand_of(the_round: Round, user: Visitor) -> list[SchoolDemand]:
    """The visible schools of what is loaded, those most over plan first; one query."""
    if the_round.input is None:
        return []
    wanted: Sequence[int] = the_round.input.summary["demand"]
    schools = RoundSchool.objects.filter(input=the_round.input).order_by("code")
    columns = schools.values_list("code", "name", "lon", "lat", "seats", "path")
    visible = paths_of(user, READERS)
    rows = [
        SchoolDemand(code, name or code, lon, lat, seats, count, path)
        for (code, name, lon, lat, seats, path), count in zip(columns, wanted, strict=True)
        if path.startswith(visible)
    ]
    return sorted(rows, key=lambda row: (row.seats - row.wanted, row.code))


def outlines_of(paths: Iterable[str]) -> list[Outline]:
    """The townships in which schools of these paths stand; a trial from elsewhere has none."""
    lines = {step for path in set(paths) for step in steps_of(path)}
    townships = Place.objects.filter(path__in=lines, level=Level.TOWNSHIP, outline__isnull=False)
    shown = townships.order_by("code").values_list("name", "outline")
    return [Outline(name, geometry) for name, geometry in shown]
