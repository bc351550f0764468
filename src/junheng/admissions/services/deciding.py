"""Deciding seats one by one after the published result: nobody else's seat is touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.models import (
    Application,
    Attendance,
    Letter,
    Objection,
    Placement,
    Round,
    RoundRun,
    RoundSchool,
    SeatDecision,
    SeatOffer,
)
from junheng.admissions.selectors.seats import Room, room_at
from junheng.admissions.services.acts import OutOfTurn, locked, require
from junheng.admissions.services.freezing import latest_list
from junheng.admissions.services.issuing import issue_for, result_of
from junheng.commons.refusals import Refusal

Why = SeatDecision.Why


class NoRoom(Refusal):
    """The school has no seat left within the class cap."""


class SeatHeld(Refusal):
    """The child has that very seat."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a seat is decided, and by whom.

    Attributes:
        why: One of `SeatDecision.Why`.
        words: The reason, for those concerned.
        by, second: Who decided; two people unless the family accepted an offer itself.
        clause: The clause of the rules.
        objection: What was upheld.
        offer: What the family accepted.
    """

    why: str
    words: str
    by: User | None
    second: User | None = None
    clause: str = ""
    objection: Objection | None = None
    offer: SeatOffer | None = None


def decide(application: Application, school: RoundSchool | None, ground: Ground) -> SeatDecision:
    """Give a child another seat, or none; what it held before stays readable as superseded.

    Args:
        application: Whose.
        school: A school of the published result's input; None where no seat is held any more.
        ground: Why, and by whom.

    Raises:
        OutOfTurn: If the round's result is not published, or being corrected.
        SeatHeld: If the child has that seat.
        NoRoom: If the school is full up to the class cap.
    """
    with transaction.atomic():
        held_round = locked(application.round_id)
        record = require_settled(held_round)
        last, former = seat_now(application, record)
        if (former.pk if former else None) == (school.pk if school else None):
            raise SeatHeld(_("The child has this seat already."))
        if school is not None:
            require_room(record, school, ground.why)
        made = SeatDecision(
            round=held_round,
            application=application,
            replaces=last,
            former=former,
            school=school,
            school_path=school.path if school else "",
            why=ground.why,
            clause=ground.clause,
            words=ground.words,
            objection=ground.objection,
            offer=ground.offer,
            by=ground.by,
            second=ground.second,
            at=timezone.now(),
        )
        made.save(force_insert=True)
        if school is not None:
            came = Attendance.objects.filter(application=application, state=Attendance.State.CAME)
            came.delete()  # it was to another school: the child comes to this one yet
            _leave_second_round(application)
        _write_again(made, record, ground)
    return made


def require_settled(the_round: Round) -> RoundRun:
    """The published result, which nobody is correcting now.

    Raises:
        OutOfTurn: If there is none, or its list was corrected.
    """
    require(the_round, Round.State.PUBLISHED)
    record, frozen = result_of(the_round), latest_list(the_round)
    if frozen is None or frozen.input_id != record.input_id:
        raise OutOfTurn(_("The list was corrected: run it and publish the result first."))
    return record


def seat_now(
    application: Application, record: RoundRun
) -> tuple[SeatDecision | None, RoundSchool | None]:
    """The newest decision about a child, and the school where it holds a seat."""
    decisions = SeatDecision.objects.newest().filter(application=application)
    last: SeatDecision | None = decisions.select_related("school").first()
    if last is not None:
        return last, last.school
    rows = Placement.objects.filter(run=record, code=application.code).select_related("school")
    placement = rows.first()
    return None, placement.school if placement else None


def require_room(record: RoundRun, school: RoundSchool, why: str) -> Room:
    """Make sure that a school has a seat: by plan, or for an objection up to the class cap.

    Raises:
        NoRoom: If it has none; it says how many it has and how many are taken.
    """
    room = room_at(record, school)
    seats = room.cap if why == Why.OBJECTION else school.seats
    if room.taken >= seats:
        figures = {"school": school.name or school.code, "taken": room.taken, "seats": seats}
        raise NoRoom(_("%(school)s has no seat left: %(taken)d of %(seats)d are taken.") % figures)
    return room


def _leave_second_round(application: Application) -> None:
    """Who holds a seat is not in the second round."""
    carried = Application.objects.filter(carried_from=application.pk)
    for row in carried.exclude(state=Application.State.WITHDRAWN):
        row.state = Application.State.WITHDRAWN
        row.save(update_fields=["state"])


def _write_again(made: SeatDecision, record: RoundRun, ground: Ground) -> None:
    """The letter of the old seat ends; the new seat has one of its own."""
    by = ground.second or ground.by
    Letter.objects.filter(application=made.application_id, end="").update(
        end=Letter.End.SUPERSEDED,
        revoked_at=made.at,
        revoked_by=by or made.application.family,
        revoked_why=_("A later decision supersedes this seat: %s.") % made.get_why_display(),
    )
    if made.school_id is not None:
        issue_for(made, record, by=by or _of_family(made))


def _of_family(made: SeatDecision) -> Any:
    return made.application.family
