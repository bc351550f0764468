"""What the page of an application says once the result is out."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from junheng.admissions.models import Application, Objection, Round, SeatOffer
from junheng.admissions.selectors.answers import asked_of
from junheng.admissions.selectors.looked_up import result_of
from junheng.admissions.selectors.public_results import published_record
from junheng.admissions.selectors.second import carried, second_of
from junheng.admissions.services import carrying, objecting
from junheng.admissions.services.hearing_back import second_look
from junheng.admissions.web.look_up import told_of
from junheng.cases.facade import case_of

OBJECTION_TONES = {
    Objection.State.OPEN: "info",
    Objection.State.UPHELD: "success",
    Objection.State.REJECTED: "warning",
    Objection.State.WITHDRAWN: "plain",
}
SEATED = 3
"""Which of the steps of a family's way is the result."""
DONE = (Round.State.PUBLISHED, Round.State.CLOSED)


def after_result(shown: Application) -> dict[str, Any]:
    """What the page of an application says once its round is published; nothing before."""
    record = published_record(shown.round) if shown.round.state in DONE else None
    if record is None or shown.state == Application.State.WITHDRAWN:
        return {}
    objections = list(shown.objections.order_by("-raised_at"))
    busy = any(one.state == Objection.State.OPEN or one.satisfied for one in objections[:1])
    return {
        **told_of(result_of(shown, record), record),
        "own": True,
        "at": SEATED,
        "round": shown.round,
        "objections": [
            (one, OBJECTION_TONES[Objection.State(one.state)], second_look(one), answer_by(one))
            for one in objections
        ],
        "objection_time": objecting.time_for_objections(shown.round),
        "offer": (offer := open_offer(shown)),
        "together": bool(offer and offer.members),
        "asked": asked_of(shown, record),
        **_second(shown),
        "can_object": not busy and objecting.may_object(shown),
    }


def _second(shown: Application) -> dict[str, Any]:
    """The second round: whether the child may take part now, and its application there."""
    found = second_of(shown.round)
    if found is None or found.state == Round.State.PLANNED:
        return {"second": None}
    taken = carried(shown)
    opens = carrying.open_second_round(shown)
    return {"second": found, "carried": taken, "can_take_part": opens is not None}


def open_offer(shown: Application) -> SeatOffer | None:
    """The seat that waits for the family's answer."""
    offers = shown.seat_offers.filter(state=SeatOffer.State.OFFERED, until__gte=timezone.now())
    beside = offers.select_related("school", "call_up", "application")
    found: SeatOffer | None = beside.first()
    return found


def answer_by(objection: Objection) -> date | None:
    """The day by which an open objection is to be answered."""
    open_now = objection.state == Objection.State.OPEN
    case = case_of(objecting.CASE, objection.number) if open_now else None
    return case.clock.due_on if case else None
