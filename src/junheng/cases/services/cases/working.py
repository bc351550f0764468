"""What is done with a case under way: notes, hands, pauses, what was done and who checked it."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.cases.engine.flow import Deed
from junheng.cases.models import Case, CasePause
from junheng.cases.models.cases import PLAIN
from junheng.cases.services.cases.opening import Holder
from junheng.cases.services.cases.stepping import due_day, needs, take
from junheng.commons.refusals import Refusal

LONGEST_PAUSE_DAYS = 180
"""Days: a longer pause would be a way to forget a case."""


class CheckedByDoer(Refusal):
    """What was done is checked by another person."""


class NoSuchPause(Refusal):
    """A pause ends on a day to come, and not too far away."""


def note(number: str, words: str, *, by: User | None, place: str = "", photo: str = "") -> Case:
    """Write down what was done or heard, without a step.

    Raises:
        WordsMissing: Without words.
    """
    needs(words)
    return take(number, Deed.NOTE, by=by, words=words, place=place, photo=photo)


def hand_over(number: str, to: Holder, *, by: User, words: str = "") -> Case:
    """Give a case to another person, or back to a role."""

    def change(case: Case) -> None:
        case.holder = to.user
        case.role = to.role or case.role

    return take(number, Deed.HAND_OVER, change, by=by, words=words, to=to.user, to_role=to.role)


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

    return take(number, Deed.PAUSE, change, by=by, words=words, until=until)


def resume(number: str, *, by: User | None, on: date | None = None, words: str = "") -> Case:
    """Let the clock run again; the days of the pause are added to the time."""
    day = on or timezone.localdate()

    def change(case: Case) -> None:
        begun = case.paused_on or day
        CasePause.objects.create(case=case, begun_on=begun, ended_on=max(begun, day))
        for name, value in PLAIN.items():
            setattr(case, name, value)
        case.due_on = due_day(case)

    return take(number, Deed.RESUME, change, by=by, words=words)


def done(number: str, *, words: str, by: User, place: str = "", photo: str = "") -> Case:
    """Say what was done; another person checks it.

    Raises:
        WordsMissing: Without words.
    """
    needs(words)

    def change(case: Case) -> None:
        case.done_by = by

    return take(number, Deed.DONE, change, by=by, words=words, place=place, photo=photo)


def check(number: str, *, by: User, words: str = "") -> Case:
    """Agree that it is done; where nobody waits for an answer that closes the case.

    Raises:
        CheckedByDoer: If the checker did it.
    """

    def change(case: Case) -> None:
        _another(case, by)
        case.checked_by = by

    return take(number, Deed.CHECK, change, by=by, words=words, outcome="done")


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

    return take(number, Deed.SEND_BACK, change, by=by, words=words)


def _another(case: Case, by: User) -> None:
    if case.done_by_id == by.pk:
        raise CheckedByDoer(_("Somebody other than who did it has to check it."))
