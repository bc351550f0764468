"""The public notice of a round: masked, for its days, of the published result only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from junheng.admissions.models import Application, Placement, Round, RoundPapers, RoundRun
from junheng.admissions.selectors.letters import published_of
from junheng.commons.masks import mask_name


@dataclass(frozen=True, slots=True)
class Notice:
    """A public notice that has its days.

    Attributes:
        record: The published run.
        from_on, until_on: First and last day.
        objections: Where to object.
    """

    record: RoundRun
    from_on: date
    until_on: date
    objections: str

    def is_over(self, today: date) -> bool:
        """Whether its last day has passed."""
        return today > self.until_on


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A child on a public notice: number, masked name, school; no reason and no household."""

    number: str
    child: str
    school: str


def notice_of(round_id: int, today: date) -> Notice | None:
    """The notice of a round, from its first day on; None before, or without a published result."""
    papers = RoundPapers.objects.filter(pk=round_id, notice_from__lte=today).first()
    if papers is None or papers.notice_from is None or papers.notice_until is None:
        return None
    record = published_of(Round(pk=round_id))
    if record is None:
        return None
    return Notice(record, papers.notice_from, papers.notice_until, papers.objections)


def posted_on(today: date) -> list[RoundPapers]:
    """What the rounds with a public notice on this day say, the latest first."""
    posted = RoundPapers.objects.filter(
        notice_from__lte=today,
        notice_until__gte=today,
        round__runs__run__published_at__isnull=False,
        round__runs__run__superseded_at__isnull=True,
    )
    return list(posted.select_related("round__place").order_by("-notice_from", "round"))


def children_of(record: RoundRun, school: str = "") -> QuerySet[Placement]:
    """The seated children in the order of the notice: by school, then by their random codes.

    The order in which a school took them would tell who had the better claim.
    """
    seated: QuerySet[Placement] = Placement.objects.filter(run=record, school__isnull=False)
    if school:
        seated = seated.filter(school__code=school)
    return seated.select_related("school").order_by("school__code", "code")


def rows_of(record: RoundRun, children: Iterable[Placement]) -> list[NoticeRow]:
    """These children as the notice shows them."""
    shown = list(children)
    known = {
        application.code: application
        for application in Application.objects.filter(
            round=record.round_id, code__in=[child.code for child in shown]
        )
    }
    return [_row(child, known.get(child.code)) for child in shown]


def schools_of(record: RoundRun) -> list[tuple[str, str]]:
    """The schools that seat anybody, by code."""
    rows = Placement.objects.filter(run=record, school__isnull=False).values_list(
        "school__code", "school__name"
    )
    return [(code, name or code) for code, name in rows.distinct().order_by("school__code")]


def _row(child: Placement, application: Application | None) -> NoticeRow:
    school = child.school
    name = (school.name or school.code) if school else ""
    if application is None:
        return NoticeRow(child.code, "", name)
    return NoticeRow(application.number, mask_name(application.child_name), name)
