"""Where the act of a round stands: what was done, what is next, and what is missing for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.admissions.engine import seeds
from junheng.admissions.models import (
    Contribution,
    FrozenList,
    PublicEvent,
    Round,
    RoundAct,
    RoundRun,
)
from junheng.admissions.selectors.calendar import calendar_conditions
from junheng.commons.models import Approval, Run

State = Round.State
ORDER = (
    *(State.PLANNED, State.OPEN, State.FROZEN),
    *(State.RUN, State.PUBLISHED, State.CLOSED),
)


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that has to be so before the next step."""

    words: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Act:
    """A round's act as its page shows it."""

    event: PublicEvent | None
    contributions: Sequence[Contribution]
    lists: Sequence[FrozenList]
    material: str
    official: RoundRun | None
    published: RoundRun | None
    waiting: Sequence[Approval]
    log: Sequence[RoundAct]
    next_step: str
    conditions: Sequence[Condition]

    @property
    def ready(self) -> bool:
        """Whether nothing is missing for the next step."""
        return all(condition.holds for condition in self.conditions)


def act_of(the_round: Round) -> Act:
    """All of a round's act; the number of queries does not depend on how much happened."""
    event = PublicEvent.objects.filter(pk=the_round.pk).first()
    contributions = list(the_round.contributions.order_by("number").defer("words"))
    lists = list(the_round.lists.order_by("version").select_related("approval"))
    official = _official(the_round, lists)
    published = next((one for one in official if _is_published(one)), None)
    latest = official[0] if official else None
    step, conditions = _next(the_round, event, lists, latest, published)
    return Act(
        event=event,
        contributions=contributions,
        lists=lists,
        material=_material(the_round, event, contributions, lists),
        official=latest,
        published=published,
        waiting=_waiting(the_round),
        log=list(the_round.acts.select_related("by", "second").order_by("-at", "-pk")),
        next_step=step,
        conditions=conditions,
    )


def _official(the_round: Round, lists: Sequence[FrozenList]) -> list[RoundRun]:
    """Finished runs with the seed, those of the list that is frozen now first."""
    done = RoundRun.objects.filter(round=the_round, rehearsal=False, run__state=Run.State.DONE)
    runs = list(done.select_related("run").defer("run__receipt").order_by("-run__requested_at"))
    current = lists[-1].input_id if lists else None
    return sorted(runs, key=lambda one: one.input_id != current)


def _is_published(record: RoundRun) -> bool:
    return record.run.published_at is not None and record.run.superseded_at is None


def _waiting(the_round: Round) -> list[Approval]:
    found = Approval.objects.filter(
        matter=f"admissions.round.{the_round.pk}", state=Approval.State.PENDING
    )
    return list(found.select_related("asked_by"))


def _material(
    the_round: Round,
    event: PublicEvent | None,
    contributions: Sequence[Contribution],
    lists: Sequence[FrozenList],
) -> str:
    """What the seed is the SHA-256 of, once there is one."""
    if not the_round.seed or event is None or not lists:
        return ""
    words = [one.opened for one in contributions]
    return seeds.material(the_round.ref, lists[0].list_sha256, words, event.figures)


def _next(
    the_round: Round,
    event: PublicEvent | None,
    lists: Sequence[FrozenList],
    official: RoundRun | None,
    published: RoundRun | None,
) -> tuple[str, list[Condition]]:
    """The step that comes next, and what has to be so for it."""
    now, state = timezone.now(), the_round.state
    if state == State.PLANNED:
        planned = the_round.plan.filter(seats__gt=0).exists()
        return "open", [
            Condition(_("The intake is planned."), planned),
            *_before_opening(the_round, event, now),
        ]
    if state == State.OPEN:
        return "freeze", [
            Condition(_("A list is loaded."), the_round.input_id is not None),
            Condition(
                _("The public event has not begun."), bool(event and event.takes_place_at > now)
            ),
        ]
    if state == State.FROZEN and not the_round.seed:
        over = bool(event and event.takes_place_at <= now)
        return "draw", [Condition(_("The public event has taken place."), over)]
    if state in (State.FROZEN, State.RUN, State.PUBLISHED):
        return _after_the_seed(lists, official, published)
    return "", []


def _before_opening(the_round: Round, event: PublicEvent | None, now: datetime) -> list[Condition]:
    return [
        Condition(_("The public event is named."), event is not None),
        Condition(_("It lies in the future."), event is not None and event.takes_place_at > now),
        *(Condition(words, holds) for words, holds in calendar_conditions(the_round)),
        Condition(_("The text of the rules is written."), bool(the_round.policy.strip())),
    ]


def _after_the_seed(
    lists: Sequence[FrozenList], official: RoundRun | None, published: RoundRun | None
) -> tuple[str, list[Condition]]:
    current = official is not None and bool(lists) and official.input_id == lists[-1].input_id
    if not current:
        return "run", [Condition(_("The seed is made."), holds=True)]
    if official != published:
        return "publish", [Condition(_("The run of the frozen list is done."), holds=True)]
    return "close", [Condition(_("The result is published."), holds=True)]
