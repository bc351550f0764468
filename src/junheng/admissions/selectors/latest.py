"""The round that somebody has to do with now, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F

from junheng.accounts.facade import Visitor
from junheng.admissions.access import sees_whole
from junheng.admissions.models import Round, RoundRun
from junheng.admissions.selectors.results import Figures, figures_of
from junheng.admissions.selectors.rounds import round_title
from junheng.commons.models import Run


@dataclass(frozen=True, slots=True)
class LatestResult:
    """The result that counts: the published one, else the newest.

    Attributes:
        run: Its reference.
        figures: Over the children whom the reader sees.
    """

    run: str
    published: bool
    rehearsal: bool
    figures: Figures


@dataclass(frozen=True, slots=True)
class LatestRound:
    """The newest round that somebody takes part in.

    Attributes:
        whole: Whether the reader sees all of the round.
    """

    id: int
    title: str
    place: str
    ref: str
    state: str
    state_name: str
    whole: bool
    result: LatestResult | None


def latest_round(user: Visitor) -> LatestRound | None:
    """The newest round that somebody takes part in; None where there is none."""
    rounds = Round.objects.for_user(user).select_related("place").defer("place__outline")
    found: Round | None = rounds.order_by("-year", "-created_at").first()
    if found is None:
        return None
    whole = sees_whole(user, found)
    record = _result_that_counts(found, user)
    return LatestRound(
        id=found.pk,
        title=round_title(found),
        place=found.place.name,
        ref=found.ref,
        state=found.state,
        state_name=found.get_state_display(),
        whole=whole,
        result=_result(record, user, whole=whole) if record else None,
    )


def _result_that_counts(the_round: Round, user: Visitor) -> RoundRun | None:
    done = RoundRun.objects.for_user(user).filter(round=the_round, run__state=Run.State.DONE)
    published_first = F("run__published_at").desc(nulls_last=True)
    found: RoundRun | None = (
        done.select_related("run", "outcome")
        .defer("run__receipt", "outcome__flows", "outcome__checks")
        .order_by(published_first, "-run__requested_at")
        .first()
    )
    return found


def _result(record: RoundRun, user: Visitor, *, whole: bool) -> LatestResult:
    return LatestResult(
        run=record.run.ref,
        published=record.run.published_at is not None and record.run.superseded_at is None,
        rehearsal=record.rehearsal,
        figures=figures_of(record, user, (), whole=whole),
    )
