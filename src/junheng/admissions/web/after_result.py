"""What the page of an application says once the result is out."""

from __future__ import annotations

from typing import Any

from junheng.admissions.models import Application, Objection, Round
from junheng.admissions.selectors.looked_up import result_of
from junheng.admissions.selectors.public_results import published_record
from junheng.admissions.services import objecting
from junheng.admissions.web.look_up import told_of

OBJECTION_TONES = {
    Objection.State.OPEN: "info",
    Objection.State.UPHELD: "success",
    Objection.State.REJECTED: "warning",
    Objection.State.WITHDRAWN: "plain",
}
DONE = (Round.State.PUBLISHED, Round.State.CLOSED)


def after_result(shown: Application) -> dict[str, Any]:
    """What the page of an application says once its round is published; nothing before."""
    record = published_record(shown.round) if shown.round.state in DONE else None
    if record is None or shown.state == Application.State.WITHDRAWN:
        return {}
    objections = list(shown.objections.order_by("-raised_at"))
    busy = any(one.state == Objection.State.OPEN for one in objections)
    return {
        **told_of(result_of(shown, record), record),
        "own": True,
        "round": shown.round,
        "objections": [(one, OBJECTION_TONES[Objection.State(one.state)]) for one in objections],
        "objection_time": objecting.time_for_objections(shown.round),
        "can_object": not busy and objecting.may_object(shown),
    }
