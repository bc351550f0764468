"""Families are reminded of what only they can do: papers, an offered seat, check-in; once each.

Done by the clock, in the daytime. Whoever has been told of a thing is known by the message itself,
so it is safe to run twice, and killed it goes on where it stopped.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy

from junheng.admissions.models import (
    AnswerPeriod,
    Application,
    Round,
    RoundDate,
    SeatOffer,
    Verification,
)
from junheng.admissions.selectors.public_results import published_record
from junheng.admissions.selectors.seats import absentees
from junheng.admissions.selectors.second import without_seat
from junheng.admissions.services.telling import NUMBER, tell
from junheng.commons.messages import Template
from junheng.commons.messages import Value as Kind
from junheng.commons.models import Message

DAY = timedelta(days=1)
PATIENCE = 2 * DAY
"""So long a family that was asked for papers is left in peace."""
HURRY = timedelta(hours=6)
"""So long it is left in peace where the list is frozen within a day."""
WAKING = range(8, 20)
"""Hours of the day at which telephones are disturbed."""
UNTIL = NUMBER | {"until": Kind.DATE}
State = Application.State

ASKED = Template(
    "admissions.remind_asked",
    gettext_lazy(
        "The application %(number)s still lacks something. Sign in with this telephone and complete"
        " it before %(until)s. No counter is needed."
    ),
    UNTIL,
)
OFFER = Template(
    "admissions.remind_offer",
    gettext_lazy(
        "The seat that is offered for the application %(number)s waits for your answer until"
        " %(until)s, on its page. Without an answer everything stays as it is."
    ),
    UNTIL,
)
BEGINS = Template(
    "admissions.remind_check_in",
    gettext_lazy(
        "Check-in for the application %(number)s begins at %(begins)s. Where, and what to bring,"
        " stands on its page."
    ),
    NUMBER | {"begins": Kind.DATE},
)
ENDS = Template(
    "admissions.remind_check_in_ends",
    gettext_lazy(
        "The child of the application %(number)s has not checked in. After %(until)s its seat goes"
        " to others. Please call the school if you cannot come."
    ),
    UNTIL,
)
ANSWER = Template(
    "admissions.remind_answer",
    gettext_lazy(
        "The schools that are offered for the application %(number)s wait for your answer until"
        " %(until)s. What no answer means stands on its page."
    ),
    UNTIL,
)
SECOND = Template(
    "admissions.remind_second",
    gettext_lazy(
        "The child of the application %(number)s has no seat; schools have some left. For the"
        " second round, say so on its page until %(until)s."
    ),
    UNTIL,
)
TEMPLATES = (ASKED, OFFER, BEGINS, ENDS, ANSWER, SECOND)


def remind(now: datetime | None = None) -> int:
    """Remind all whom it is time to remind; how many messages were written.

    Args:
        now: The moment; by default the server's.
    """
    moment = now or timezone.now()
    if timezone.localtime(moment).hour not in WAKING:
        return 0
    choices = _of_answers(moment) + _of_second_rounds(moment)
    return _of_papers(moment) + _of_offers(moment) + _of_check_in(moment) + choices


def _of_papers(now: datetime) -> int:
    """Two days after something was asked for, and on the day before the list is frozen."""
    dates = RoundDate.objects.filter(what=RoundDate.What.FREEZE, begins_at__gt=now)
    freezes = dict(dates.values_list("round", "begins_at"))
    last = [pk for pk, freeze in freezes.items() if freeze <= now + DAY]
    rows = _asked().filter(application__round__in=freezes)
    told = 0
    for found, once in (
        (rows.filter(at__lte=now - PATIENCE), ASKED.key),
        (rows.filter(at__lte=now - HURRY, application__round__in=last), f"{ASKED.key}.last"),
    ):
        for one in _untold(found, once):
            until = _written(freezes[one.application.round_id])
            tell(one.application, ASKED, f"{once}:{one.pk}", until=until)
            told += 1
    return told


def _asked() -> QuerySet[Verification]:
    """What was found last of each application that waits for its family."""
    newest = Verification.objects.filter(application=OuterRef("application")).order_by("-id")
    rows: QuerySet[Verification] = Verification.objects.filter(
        outcome=State.ASKED,
        application__state=State.ASKED,
        application__round__state=Round.State.OPEN,
        id=newest.values("id")[:1],
    )
    return rows.select_related("application")


def _of_offers(now: datetime) -> int:
    """On the day before an offer ends."""
    rows = SeatOffer.objects.filter(
        state=SeatOffer.State.OFFERED, until__gt=now, until__lte=now + DAY
    ).select_related("application")
    found = _untold(rows, OFFER.key)
    for one in found:
        tell(one.application, OFFER, f"{OFFER.key}:{one.pk}", until=_written(one.until))
    return len(found)


def _of_answers(now: datetime) -> int:
    """On the day before answers to offered schools end, whoever has not answered."""
    last = AnswerPeriod.objects.filter(until__gt=now, until__lte=now + DAY)
    told = 0
    for period in last.filter(run__run__superseded_at=None):
        asked = Application.objects.filter(
            round=period.round_id, code__in=period.offers.values("code")
        )
        rows = asked.exclude(state=State.WITHDRAWN).exclude(offer_answers__period=period)
        told += _each(rows, ANSWER, period.pk, until=_written(period.until))
    return told


def _of_second_rounds(now: datetime) -> int:
    """On the day before applications end, whose child has no seat and is not in it."""
    dates = RoundDate.objects.filter(
        what=RoundDate.What.APPLICATIONS,
        round__state=Round.State.OPEN,
        round__second_of__isnull=False,
        ends_at__gt=now,
        ends_at__lte=now + DAY,
    )
    told = 0
    for date in dates.select_related("round__second_of"):
        record = published_record(date.round.second_of) if date.round.second_of else None
        if record is not None:
            taken = Application.objects.filter(round=date.round, carried_from__isnull=False)
            rows = without_seat(record).exclude(pk__in=taken.values("carried_from"))
            told += _each(rows, SECOND, date.round_id, until=_written(date.ends_at))
    return told


def _each(rows: QuerySet[Application], template: Template, of: int, **values: str) -> int:
    """Tell each of these about one thing, whose key is `of`."""
    once = f"{template.key}:{of}"
    found = _untold(rows, once)
    for one in found:
        tell(one, template, f"{once}:{one.pk}", **values)
    return len(found)


def _of_check_in(now: datetime) -> int:
    """On the day before check-in begins, and on the day before it ends if nobody came."""
    spans = RoundDate.objects.filter(
        what=RoundDate.What.CHECK_IN, round__state=Round.State.PUBLISHED, ends_at__gt=now
    ).select_related("round")
    told = 0
    for span in spans.filter(begins_at__gt=now, begins_at__lte=now + DAY):
        told += _all_of(span.round, BEGINS, begins=_written(span.begins_at))
    for span in spans.filter(begins_at__lte=now, ends_at__lte=now + DAY):
        told += _all_of(span.round, ENDS, until=_written(span.ends_at))
    return told


def _all_of(the_round: Round, template: Template, **values: str) -> int:
    record = published_record(the_round)
    found = _untold(absentees(record), template.key) if record else []
    for one in found:
        tell(one, template, f"{template.key}:{one.pk}", **values)
    return len(found)


def _untold(rows: QuerySet[Any], once: str) -> list[Any]:
    """Those about whom no such message was written."""
    key = Concat(Value(f"{once}:"), Cast("pk", CharField()))
    written = Message.objects.filter(dedupe=OuterRef("once"))
    return list(rows.annotate(once=key).exclude(Exists(written)))


def _written(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
