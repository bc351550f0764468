"""Which notices are posted, and which somebody in charge sees."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q, QuerySet

from junheng.accounts.facade import Visitor, scope_q
from junheng.aid.access import SEES_PAYMENTS
from junheng.aid.models import NoticeObjection, PublicNotice


def posted_on(day: date) -> QuerySet[PublicNotice]:
    """What is public on a day, by school."""
    rows = PublicNotice.objects.filter(from_on__lte=day, until_on__gte=day, taken_down_at=None)
    return (
        rows.defer("page_zh", "page_en")
        .select_related("organisation", "batch__place")
        .order_by("organisation__name", "-posted_at")
    )


def notices_of(user: Visitor) -> QuerySet[PublicNotice]:
    """What somebody in charge sees, the newest first, whether posted or over."""
    rows = PublicNotice.objects.filter(scope_q(user, "path", SEES_PAYMENTS))
    told = rows.annotate(
        raised=Count("objections"), open=Count("objections", filter=Q(objections__state="open"))
    )
    return told.select_related("organisation", "batch__place", "posted_by").order_by(
        "-posted_at", "-id"
    )


def objections_of(user: Visitor) -> QuerySet[NoticeObjection]:
    """The objections that somebody in charge sees."""
    rows = NoticeObjection.objects.filter(scope_q(user, "notice__path", SEES_PAYMENTS))
    return rows.select_related("notice__organisation", "notice__batch", "answered_by")
