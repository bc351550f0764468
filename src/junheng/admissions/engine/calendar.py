"""The calendar of a round: what has to come before what, and what is on now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

SPANS: Final = ("applications", "contributions", "objections", "check_in")
"""What lasts; everything else on a calendar is a moment."""
ORDER: Final = (
    ("applications", "freeze"),
    ("contributions", "event"),
    ("freeze", "event"),
    ("event", "publication"),
    ("publication", "objections"),
    ("publication", "check_in"),
    ("objections", "closing"),
    ("check_in", "closing"),
)
"""The first of each pair is over when the second one begins; of `publication`, that it is out."""
GRACE: Final = timedelta(minutes=30)
"""Who is on the last page of a form when its time ends may finish it."""


class Standing(Enum):
    """Where something on the calendar stands at a moment."""

    AHEAD = "ahead"
    ON = "on"
    GRACE = "grace"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Span:
    """Something on a calendar; a moment ends when it begins. Times carry their zone."""

    what: str
    begins_at: datetime
    ends_at: datetime


def out_of_order(spans: Sequence[Span]) -> list[tuple[str, str]]:
    """The pairs of `ORDER` that a calendar breaks; what it does not have breaks nothing.

    A span that ends before it begins is named together with itself.
    """
    by_name: Mapping[str, Span] = {span.what: span for span in spans}
    backwards = [(span.what, span.what) for span in spans if span.ends_at < span.begins_at]
    return backwards + [
        (first, second)
        for first, second in ORDER
        if first in by_name
        and second in by_name
        and by_name[first].ends_at > by_name[second].begins_at
    ]


def standing(span: Span, now: datetime, *, grace: timedelta) -> Standing:
    """Where a span stands at a moment.

    Args:
        span: What lasts, or a moment, which is over as soon as it has come.
        now: The moment.
        grace: So long after its end a span still takes in what was under way; a moment has none.
    """
    if now < span.begins_at:
        return Standing.AHEAD
    if span.begins_at == span.ends_at:
        return Standing.OVER
    if now <= span.ends_at:
        return Standing.ON
    return Standing.GRACE if now <= span.ends_at + grace else Standing.OVER


def today(spans: Sequence[Span], now: datetime, *, grace: timedelta) -> list[Span]:
    """What is on at this moment, and what begins or ends on its day.

    Args:
        spans: The calendar.
        now: The moment, in the zone whose day is meant.
        grace: See `standing`.
    """
    day = now.date()
    return [
        span
        for span in spans
        if standing(span, now, grace=grace) in (Standing.ON, Standing.GRACE)
        or day in (_day(span.begins_at, now), _day(span.ends_at, now))
    ]


def _day(moment: datetime, now: datetime) -> object:
    return moment.astimezone(now.tzinfo).date()
