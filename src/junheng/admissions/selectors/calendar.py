"""The calendar of a round: its dates with those of its public event, and what is on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from junheng.admissions.engine import calendar
from junheng.admissions.engine.calendar import GRACE, Span
from junheng.admissions.models import PublicEvent, Round, RoundDate


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the calendar as people read it."""

    what: str
    name: str
    begins_at: datetime
    ends_at: datetime
    standing: str
    today: bool

    @property
    def is_moment(self) -> bool:
        """Whether it happens at once."""
        return self.begins_at == self.ends_at


def name_of(what: str) -> str:
    """What a line of the calendar is called."""
    if what == "event":
        return pgettext("calendar", "Public event")
    if what == "contributions":
        return pgettext("calendar", "Words towards the seed")
    return str(RoundDate.What(what).label)


def spans_of(the_round: Round) -> list[Span]:
    """All dates of a round; words towards the seed are collected from the first application on."""
    spans = [Span(row.what, row.begins_at, row.ends_at) for row in the_round.dates.all()]
    event = PublicEvent.objects.filter(pk=the_round.pk).first()
    if event is not None:
        until = event.contributions_until
        first = min(
            (span.begins_at for span in spans if span.what == "applications"), default=until
        )
        spans.append(Span("contributions", min(first, until), until))
        spans.append(Span("event", event.takes_place_at, event.takes_place_at))
    return spans


def calendar_of(the_round: Round, now: datetime | None = None) -> list[Entry]:
    """A round's calendar in the order of time."""
    moment = timezone.localtime(now)
    spans = sorted(spans_of(the_round), key=lambda span: (span.begins_at, span.ends_at, span.what))
    on = calendar.today(spans, moment, grace=GRACE)
    return [_entry(span, moment, today=span in on) for span in spans]


def _entry(span: Span, now: datetime, *, today: bool) -> Entry:
    stands = calendar.standing(span, now, grace=GRACE)
    name = name_of(span.what)
    return Entry(span.what, name, span.begins_at, span.ends_at, stands.value, today)


def on_today(the_round: Round, now: datetime | None = None) -> list[Entry]:
    """What is on now, is in its grace, or begins or ends today."""
    return [entry for entry in calendar_of(the_round, now) if entry.today]


def calendar_conditions(the_round: Round) -> list[tuple[str, bool]]:
    """What the calendar has to be before opening, each with whether it is."""
    spans = spans_of(the_round)
    whole = set(RoundDate.What.values) <= {span.what for span in spans}
    return [
        (_("The calendar has every date."), whole),
        (_("Its dates are in order."), whole and not calendar.out_of_order(spans)),
    ]
