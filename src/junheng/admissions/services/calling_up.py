"""Calling up from waiting lists: offers by the schools' order, and what families answer."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.access import may_run
from junheng.admissions.engine.waiting import call_up as called
from junheng.admissions.models import Application, CallUp, Round, RoundRun, SeatOffer
from junheng.admissions.services.acts import locked
from junheng.admissions.services.deciding import Ground, Why, decide, require_settled
from junheng.admissions.services.left_over import require_no_second_list
from junheng.admissions.services.telling import tell_offered
from junheng.admissions.snapshots.waiting import WaitingLists, waiting_lists
from junheng.commons.approvals import NotTheirs
from junheng.commons.refusals import Refusal
from junheng.kernel.canonical import canonical_json

DAYS = 2
"""So long a family has to answer an offer."""
State = SeatOffer.State


class NobodyWaits(Refusal):
    """No free seat has anybody who waits for it."""


class AnsweredAlready(Refusal):
    """The offer is not open any more."""


def call_up(the_round: Round, *, by: User, now: datetime | None = None) -> CallUp:
    """Offer the free seats of a round to those who come first, and keep the receipt.

    Args:
        the_round: A round with a published result.
        by: The officer.
        now: The moment; by default the server's.

    Raises:
        NotTheirs: If the person does not run rounds there.
        OutOfTurn: If nothing is published, or a correction is under way.
        NobodyWaits: If nobody waits for a seat that is free.
    """
    if not may_run(by, the_round):
        raise NotTheirs(_("Your post does not cover this step."))
    moment = now or timezone.now()
    with transaction.atomic():
        held = locked(the_round.pk)
        record = require_settled(held)
        require_no_second_list(held)
        lapse(held, now=moment)
        lists = waiting_lists(record)
        calls = called(lists.free, lists.waiting)
        if not calls:
            raise NobodyWaits(_("Nobody waits for a seat that is free."))
        receipt = receipt_of(record, lists, [(call.school, call.child) for call in calls])
        made = CallUp.objects.create(
            round=held,
            number=held.call_ups.count() + 1,
            receipt=receipt,
            sha256=hashlib.sha256(canonical_json(receipt)).hexdigest(),
            by=by,
            at=moment,
        )
        _offer(made, record, moment + timedelta(days=DAYS))
    return made


def receipt_of(record: RoundRun, lists: WaitingLists, calls: list[tuple[str, str]]) -> Any:
    """All that a call-up was made from and what came of it, so that it can be repeated."""
    by_lottery = list(record.input.rules.get("by_lottery", ()))
    return {
        "kind": "admissions.call_up",
        "run": record.run.ref,
        "priority": list(record.input.rules["priority"]),
        **({"by_lottery": by_lottery} if by_lottery else {}),
        "free": lists.free,
        "waiting": [
            [one.child, list(one.schools), [list(claim) for claim in one.claims], one.ticket]
            for one in lists.waiting
        ],
        "together_or_not_at_all": [list(one.members) for one in lists.waiting if one.others],
        "calls": [list(call) for call in calls],
    }


def _offer(made: CallUp, record: RoundRun, until: datetime) -> None:
    calls = dict(reversed(call) for call in made.receipt["calls"])
    schools = {school.code: school for school in record.input.schools.all()}
    rows = Application.objects.filter(round=made.round_id, code__in=calls)
    for child in rows.exclude(state=Application.State.WITHDRAWN):
        school = schools[calls[child.code]]
        offer = SeatOffer.objects.create(
            call_up=made, round=made.round, application=child, school=school, until=until
        )
        tell_offered(child, offer)


def lapse(the_round: Round, *, now: datetime) -> int:
    """Silence is a no: offers whose time is over are open no more. How many those were."""
    late = SeatOffer.objects.filter(round=the_round, state=State.OFFERED, until__lt=now)
    ended: int = late.update(state=State.LAPSED)
    return ended


def accept(offer: SeatOffer, *, by: User) -> SeatOffer:
    """Take an offered seat; the seat held before comes free for others.

    Twins who were called up together are answered for together.

    Raises:
        AnsweredAlready: If it was answered, or its time is over.
        OutOfTurn, NoRoom: If the seat cannot be given any more.
    """
    with transaction.atomic():
        held, others = _open(offer)
        words = _("Called up from the waiting list (call-up %d).") % held.call_up.number
        for one in (held, *others):
            _answer(one, State.ACCEPTED, by)
            decide(one.application, one.school, Ground(Why.WAITING, words, by, offer=one))
    return held


def refuse(offer: SeatOffer, *, by: User) -> SeatOffer:
    """Leave an offered seat to others; the child, and its twin, keep what they have.

    Raises:
        AnsweredAlready: If it was answered, or its time is over.
    """
    with transaction.atomic():
        held, others = _open(offer)
        for one in (held, *others):
            _answer(one, State.REFUSED, by)
    return held


def _open(offer: SeatOffer) -> tuple[SeatOffer, list[SeatOffer]]:
    """An offer that waits for its answer, and those that were made together with it."""
    locked(offer.round_id)
    rows = SeatOffer.objects.select_for_update(of=("self",))
    beside = rows.select_related("application__family", "application__round", "school", "call_up")
    held: SeatOffer = beside.get(pk=offer.pk)
    if held.state != State.OFFERED or held.until < timezone.now():
        raise AnsweredAlready(_("The offer is not open any more."))
    together = beside.filter(call_up=held.call_up_id, state=State.OFFERED).exclude(pk=held.pk)
    return held, list(together.filter(application__code__in=held.members).order_by("pk"))


def _answer(held: SeatOffer, state: str, by: User) -> None:
    held.state, held.answered_by, held.answered_at = state, by, timezone.now()
    held.save(update_fields=["state", "answered_by", "answered_at"])
