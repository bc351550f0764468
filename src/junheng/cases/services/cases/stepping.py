"""One step of a case: under its lock, in its turn, with an entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.cases.engine import clock
from junheng.cases.engine.flow import Deed, NoSuchStep, State, follow
from junheng.cases.events import case_reopened, case_settled
from junheng.cases.models import Case, CaseEntry
from junheng.cases.models.cases import days_of_pauses
from junheng.cases.selectors.calendar import calendars
from junheng.cases.selectors.cases import row_of
from junheng.commons.refusals import Refusal


class CannotFollow(Refusal):
    """The case is not where this could be done: somebody else was faster, or the page was old."""


class WordsMissing(Refusal):
    """This has to be said in words."""


def take(
    number: str,
    deed: Deed,
    change: Callable[[Case], None] = lambda case: None,
    *,
    by: User | None,
    words: str = "",
    outcome: str = "",
    **entry: Any,
) -> Case:
    """Take one step under the case's lock."""
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).get(number=number)
        state = _follow(case, deed)
        closes = state == State.CLOSED and case.state != State.CLOSED
        opens = case.state == State.CLOSED and state != State.CLOSED
        if opens:
            _alone(case)
        change(case)
        case.state = state
        if closes:
            case.outcome, case.closed_at = outcome, timezone.now()
            case.ended_on = case.ended_on or timezone.localdate()
        case.save()
        CaseEntry.objects.create(case=case, by=by, deed=deed, words=words, **entry)
        if closes or opens:
            _tell(case, case_settled if closes else case_reopened)
    return case


def _tell(case: Case, signal: Any) -> None:
    row = row_of(case)
    transaction.on_commit(lambda: signal.send_robust(sender=Case, case=row))


def _follow(case: Case, deed: Deed) -> State:
    try:
        return follow(State(case.state), deed, asked=case.asked)
    except NoSuchStep:
        raise CannotFollow(
            _("Case %(number)s is “%(state)s” now, so this cannot be done. Look at it again.")
            % {"number": case.number, "state": case.get_state_display()}
        ) from None


def _alone(case: Case) -> None:
    """A subject has one open case: another one may have been opened since this was closed."""
    other = Case.objects.under_way().filter(kind=case.kind, subject=case.subject).first()
    if other is not None:
        raise CannotFollow(
            _("Case %s was opened for the same matter meanwhile. Go on there.") % other.number
        )


def begin_again(case: Case) -> None:
    case.counts_from, case.days = timezone.localdate(), case.its_kind.days
    case.due_on = calendars().at(case.path).after(case.counts_from, case.days)
    case.done_by = case.checked_by = case.ended_on = case.closed_at = None
    case.outcome, case.words, case.raised_to, case.level = "", "", "", 0
    case.reopened += 1


def due_day(case: Case) -> date:
    """The last day in time, as the calendar and the case's pauses are now."""
    pauses = [clock.Pause(*days) for days in days_of_pauses(case)]
    return clock.due_on(case.counts_from, case.days, pauses, calendars().at(case.path))


def needs(words: str) -> None:
    """Refuse a step that was not put into words."""
    if not words.strip():
        raise WordsMissing(_("Please say it in words."))
