"""Questions about the desk: which answer fits, who still waits, what people ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from junheng.accounts.facade import User
from junheng.cases.engine.finding import Entry, find
from junheng.cases.models import Channel, Consultation, StandardAnswer
from junheng.cases.models.desk import ConsultationQuerySet

MOST_SUGGESTED = 6
MOST_QUESTIONS = 40


def suggested(user: User, asked: str) -> list[StandardAnswer]:
    """The answers of the collection that fit what was typed, the best first."""
    if not asked.strip():
        return []
    answers = {row.pk: row for row in StandardAnswer.objects.for_user(user).in_use()}
    entries = [Entry(row.pk, row.question, row.key_words, row.text) for row in answers.values()]
    return [answers[key] for key in find(asked[:500], entries, most=MOST_SUGGESTED)]


@dataclass(frozen=True, slots=True)
class Asked:
    """How many asked, were answered, and still wait; the aim is that nobody waits.

    Attributes:
        asked: Consultations.
        at_once: Answered on the spot.
        called_back: Answered by a call.
        waiting: Promised a call and not called yet.
        late: Of those, promised for a day that has gone by.
    """

    asked: int
    at_once: int
    called_back: int
    waiting: int
    late: int

    @property
    def answered(self) -> int:
        return self.at_once + self.called_back

    @property
    def share(self) -> float | None:
        """Answered of asked, 0 to 1; None if nobody asked."""
        return self.answered / self.asked if self.asked else None


def asked_of(rows: ConsultationQuerySet) -> Asked:
    """The figures of these consultations, in one query."""
    today = timezone.localdate()
    found = rows.order_by().aggregate(
        asked=Count("pk"),
        at_once=Count("pk", filter=Q(call_back_by=None)),
        called_back=Count("pk", filter=Q(call_back_by__isnull=False, answered_at__isnull=False)),
        waiting=Count("pk", filter=Q(answered_at=None)),
        late=Count("pk", filter=Q(answered_at=None, call_back_by__lt=today)),
    )
    return Asked(**found)


def since(user: User, begins: date) -> ConsultationQuerySet:
    """What was asked from a day on, as far as somebody sees it."""
    begin = timezone.make_aware(datetime.combine(begins, time.min))
    return Consultation.objects.for_user(user).filter(asked_at__gte=begin)


@dataclass(frozen=True, slots=True)
class QuestionCount:
    """How often something was asked; `answer` is None for what the collection does not have."""

    answer: int | None
    question: str
    topic: str
    asked: int
    waiting: int


def by_question(rows: ConsultationQuerySet) -> list[QuestionCount]:
    """What was asked, the most frequent first; what has no answer in the collection comes last."""
    counted = (
        rows.order_by()
        .values("answer", what=F("answer__question"), topic=F("answer__topic"))
        .annotate(asked=Count("pk"), waiting=Count("pk", filter=Q(answered_at=None)))
    )
    found = [
        QuestionCount(r["answer"], r["what"] or "", r["topic"] or "", r["asked"], r["waiting"])
        for r in counted
    ]
    return sorted(found, key=lambda row: (row.answer is None, -row.asked, row.question))[
        :MOST_QUESTIONS
    ]


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many asked on a day and what became of it."""

    day: date
    at_once: int
    called_back: int
    waiting: int


def by_day(rows: ConsultationQuerySet, begins: date, ends: date) -> list[DayCount]:
    """Every day from one to the other, also those on which nobody asked."""
    counted = (
        rows.order_by()
        .annotate(day=TruncDate("asked_at"))
        .values("day")
        .annotate(
            at_once=Count("pk", filter=Q(call_back_by=None)),
            called_back=Count(
                "pk", filter=Q(call_back_by__isnull=False, answered_at__isnull=False)
            ),
            waiting=Count("pk", filter=Q(answered_at=None)),
        )
    )
    known = {r["day"]: DayCount(**r) for r in counted}
    days = [begins + timedelta(days=n) for n in range((ends - begins).days + 1)]
    return [known.get(day, DayCount(day, 0, 0, 0)) for day in days]


def by_channel(rows: ConsultationQuerySet) -> Sequence[tuple[str, int]]:
    """How people asked: words and how many."""
    counted = dict(rows.order_by().values_list("channel").annotate(Count("pk")))
    return [(str(channel.label), counted.get(channel.value, 0)) for channel in Channel]
