"""Publishing the official result, superseding it, and closing the round."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.models import Objection, Round, RoundRun, SeatOffer
from junheng.admissions.services.acts import (
    Deed,
    OutOfTurn,
    locked,
    log,
    matter_of,
    move,
    require,
)
from junheng.admissions.services.freezing import latest_list
from junheng.admissions.services.revoking import supersede
from junheng.commons import runs
from junheng.commons.attempts import noting
from junheng.commons.models import Run

State = Round.State
NAMED = 5
"""So many objections are named when a round cannot be closed for them."""
Follower = Callable[[RoundRun, User], None]
_followers: list[Follower] = []


def when_published(follow: Follower) -> None:
    """Let something follow each publication, in its transaction; call it from `ready()`."""
    if follow not in _followers:
        _followers.append(follow)


def published_run(the_round: Round) -> RoundRun | None:
    """The run that is the round's result now."""
    found: RoundRun | None = (
        RoundRun.objects.filter(
            round=the_round, run__published_at__isnull=False, run__superseded_at__isnull=True
        )
        .select_related("run", "input")
        .first()
    )
    return found


def publishable(the_round: Round, ref: str) -> RoundRun:
    """The run that is to be published.

    Raises:
        OutOfTurn: If it is a rehearsal, not done, not of the frozen list, or published already.
    """
    record: RoundRun = RoundRun.objects.select_related("run").get(round=the_round, run__ref=ref)
    frozen = latest_list(the_round)
    if record.rehearsal:
        raise OutOfTurn(_("The run %s is a rehearsal, so it cannot be published.") % ref)
    if record.run.state != Run.State.DONE:
        raise OutOfTurn(_("The run %s is not done, so it cannot be published.") % ref)
    if frozen is None or record.input_id != frozen.input_id:
        raise OutOfTurn(_("The run %s is not one of the list that is frozen now.") % ref)
    if record.run.published_at is not None:
        raise OutOfTurn(_("The run %s was published already.") % ref)
    return record


def publish(the_round: Round, ref: str, *, by: User, second: User) -> RoundRun:
    """Make a run the round's result; the one before stays readable. In the caller's transaction."""
    record, before = publishable(the_round, ref), published_run(the_round)
    runs.publish(record.run, second)
    if the_round.state == State.RUN:
        move(the_round, State.PUBLISHED)
    supersede(record, by=second)
    figures = {"run": ref, "result": record.run.result_sha256}
    if before is None:
        log(the_round, Deed.PUBLISHED, by=by, second=second, **figures)
    else:
        log(the_round, Deed.SUPERSEDED, by=by, second=second, before=before.run.ref, **figures)
    for follow in _followers:
        follow(record, second)
    return record


def close(the_round: Round, *, by: User) -> None:
    """End the act: nothing follows but reading.

    Raises:
        OutOfTurn: If nothing is published, a correction waits to be run, an objection is open, or
            a family has time to answer an offer.
    """
    noted = noting("admissions.close", by=by, matter=matter_of(the_round), path=the_round.path)
    with noted, transaction.atomic():
        held = locked(the_round.pk)
        require(held, State.PUBLISHED)
        record, frozen = published_run(held), latest_list(held)
        if record is None or frozen is None or record.input_id != frozen.input_id:
            raise OutOfTurn(_("The list was corrected: run it and publish the result first."))
        _require_answered(held)
        require_no_open_offer(held)
        move(held, State.CLOSED)
        log(held, Deed.CLOSED, by=by)


def _require_answered(the_round: Round) -> None:
    waiting = the_round.objections.filter(state=Objection.State.OPEN).order_by("raised_at")
    numbers = list(waiting.values_list("number", flat=True)[: NAMED + 1])
    if numbers:
        named = [*numbers[:NAMED], *("…" for _more in numbers[NAMED:])]
        raise OutOfTurn(
            _("Objections wait for an answer: %s. Answer them first, then close the round.")
            % _(", ").join(named)
        )


def require_no_open_offer(the_round: Round) -> None:
    """Make sure that no family has time left to answer an offer of a seat.

    Raises:
        OutOfTurn: If one has; it says until when.
    """
    offers = SeatOffer.objects.filter(
        round=the_round, state=SeatOffer.State.OFFERED, until__gte=timezone.now()
    )
    last = offers.order_by("-until").values_list("until", flat=True).first()
    if last is not None:
        raise OutOfTurn(
            _("Seats of the round %(ref)s are still offered; the last answer is due at %(until)s.")
            % {"ref": the_round.ref, "until": f"{timezone.localtime(last):%Y-%m-%d %H:%M}"}
        )
