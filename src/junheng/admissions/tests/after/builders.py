"""A published round whose families may object and check in, with Zhao's child c1 in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pgtrigger
from django.db.models import F
from django.utils import timezone

from junheng.accounts.models import User
from junheng.admissions.models import (
    Application,
    Objection,
    PublicEvent,
    Round,
    RoundDate,
    RoundRun,
)
from junheng.admissions.selectors.seats import holders
from junheng.admissions.services import (
    checking_in,
    enlisting,
    events,
    loading,
    objecting,
    running,
    steps,
    upholding,
)
from junheng.admissions.services.planning import begin_plan
from junheng.admissions.tests.letters import builders as letters
from junheng.admissions.tests.rounds import builders as rounds
from junheng.commons import approvals

DAY = timedelta(days=1)
CLAUSE = "§ 7 (2)"


def published(li: User, wu: User, *, check_in: timedelta = 8 * DAY, **different: Any) -> RoundRun:
    """The round with its result out; objections and check-in are on for a week.

    Args:
        li, wu: The two people.
        check_in: How long check-in takes.
        different: As for the round itself.
    """
    the_round = rounds.loaded(li, **different)
    event_at = timezone.now() + rounds.LATER
    out = event_at + rounds.LATER
    _dates(the_round, out, check_in)
    begin_plan(the_round, by=li)
    Round.objects.filter(pk=the_round.pk).update(policy=rounds.TEXT)
    event = events.Event("State lottery 2026-100", "As drawn", "00-00-00+00", event_at, event_at)
    events.name_event(the_round, event, by=li)
    rounds.dated(the_round, event_at)
    rounds.both(steps.OPEN, the_round, li, wu)
    rounds.both(steps.FREEZE, the_round, li, wu, input=the_round.input_id)
    rounds.let_pass(the_round, event_at)
    rounds.both(steps.DRAW, the_round, li, wu, figures=rounds.FIGURES)
    run = rounds.asked(rounds.fresh(the_round), "", li)
    running.execute(run)
    rounds.both(steps.PUBLISH, the_round, li, wu, run=run.ref)
    rounds.let_pass(the_round, the_round.dates.get(what="publication").begins_at)
    record: RoundRun = RoundRun.objects.select_related("run", "round", "input").get(pk=run.pk)
    letters.applied(record.round)
    letters.told(record.round)
    return record


def _dates(the_round: Round, out: Any, check_in: timedelta) -> None:
    spans = {"objections": (out, out + 7 * DAY), "check_in": (out, out + check_in)}
    RoundDate.objects.bulk_create(
        RoundDate(round=the_round, what=what, begins_at=begins, ends_at=ends)
        for what, (begins, ends) in (
            *spans.items(),
            ("publication", (out, out)),
            ("closing", (out + 9 * DAY, out + 9 * DAY)),
        )
    )


def child(record: RoundRun, code: str = "c1") -> Application:
    """A child's application."""
    found: Application = Application.objects.select_related("round").get(
        round=record.round_id, code=code
    )
    return found


def of_family(record: RoundRun, family: User, code: str = "c1") -> Application:
    """A child's application, in the hands of a family."""
    found = child(record, code)
    found.family = family
    found.save(update_fields=["family"])
    return found


def unplaced(record: RoundRun) -> str:
    """Code of the child that found no seat."""
    code: str = record.placements.filter(school=None).values_list("code", flat=True)[0]
    return code


def objected(application: Application, by: User, words: str = "We live next door.") -> Objection:
    """An objection, just raised."""
    return objecting.object_to(application, words, by=by, began_at=timezone.now())


def upheld(objection: Objection, record: RoundRun, li: User, wu: User, school: str) -> Objection:
    """The objection, upheld by both with a seat at a school."""
    seat = record.input.schools.get(code=school)
    asked = upholding.ask(objection, seat, CLAUSE, "You are right.", by=li)
    approvals.agree(asked, wu)
    objection.refresh_from_db()
    return objection


def seated(record: RoundRun, school: str = "school-1") -> list[Application]:
    """The children who hold a seat at a school, by number."""
    return list(holders(record, school).select_related("round").order_by("number"))


def released(record: RoundRun, li: User, wu: User) -> None:
    """The seats of those who did not come, released by both once check-in is over."""
    span = checking_in.time_for_check_in(record.round)
    assert span is not None
    rounds.wait_for(span.ends_at)
    asked = checking_in.ask_to_release(record.round, by=li, reason="Did not come.")
    approvals.agree(asked, wu)


# --- a second round -------------------------------------------------------------------------


def over(record: RoundRun, *, days: int = 30) -> RoundRun:
    """The round as it stands so many days later, with its check-in and objections over."""
    with pgtrigger.ignore("admissions.RoundDate:round_date_while_planned"):
        dates = RoundDate.objects.filter(round=record.round_id)
        dates.exclude(what="closing").update(
            begins_at=F("begins_at") - days * DAY, ends_at=F("ends_at") - days * DAY
        )
    return record


def second_beside(record: RoundRun) -> Round:
    """A planned second round, while check-in and objections of the first are on as before."""
    over(record)
    first = record.round
    facts = {name: getattr(first, name) for name in ("place", "path", "year", "level", "rules")}
    made: Round = Round.objects.create(ref=f"{first.ref}-2", second_of=first, **facts)
    over(record, days=-30)
    return made


def opened_second(made: Round, li: User, wu: User) -> Round:
    """A second round, open for a day; its public event follows."""
    event_at = timezone.now() + DAY
    began = timezone.now() - DAY
    RoundDate.objects.create(round=made, what="applications", begins_at=began, ends_at=event_at)
    RoundDate.objects.create(round=made, what="freeze", begins_at=event_at, ends_at=event_at)
    event = events.Event("State lottery 2026-200", "As drawn", "00-00-00+00", event_at, event_at)
    events.name_event(made, event, by=li)
    rounds.dated(made, event_at)
    rounds.both(steps.OPEN, made, li, wu)
    return rounds.fresh(made)


def listed_second(made: Round, li: User) -> Round:
    """The list of a second round, made of its applications and loaded."""
    upload = loading.read_upload(enlisting.make_list(made, by=li).pk)
    assert upload.state == "ready", upload.faults
    return loading.load_upload(upload.pk, li)


def published_second(made: Round, li: User, wu: User) -> RoundRun:
    """A second round from its applications to its result."""
    the_round = listed_second(made, li)
    rounds.both(steps.FREEZE, the_round, li, wu, input=the_round.input_id)
    with pgtrigger.ignore("admissions.PublicEvent:event_stays_as_named"):
        PublicEvent.objects.filter(round=made).update(
            takes_place_at=timezone.now(), contributions_until=timezone.now() - DAY
        )
    rounds.both(steps.DRAW, the_round, li, wu, figures=rounds.FIGURES)
    run = rounds.asked(rounds.fresh(the_round), "", li)
    running.execute(run)
    rounds.both(steps.PUBLISH, the_round, li, wu, run=run.ref)
    found: RoundRun = RoundRun.objects.select_related("run", "round", "input").get(pk=run.pk)
    return found


def check_in_begun(made: Round) -> None:
    """Check-in of a round has begun an hour ago."""
    with pgtrigger.ignore("admissions.RoundDate:round_date_while_planned"):
        RoundDate.objects.filter(round=made, what="check_in").update(
            begins_at=timezone.now() - DAY / 24, ends_at=timezone.now() + DAY
        )
