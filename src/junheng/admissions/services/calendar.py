"""The calendar of a round: set while it is planned, whole and in order when it is opened."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.engine.calendar import Span, out_of_order
from junheng.admissions.models import Round, RoundDate
from junheng.admissions.selectors.calendar import name_of, spans_of
from junheng.admissions.services.acts import Deed, OutOfTurn, locked, log, matter_of, require
from junheng.commons.attempts import noting
from junheng.commons.refusals import Refusal


class BadCalendar(Refusal):
    """The dates contradict each other."""


def set_calendar(the_round: Round, dates: Sequence[Span], *, by: User | None) -> None:
    """Set the dates of a planned round; what is not among them has no date yet.

    Raises:
        OutOfTurn: If the round was opened already.
        BadCalendar: With everything that is out of order.
    """
    noted = noting(
        "admissions.set_calendar", by=by, matter=matter_of(the_round), path=the_round.path
    )
    with noted, transaction.atomic():
        held = locked(the_round.pk)
        require(held, Round.State.PLANNED)
        before = {span.what: span for span in spans_of(held) if span.what in RoundDate.What}
        given = {span.what: span for span in dates}
        if before == given:
            return
        others = [span for span in spans_of(held) if span.what not in RoundDate.What]
        _require_order([*given.values(), *others])
        held.dates.exclude(what__in=given).delete()
        for span in given.values():
            facts = {"begins_at": span.begins_at, "ends_at": span.ends_at}
            held.dates.update_or_create(what=span.what, defaults=facts)
        log(held, Deed.PLANNED, by=by, calendar=_("%s dates of the calendar") % len(given))


def require_calendar(the_round: Round) -> None:
    """Make sure that a round has every date, in order, its public event among them.

    Raises:
        OutOfTurn: If a date is missing; it says which.
        BadCalendar: If dates are out of order.
    """
    spans = spans_of(the_round)
    missing = set(RoundDate.What.values) - {span.what for span in spans}
    if missing:
        names = [name_of(what) for what in RoundDate.What.values if what in missing]
        raise OutOfTurn(_("The calendar has no date yet for: %s.") % _(", ").join(names))
    _require_order(spans)


def _require_order(spans: Sequence[Span]) -> None:
    broken = out_of_order(spans)
    if broken:
        raise BadCalendar(" ".join(_sentence(*pair) for pair in broken))


def _sentence(first: str, second: str) -> str:
    if first == second:
        return _("“%s” ends before it begins.") % name_of(first)
    words = {"first": name_of(first), "second": name_of(second)}
    return _("“%(second)s” begins before “%(first)s” is over.") % words
