"""Objections: raised by the family in time, answered with words, upheld by two people."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.admissions.engine.calendar import GRACE, Span, Standing, standing
from junheng.admissions.models import Application, Objection, Round, RoundDate, RoundSchool
from junheng.admissions.services.acts import OutOfTurn, locked
from junheng.admissions.services.deciding import (
    Ground,
    SeatHeld,
    Why,
    decide,
    require_room,
    require_settled,
    seat_now,
)
from junheng.admissions.services.telling import tell_answer
from junheng.cases.facade import CaseKind, case_of, note, open_case, register_kind, settle
from junheng.commons.refusals import Refusal
from junheng.kernel.ref import Ref
from junheng.places.facade import Role

CASE = "admissions.objection"
DAYS = 5
"""Working days within which an objection is to be answered."""
NUMBER = "OB"
State = Objection.State


class NotInTime(Refusal):
    """Objections are not taken in now."""


class ObjectedAlready(Refusal):
    """An objection to this result is being looked into."""


class NothingSaid(Refusal):
    """An objection, or an answer to one, says why."""


class AnsweredAlready(Refusal):
    """The objection is not open any more."""


def register() -> None:
    """Let objections be cases; called once, when the site starts."""
    register_kind(
        CaseKind(
            key=CASE,
            label=gettext_lazy("Objection to a result"),
            days=DAYS,
            role=Role.ADMISSIONS_OFFICER,
            escalates_to=(Role.BUREAU_LEADER,),
            page=page_of,
            closes_by_owner=True,
            facts={"number": gettext_lazy("Application number")},
        )
    )


def time_for_objections(the_round: Round) -> Span | None:
    """When families may object to the results of a round; None where it was not announced."""
    row = RoundDate.objects.filter(round=the_round, what=RoundDate.What.OBJECTIONS).first()
    return Span(row.what, row.begins_at, row.ends_at) if row else None


def may_object(application: Application, now: datetime | None = None) -> bool:
    """Whether a family may begin an objection now."""
    the_round = application.round
    span = time_for_objections(the_round) if the_round.state == Round.State.PUBLISHED else None
    if span is None or application.state == Application.State.WITHDRAWN:
        return False
    return standing(span, now or timezone.now(), grace=GRACE) is Standing.ON


def require_time(application: Application, now: datetime, began_at: datetime) -> None:
    """Make sure that objections are taken in; what was begun in time has its grace.

    Raises:
        NotInTime: If they are not; it says from when to when they are.
    """
    the_round = application.round
    span = time_for_objections(the_round)
    if span is None or the_round.state != Round.State.PUBLISHED:
        raise NotInTime(_("Objections are taken in once the result is published."))
    stands = standing(span, now, grace=GRACE)
    begun = span.begins_at <= began_at <= span.ends_at
    if begun and began_at <= now and stands in (Standing.ON, Standing.GRACE):
        return
    begins, ends = (timezone.localtime(one) for one in (span.begins_at, span.ends_at))
    raise NotInTime(
        _("Objections are taken in from %(begins)s until %(ends)s.")
        % {"begins": f"{begins:%Y-%m-%d %H:%M}", "ends": f"{ends:%Y-%m-%d %H:%M}"}
    )


def object_to(
    application: Application,
    words: str,
    *,
    by: User,
    began_at: datetime,
    now: datetime | None = None,
) -> Objection:
    """Raise an objection to what was decided about a child; it opens a case.

    Args:
        application: Whose.
        words: Why, as the family says it.
        by: The family, or who typed it in for them.
        began_at: When they opened the form.
        now: The moment; by default the server's.

    Raises:
        NothingSaid: Without words.
        NotInTime: Before and after the days that were announced.
        ObjectedAlready: While one is open.
    """
    said, moment = words.strip(), now or timezone.now()
    if not said:
        raise NothingSaid(_("Say what you do not agree with, and why."))
    with transaction.atomic():
        application.round = locked(application.round_id)  # it is not closed meanwhile
        require_time(application, moment, began_at)
        made = Objection(
            number=str(Ref.draw(NUMBER, application.round.year, secrets.randbelow)),
            round=application.round,
            application=application,
            words=said,
            began_at=began_at,
            raised_at=moment,
            raised_by=by,
        )
        _write(made)
        _open_case(made, by)
    return made


def _write(made: Objection) -> None:
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise ObjectedAlready(
            _("An objection is being looked into already. You can add to it at the bureau.")
        ) from error


def _open_case(made: Objection, by: User) -> None:
    open_case(
        CASE,
        subject=made.number,
        title=_("Objection %(number)s · %(round)s")
        % {"number": made.number, "round": made.round.ref},
        path=made.round.path,
        facts={"number": made.application.number},
        by=by,
    )


def withdraw(objection: Objection, *, by: User) -> None:
    """Take an objection back.

    Raises:
        AnsweredAlready: If it is not open any more.
    """
    with transaction.atomic():
        held = _open(objection)
        held.state = State.WITHDRAWN
        held.save(update_fields=["state"])
        _settle(held, str(held.get_state_display()), by)


def reject(objection: Objection, words: str, *, by: User) -> None:
    """Answer that the result stands, with the reasons.

    Raises:
        NothingSaid: Without reasons.
        AnsweredAlready: If it is not open any more.
    """
    said = words.strip()
    if not said:
        raise NothingSaid(_("Every objection gets an answer with its reasons."))
    with transaction.atomic():
        held = _open(objection)
        _answer(held, State.REJECTED, said, by=by, second=None)


def propose(objection: Objection, words: str, *, by: User) -> Objection:
    """Keep the answer that a second person is to agree to; it is sealed like all words here.

    Raises:
        NothingSaid: Without reasons.
        AnsweredAlready: If it is not open any more.
    """
    said = words.strip()
    if not said:
        raise NothingSaid(_("Every objection gets an answer with its reasons."))
    with transaction.atomic():
        held = _open(objection)
        held.answer = said
        held.save(update_fields=["answer"])
        if (case := case_of(CASE, held.number)) is not None:
            note(case.number, _("A second person is asked to agree that it is upheld."), by=by)
    return held


def require_upholdable(objection: Objection, school: RoundSchool) -> None:
    """Make sure that an objection can be upheld with a seat at a school.

    Raises:
        AnsweredAlready: If it is not open any more.
        OutOfTurn: If the result is not published, or the school is not one of its.
        NoRoom, SeatHeld: If there is no such seat to give.
    """
    held = _open(objection)
    record = require_settled(locked(held.round_id))
    if school.input_id != record.input_id:
        raise OutOfTurn(_("The school is not one of the published result."))
    _last, former = seat_now(held.application, record)
    if former is not None and former.pk == school.pk:
        raise SeatHeld(_("The child has this seat already."))
    require_room(record, school, Why.OBJECTION)


def uphold(
    objection: Objection, school: RoundSchool, clause: str, *, by: User, second: User
) -> Objection:
    """Give the child its seat, and answer; nobody else loses one. In the caller's transaction."""
    held = _open(objection)
    words = str(held.answer or "")
    upheld = _("The objection %s is upheld.") % held.number
    ground = Ground(Why.OBJECTION, upheld, by, second, clause, held)
    decide(held.application, school, ground)
    _answer(held, State.UPHELD, words, by=by, second=second)
    return held


def _open(objection: Objection) -> Objection:
    rows = Objection.objects.select_for_update(of=("self",))
    held: Objection = rows.select_related("application__round", "round").get(pk=objection.pk)
    if held.state != State.OPEN:
        raise AnsweredAlready(_("The objection %s is not open any more.") % held.number)
    return held


def _answer(held: Objection, state: str, words: str, *, by: User, second: User | None) -> None:
    held.state, held.answer, held.answered_at = state, words, timezone.now()
    held.answered_by, held.second = by, second
    fields = ["state", "answer", "answered_at", "answered_by", "second"]
    held.save(update_fields=fields)
    tell_answer(held)
    _settle(held, str(held.get_state_display()), by)


def _settle(held: Objection, words: str, by: User) -> None:
    """Close its case; the words stay sealed here, the case has only how it ended."""
    if (case := case_of(CASE, held.number)) is not None:
        settle(case.number, outcome=held.state, words=words, by=by)


def page_of(number: str) -> str | None:
    """Where an objection is answered."""
    return reverse("admissions:objection", args=[number])


def fields_of(payload: dict[str, Any]) -> tuple[Objection, RoundSchool]:
    """What a question to a second person is about."""
    objection = Objection.objects.select_related("application", "round").get(
        pk=payload["objection"]
    )
    return objection, RoundSchool.objects.get(pk=payload["school"])
