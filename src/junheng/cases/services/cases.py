"""What is done with a case, one transaction each; every deed leaves an entry."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.cases.engine import clock
from junheng.cases.engine.flow import UNDER_WAY, Deed, NoSuchStep, State, follow
from junheng.cases.events import case_reopened, case_settled
from junheng.cases.kinds import kind_of
from junheng.cases.models import Case, CaseEntry, CasePause
from junheng.cases.models.cases import PLAIN, days_of_pauses
from junheng.cases.selectors.calendar import calendars
from junheng.cases.selectors.cases import row_of
from junheng.commons.refusals import Refusal
from junheng.kernel.ref import Ref

LONGEST_PAUSE_DAYS = 180
"""Days: a longer pause would be a way to forget a case."""


class CannotFollow(Refusal):
    """The case is not where this could be done: somebody else was faster, or the page was old."""


class CheckedByDoer(Refusal):
    """What was done is checked by another person."""


class WordsMissing(Refusal):
    """This has to be said in words."""


class NoSuchPause(Refusal):
    """A pause ends on a day to come, and not too far away."""


class ClosedOtherwise(Refusal):
    """The case was closed before with another outcome."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a case becomes: a person, or whoever holds a role where it lies."""

    user: User | None = None
    role: str = ""


def new_number(kind: str) -> str:
    """A number that nobody guesses."""
    return str(Ref.draw(kind, timezone.localdate().year, secrets.randbelow))


def open_case(
    kind: str,
    *,
    subject: str,
    title: str,
    path: str,
    facts: Mapping[str, Any] | None = None,
    asker: str = "",
    by: User | None,
    due_days: int | None = None,
    holder: Holder | None = None,
) -> Case:
    """Open a case, or find the one that is open for the same subject.

    Raises:
        LookupError: If no room registered the kind.
    """
    the_kind = kind_of(kind)
    first = holder or Holder(role=the_kind.role)
    days, today = due_days or the_kind.days, timezone.localdate()
    case = Case(
        number=new_number("CA"),
        kind=kind,
        subject=subject,
        title=title[:200],
        path=path,
        facts=dict(facts or {}),
        asked=bool(asker),
        asker=asker or None,
        opened_by=by,
        role=first.role or the_kind.role,
        holder=first.user,
        counts_from=today,
        days=days,
        due_on=calendars().at(path).after(today, days),
    )
    with transaction.atomic():
        # No other way tells both at once: whether there is one, and that there will not be two.
        Case.objects.bulk_create([case], ignore_conflicts=True)
        made = Case.objects.filter(pk=case.pk).exists()
        if not made:
            return Case.objects.get(kind=kind, subject=subject, state__in=UNDER_WAY)
        CaseEntry.objects.create(case=case, by=by, deed=Deed.OPENED, words=title)
    return case


def note(number: str, words: str, *, by: User | None, place: str = "", photo: str = "") -> Case:
    """Write down what was done or heard, without a step.

    Raises:
        WordsMissing: Without words.
    """
    needs(words)
    return _take(number, Deed.NOTE, by=by, words=words, place=place, photo=photo)


def hand_over(number: str, to: Holder, *, by: User, words: str = "") -> Case:
    """Give a case to another person, or back to a role."""

    def change(case: Case) -> None:
        case.holder = to.user
        case.role = to.role or case.role

    return _take(number, Deed.HAND_OVER, change, by=by, words=words, to=to.user, to_role=to.role)


def pause(number: str, *, until: date, words: str, by: User) -> Case:
    """Let the clock stand still until a day, for a reason.

    Raises:
        WordsMissing: Without a reason.
        NoSuchPause: If the day has come or is more than half a year away.
    """
    needs(words)
    today = timezone.localdate()
    if not today < until <= today + timedelta(days=LONGEST_PAUSE_DAYS):
        raise NoSuchPause(
            _("Give a day after today on which the case goes on, at most %d days from now.")
            % LONGEST_PAUSE_DAYS
        )

    def change(case: Case) -> None:
        case.paused_on, case.resumes_on, case.pause_reason = today, until, words[:300]

    return _take(number, Deed.PAUSE, change, by=by, words=words, until=until)


def resume(number: str, *, by: User | None, on: date | None = None, words: str = "") -> Case:
    """Let the clock run again; the days of the pause are added to the time."""
    day = on or timezone.localdate()

    def change(case: Case) -> None:
        begun = case.paused_on or day
        CasePause.objects.create(case=case, begun_on=begun, ended_on=max(begun, day))
        for name, value in PLAIN.items():
            setattr(case, name, value)
        case.due_on = due_day(case)

    return _take(number, Deed.RESUME, change, by=by, words=words)


def done(number: str, *, words: str, by: User, place: str = "", photo: str = "") -> Case:
    """Say what was done; another person checks it.

    Raises:
        WordsMissing: Without words.
    """
    needs(words)

    def change(case: Case) -> None:
        case.done_by = by

    return _take(number, Deed.DONE, change, by=by, words=words, place=place, photo=photo)


def check(number: str, *, by: User, words: str = "") -> Case:
    """Agree that it is done; where nobody waits for an answer that closes the case.

    Raises:
        CheckedByDoer: If the checker did it.
    """

    def change(case: Case) -> None:
        _another(case, by)
        case.checked_by = by

    return _take(number, Deed.CHECK, change, by=by, words=words, outcome="done")


def send_back(number: str, *, by: User, words: str) -> Case:
    """Say what is still missing.

    Raises:
        CheckedByDoer: If the checker did it.
        WordsMissing: Without words.
    """
    needs(words)

    def change(case: Case) -> None:
        _another(case, by)
        case.done_by = None

    return _take(number, Deed.SEND_BACK, change, by=by, words=words)


def answer(number: str, *, by: User, words: str) -> Case:
    """Answer to whoever asked; the clock stops.

    Raises:
        WordsMissing: Without words.
    """
    needs(words)

    def change(case: Case) -> None:
        case.words, case.ended_on = words, timezone.localdate()

    return _take(number, Deed.ANSWER, change, by=by, words=words)


def heard_back(number: str, deed: Deed, *, by: User, words: str = "") -> Case:
    """Write down what whoever asked says: `SATISFIED`, `NOT_SATISFIED` or `NO_REPLY`.

    Satisfied or without a reply it is closed; not satisfied, it is worked on again.
    """
    if deed == Deed.NOT_SATISFIED:
        needs(words)
        return _take(number, deed, _begin_again, by=by, words=words)
    return _take(number, deed, by=by, words=words, outcome=str(deed))


def settle(number: str, *, outcome: str, words: str, by: User | None) -> Case:
    """Close a case from the room that it belongs to; once is enough.

    Raises:
        ClosedOtherwise: If it was closed before with another outcome.
    """
    with transaction.atomic():
        known = Case.objects.select_for_update(of=("self",)).get(number=number)
        if known.state == State.CLOSED:
            return _same_outcome(known, outcome)

        def change(case: Case) -> None:
            if case.paused_on is not None:
                ended = timezone.localdate()
                CasePause.objects.create(case=case, begun_on=case.paused_on, ended_on=ended)
                for name, value in PLAIN.items():
                    setattr(case, name, value)
            case.words = words

        return _take(number, Deed.SETTLE, change, by=by, words=words, outcome=outcome)


def reopen(number: str, *, by: User, words: str) -> Case:
    """Work on a closed case again, with a clock that begins anew.

    Raises:
        WordsMissing: Without a reason.
        CannotFollow: If another case was opened for the subject meanwhile.
    """
    needs(words)
    return _take(number, Deed.REOPEN, _begin_again, by=by, words=words)


# ------------------------------------------------------------------------------- how


def _take(
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


def _begin_again(case: Case) -> None:
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


def _another(case: Case, by: User) -> None:
    if case.done_by_id == by.pk:
        raise CheckedByDoer(_("Somebody other than who did it has to check it."))


def _same_outcome(case: Case, outcome: str) -> Case:
    if case.outcome != outcome:
        raise ClosedOtherwise(
            _("Case %(number)s was closed on %(day)s with another outcome.")
            % {"number": case.number, "day": f"{case.closed_at:%Y-%m-%d}"}
        )
    return case
