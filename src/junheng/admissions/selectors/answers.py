"""What families are offered, until when they may answer, and what they answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.admissions.models import AnswerPeriod, Application, OfferAnswer, RoundRun

METRES_IN_KM = 1000
DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Offered:
    """A school that a child is offered.

    Attributes:
        code, name: Which.
        distance_m: From home, metres; None where home or school is not on the map.
        free: Seats that the lists left free.
    """

    code: str
    name: str
    distance_m: int | None
    free: int

    @property
    def label(self) -> str:
        """In a list of choices."""
        seats = _("%d free") % self.free
        if self.distance_m is None:
            return f"{self.name} · {seats}"
        return f"{self.name} · {self.distance_m / METRES_IN_KM:.1f} km · {seats}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a family is asked.

    Attributes:
        period: Until when, and of which run.
        offers: Nearest first.
        answer: What it said so far; None if it said nothing.
        silence: What no answer means, by the rules of the round.
        rest_counts: Whether schools that are left out follow by distance.
    """

    period: AnswerPeriod
    offers: tuple[Offered, ...]
    answer: OfferAnswer | None
    silence: str
    rest_counts: bool

    @property
    def may_decline(self) -> bool:
        """Whether no seat may be wanted: else who names no school is served by distance."""
        return self.silence == DECLINE

    @property
    def is_on(self) -> bool:
        """Whether it may be answered now."""
        return self.period.until >= timezone.now()


@dataclass(frozen=True, slots=True)
class Answers:
    """How far the asking has come; children."""

    until: datetime
    is_on: bool
    asked: int
    answered: int


def asked_of(application: Application, record: RoundRun) -> Asked | None:
    """What the family of a child is asked about a published run; None if about nothing."""
    rules = record.input.rules
    if rules["mode"] != "open":
        return None
    period = AnswerPeriod.objects.filter(run=record).first()
    if period is None:
        return None
    rows = period.offers.filter(code=application.code).select_related("school").order_by("rank")
    offers = tuple(
        Offered(row.school.code, row.school.name or row.school.code, row.distance_m, row.free)
        for row in rows
    )
    if not offers:
        return None
    answer = OfferAnswer.objects.filter(period=period, application=application).first()
    return Asked(period, offers, answer, rules["silence"], rules["unranked"] != DECLINE)


def answers_to(record: RoundRun) -> Answers | None:
    """How far the asking about a run has come; None if nobody is asked."""
    period = AnswerPeriod.objects.filter(run=record).first()
    if period is None:
        return None
    return Answers(
        period.until,
        period.until >= timezone.now(),
        period.offers.values("code").distinct().count(),
        period.answers.count(),
    )


def given_answers(record: RoundRun) -> dict[str, list[str]]:
    """What families ranked, by the child's code; who wants none is not among them."""
    rows = OfferAnswer.objects.filter(period=record.pk).exclude(schools=[])
    return dict(rows.order_by("application__code").values_list("application__code", "schools"))
