"""What is deleted of a round's applications when due; results stay, by code alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.admissions.models import Application, ApplicationDraft, Round, RoundDate
from junheng.admissions.services.verifying import subject_of
from junheng.commons import personal
from junheng.commons.models import Erasure, Upload
from junheng.commons.personal import Clock
from junheng.commons.sealing import seal
from junheng.commons.uploads.checking import remove
from junheng.evidence.facade import forget

APPLICATIONS, DRAFTS = "admissions.application", "admissions.draft"
State = Application.State
SEALED = ("child_name", "guardian_name", "phone", "statement")
Due = Iterable[tuple[str, str, str]]


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    personal.register_clock(
        Clock(
            APPLICATIONS,
            gettext_lazy("Applications of closed rounds"),
            ("admissions.Application", "evidence.Finding", "commons.Upload"),
            applications_due,
            forget_application,
        )
    )
    personal.register_clock(
        Clock(
            DRAFTS,
            gettext_lazy("Applications that were never submitted"),
            ("admissions.ApplicationDraft",),
            drafts_due,
            forget_draft,
        )
    )


def closed_before(day: date) -> QuerySet[RoundDate]:
    """The ends of closed rounds that lie before a day."""
    ends = RoundDate.objects.filter(what=RoundDate.What.CLOSING, round__state=Round.State.CLOSED)
    return ends.filter(ends_at__date__lte=day)


def applications_due(today: date) -> Due:
    """Applications whose time is over: taken back ones sooner than the others."""
    kept = timedelta(days=personal.days_kept("admissions.Application.child_name"))
    sooner = timedelta(days=personal.days_kept("admissions.ApplicationDraft.answers"))
    rows = Application.objects.exclude(pk__in=_written_down(APPLICATIONS))
    over = rows.filter(round__in=closed_before(today - kept).values("round"))
    taken_back = rows.filter(
        state=State.WITHDRAWN, round__in=closed_before(today - sooner).values("round")
    )
    for row in over.order_by("pk").values_list("pk", "path"):
        yield str(row[0]), row[1], _("The time of keeping is over.")
    for row in taken_back.exclude(pk__in=over.values("pk")).values_list("pk", "path"):
        yield str(row[0]), row[1], _("It was taken back, and its round is over.")


def _written_down(kind: str) -> list[UUID]:
    return [UUID(s) for s in Erasure.objects.filter(kind=kind).values_list("subject", flat=True)]


def forget_application(subject: str) -> None:
    """Empty an application and its history, with what was found about it; the database checks."""
    row = Application.objects.only("pk", "number").get(pk=UUID(subject))
    sealed: list[Any] = [Application._meta.get_field(name) for name in SEALED]
    values = [bytes(seal("", field.bound(row))) for field in sealed]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT admissions_forget_application(%s, %s, %s, %s, %s)", [row.pk, *values]
        )
    forget(subject_of(row))
    for upload in Upload.objects.filter(subject=subject_of(row)).values_list("pk", flat=True):
        remove(upload, by=None)


def drafts_due(today: date) -> Due:
    """What was never submitted, some weeks after the round was closed."""
    kept = timedelta(days=personal.days_kept("admissions.ApplicationDraft.answers"))
    rounds = closed_before(today - kept).values("round")
    rows = ApplicationDraft.objects.filter(round__in=rounds).order_by("pk")
    for pk, path in rows.values_list("pk", "round__path"):
        yield str(pk), path, _("It was never submitted, and its round is over.")


def forget_draft(subject: str) -> None:
    """Remove a draft."""
    ApplicationDraft.objects.filter(pk=UUID(subject)).delete()


def kept_until(application: Application) -> date | None:
    """Until when an application is kept; None before its round has an end."""
    ends = RoundDate.objects.filter(round=application.round_id, what=RoundDate.What.CLOSING)
    found = ends.values_list("ends_at", flat=True).first()
    key = (
        "ApplicationDraft.answers"
        if application.state == State.WITHDRAWN
        else "Application.child_name"
    )
    days = timedelta(days=personal.days_kept(f"admissions.{key}"))
    return found.date() + days if found else None
