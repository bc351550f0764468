"""The whole act in one go, by two people: for a county's drill, and for the demo."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.engine.calendar import Span
from junheng.admissions.models import PublicEvent, Round
from junheng.admissions.services import steps
from junheng.admissions.services.acts import matter_of
from junheng.admissions.services.calendar import set_calendar
from junheng.admissions.services.events import Event, contribute, name_event
from junheng.admissions.services.making import Announced, Sections, change_round, make_round
from junheng.admissions.services.materials import begin_with_usual
from junheng.admissions.services.planning import begin_plan
from junheng.commons import approvals
from junheng.places.facade import Place

NOTICE = timedelta(seconds=3)
"""So much time lies between naming the event and its taking place."""
State = Round.State


def take_to_seed(
    the_round: Round,
    *,
    officer: User,
    leader: User,
    contributions: Sequence[str],
    figures: str,
) -> None:
    """Take a planned round with a list to its seed; what an earlier try has done stays done.

    Args:
        the_round: A loaded round.
        officer: Who asks for each step.
        leader: Who agrees.
        contributions: Words given towards the seed.
        figures: The event's figures.

    Raises:
        OutOfTurn: If an earlier try stopped so late that the event is over before the freeze.
    """
    the_round = _fresh(the_round)
    if the_round.state == State.PLANNED:
        _write_text(the_round, officer)
        begin_plan(the_round, by=officer)
        named = name_event(the_round, _event(figures), by=officer)
        set_calendar(the_round, _dates(named.takes_place_at), by=officer)
        _both(steps.OPEN, the_round, officer, leader)
        for words in contributions:
            contribute(the_round, words, by=officer)
        _both(steps.FREEZE, the_round, officer, leader, input=the_round.input_id or 0)
        the_round = _fresh(the_round)
    if the_round.state == State.FROZEN and not the_round.seed:
        event = PublicEvent.objects.get(pk=the_round.pk)
        time.sleep(max(0.0, (event.takes_place_at - timezone.now()).total_seconds()))
        _both(steps.DRAW, the_round, officer, leader, figures=figures)


def open_for_families(
    place: Place,
    sections: Sections,
    announced: Announced,
    *,
    event: Event,
    officer: User,
    leader: User,
) -> Round:
    """Make, plan, date and open a round, so that families can apply until a week before its event.

    What an earlier call has done stays done.

    Args:
        place: The county.
        sections: Its rules, as `making.make_round` takes them.
        announced: Its text and ages.
        event: The public event, at least two weeks ahead.
        officer: Who asks for the opening.
        leader: Who agrees.
    """
    ref = str(sections["round"]["ref"])
    known = Round.objects.filter(place=place, ref=ref).first()
    the_round = known or make_round(place, sections, announced, by=officer)
    if the_round.state == State.PLANNED:
        begin_plan(the_round, by=officer)
        name_event(the_round, event, by=officer)
        set_calendar(the_round, _dates_before(event.takes_place_at), by=officer)
        if not the_round.material_lists.exists():
            begin_with_usual(the_round, by=officer)
        _both(steps.OPEN, the_round, officer, leader)
    return _fresh(the_round)


def _dates_before(event_at: datetime) -> list[Span]:
    """Applications from now until a week before the event, everything else after it."""
    now, days = timezone.now(), timedelta(days=1)
    freeze, out = event_at - 2 * days, event_at + days
    spans = {
        "applications": (now, event_at - 7 * days),
        "freeze": (freeze, freeze),
        "publication": (out, out),
        "objections": (out, out + 5 * days),
        "check_in": (out + 7 * days, out + 9 * days),
        "closing": (out + 30 * days, out + 30 * days),
    }
    return [Span(what, *times) for what, times in spans.items()]


def _write_text(the_round: Round, officer: User) -> None:
    if the_round.policy.strip():
        return
    text = _("A drill. Whoever reads this sees how a round is announced; nobody is admitted by it.")
    change_round(the_round, Announced(text, the_round.born_from, the_round.born_by), by=officer)


def publish(the_round: Round, ref: str, *, officer: User, leader: User) -> None:
    """Publish a run by both."""
    _both(steps.PUBLISH, the_round, officer, leader, run=ref)


def _event(figures: str) -> Event:
    moment = timezone.now() + NOTICE
    shape = "".join("0" if character.isdigit() else character for character in figures)
    return Event(_("A drill's drawing"), _("As they are read out"), shape, moment, moment)


def _dates(event_at: datetime) -> list[Span]:
    """A calendar around the event: everything before it now, everything after it in two weeks."""
    now, days = timezone.now(), timedelta(days=1)
    spans = {
        "applications": (now, now),
        "freeze": (now, now),
        "publication": (event_at, event_at),
        "objections": (event_at, event_at + 5 * days),
        "check_in": (event_at + 7 * days, event_at + 9 * days),
        "closing": (event_at + 14 * days, event_at + 14 * days),
    }
    return [Span(what, *times) for what, times in spans.items()]


def _both(kind: str, the_round: Round, officer: User, leader: User, **payload: str | int) -> None:
    waiting = approvals.waiting_for(matter_of(the_round)).get(kind)
    asked = waiting or steps.ask(kind, the_round, by=officer, reason="", **payload)
    approvals.agree(asked, leader)


def _fresh(the_round: Round) -> Round:
    found: Round = Round.objects.get(pk=the_round.pk)
    return found
