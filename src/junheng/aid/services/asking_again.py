"""A service that was silent is asked again by itself, about those of whom nobody knows yet.

The newest check of a county is looked at again while some of its questions have no answer. As long
as the service is silent, a single request leaves at a time, and none while it is left alone; no
run is made. What it answers is kept with the check's own day. Then the same check is carried out
once more: it finds the answers there, and what follows from them gets its receipt.

Safe to be killed and to be done twice: an answer is kept once, and whether one came since the
check was over is looked up, not remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from junheng.aid.access import may_keep
from junheng.aid.models import CheckRule
from junheng.aid.selectors.check_runs import county_of
from junheng.aid.services import asking_services
from junheng.aid.services.cross_checking import by_connection
from junheng.aid.snapshots.checks import KIND, DeliveredAnew, Frozen, delivered, thawed
from junheng.commons.models import Run

KEPT_ON = timedelta(days=3)
"""So long after a check its questions go out again; later, a new one asks about everybody."""


def ask_again(conclude: Callable[[Run], object]) -> None:
    """Ask again what the newest check of each county got no answer to.

    Args:
        conclude: Asks for the same check once more; called where an answer has come.
    """
    for run in _unanswered():
        if _was_answered(run):
            conclude(run)


def _unanswered() -> Iterator[Run]:
    """The newest check of each county, where it is over and whoever asked for it is in charge."""
    rows = Run.objects.filter(kind=KIND).order_by("matter", "-requested_at").distinct("matter")
    since = timezone.now() - KEPT_ON
    for run in rows.select_related("snapshot", "requested_by"):
        over = run.state == Run.State.DONE and run.finished_at and run.finished_at > since
        if over and any(map(_may_answer, _services(run).values())):
            by = run.requested_by
            if by is not None and may_keep(by, county_of(run).path):
                yield run


def _services(run: Run) -> Mapping[str, Mapping[str, Any]]:
    """What the receipt says of each service, by the connection."""
    services: Mapping[str, Mapping[str, Any]] = (run.receipt or {}).get("services", {})
    return services


def _may_answer(told: Mapping[str, Any]) -> bool:
    """Whether a service was silent about somebody in a way that may be over now."""
    silent = {why: n for why, n in told.get("silent", {}).items() if n}
    return bool(silent.keys() - {asking_services.MISTAKEN})


def _was_answered(run: Run) -> bool:
    frozen = thawed(run.snapshot)
    rules = list(
        CheckRule.objects.filter(pk__in=frozen.rules)
        .on(timezone.localdate())
        .select_related("connection")
    )
    if len(rules) != len(frozen.rules):
        return False  # a rule ended: what follows from it is for the next check
    try:
        return _asked(run, frozen, rules)
    except DeliveredAnew:
        return False


def _asked(run: Run, frozen: Frozen, rules: Sequence[CheckRule]) -> bool:
    """Ask each service that may answer; whether one did.

    Raises:
        DeliveredAnew: If the check could not be carried out once more as it was.
    """
    several = by_connection(rules)
    for connection in frozen.deliveries:
        delivered(frozen, several[connection][0])
    told = _services(run)
    answered = False
    for connection in frozen.services:
        rules_of_it = several[connection]
        of_it = told.get(str(rules_of_it[0].connection.uid), {})
        if _may_answer(of_it):
            answered |= asking_services.ask_again(run, frozen, rules_of_it, last=of_it["last"])
    return answered
