"""How a case ends: answered, heard back about, settled by its room; and how it is reopened."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.cases.engine.flow import Deed, State
from junheng.cases.models import Case, CasePause
from junheng.cases.models.cases import PLAIN
from junheng.cases.services.cases.stepping import begin_again, needs, take
from junheng.commons.refusals import Refusal


class ClosedOtherwise(Refusal):
    """The case was closed before with another outcome."""


def answer(number: str, *, by: User, words: str) -> Case:
    """Answer to whoever asked; the clock stops.

    Raises:
        WordsMissing: Without words.
    """
    needs(words)

    def change(case: Case) -> None:
        case.words, case.ended_on = words, timezone.localdate()

    return take(number, Deed.ANSWER, change, by=by, words=words)


def heard_back(number: str, deed: Deed, *, by: User, words: str = "") -> Case:
    """Write down what whoever asked says: `SATISFIED`, `NOT_SATISFIED` or `NO_REPLY`.

    Satisfied or without a reply it is closed; not satisfied, it is worked on again.
    """
    if deed == Deed.NOT_SATISFIED:
        needs(words)
        return take(number, deed, begin_again, by=by, words=words)
    return take(number, deed, by=by, words=words, outcome=str(deed))


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

        return take(number, Deed.SETTLE, change, by=by, words=words, outcome=outcome)


def reopen(number: str, *, by: User, words: str) -> Case:
    """Work on a closed case again, with a clock that begins anew.

    Raises:
        WordsMissing: Without a reason.
        CannotFollow: If another case was opened for the subject meanwhile.
    """
    needs(words)
    return take(number, Deed.REOPEN, begin_again, by=by, words=words)


def _same_outcome(case: Case, outcome: str) -> Case:
    if case.outcome != outcome:
        raise ClosedOtherwise(
            _("Case %(number)s was closed on %(day)s with another outcome.")
            % {"number": case.number, "day": f"{case.closed_at:%Y-%m-%d}"}
        )
    return case
