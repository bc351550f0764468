"""What letters and public notice of a round say, taken from its calendar."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from junheng.admissions.models import Round, RoundDate, RoundPapers
from junheng.admissions.services.calendar import require_calendar


@dataclass(frozen=True, slots=True)
class PaperWords:
    """What the calendar does not know.

    Attributes:
        hours: At which hours of the days of check-in families may come.
        bring: What they bring.
        contact: Whom they ask.
        objections: Where to object to the public notice.
    """

    hours: str
    bring: str
    contact: str
    objections: str


def word_papers(the_round: Round, words: PaperWords) -> RoundPapers:
    """Say it, on the days of check-in and of objections; what was said before stays.

    Args:
        the_round: A round with its whole calendar.
        words: What the calendar does not know.

    Raises:
        OutOfTurn: If a date is missing in the calendar.
    """
    require_calendar(the_round)
    days = {
        row.what: (timezone.localdate(row.begins_at), timezone.localdate(row.ends_at))
        for row in the_round.dates.all()
    }
    first, last = days[RoundDate.What.CHECK_IN]
    posted_from, posted_until = days[RoundDate.What.OBJECTIONS]
    said: RoundPapers
    said, _new = RoundPapers.objects.get_or_create(
        round=the_round,
        defaults={
            "check_in_when": f"{first:%Y-%m-%d} – {last:%Y-%m-%d}, {words.hours}",
            "bring": words.bring,
            "contact": words.contact,
            "notice_from": posted_from,
            "notice_until": posted_until,
            "objections": words.objections,
        },
    )
    return said
