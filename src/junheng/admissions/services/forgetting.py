"""What is deleted of a round's applications when due; results stay, by code alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.admissions.models import (
    Application,
    ApplicationDraft,
    HouseClaim,
    Objection,
    Round,
    RoundDate,
    SeatDecision,
)
from junheng.admissions.services.applications import GONE
from junheng.admissions.services.verifying import subject_of
from junheng.commons import retention
from junheng.commons.retention import Clock, Due
from junheng.commons.sealing import seal
from junheng.commons.uploads import forget as forget_files
from junheng.evidence.facade import forget

APPLICATIONS, DRAFTS = "admissions.application", "admissions.draft"
OBJECTIONS, DECISIONS = "admissions.objection", "admissions.seat_decision"
HOUSES = "admissions.house"
State = Application.State
SEALED = ("child_name", "guardian_name", "phone", "statement")
NAMES = (*SEALED, "born_on", "look_up", "child_key")
OF_AN_APPLICATION = (
    *(f"admissions.Application.{name}" for name in NAMES),
    *("evidence.Finding.sealed", "commons.Upload.name"),
)
OF_A_DRAFT = ("admissions.ApplicationDraft.answers",)
OF_A_HOUSE = ("admissions.HouseClaim.house_key", "admissions.HouseClaim.family_key")
SAID = ("words", "answer", "remark")
OF_AN_OBJECTION = tuple(f"admissions.Objection.{field}" for field in SAID)
OF_A_DECISION = ("admissions.SeatDecision.words",)


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    applications = gettext_lazy("Applications of closed rounds")
    drafts = gettext_lazy("Applications that were never submitted")
    objections = gettext_lazy("Words of objections and answers")
    decisions = gettext_lazy("Words of decisions about seats")
    houses = gettext_lazy("Houses that stood behind an application")
    retention.register(
        Clock(APPLICATIONS, applications, OF_AN_APPLICATION, applications_due, forget_application),
        Clock(DRAFTS, drafts, OF_A_DRAFT, drafts_due, forget_draft),
        Clock(OBJECTIONS, objections, OF_AN_OBJECTION, objections_due, forget_objection),
        Clock(DECISIONS, decisions, OF_A_DECISION, decisions_due, forget_decision),
        Clock(HOUSES, houses, OF_A_HOUSE, houses_due, forget_house),
    )
    retention.register_ties(tied)


def closed_before(day: date) -> QuerySet[RoundDate]:
    """The ends of closed rounds that lie before a day."""
    ends = RoundDate.objects.filter(what=RoundDate.What.CLOSING, round__state=Round.State.CLOSED)
    return ends.filter(ends_at__date__lte=day)


def applications_due(today: date) -> Due:
    """Applications whose time is over: taken back ones, and on request, sooner than the others."""
    rows = Application.objects.exclude(retention.written_down(APPLICATIONS))
    over = rows.filter(round__in=_over(today, OF_AN_APPLICATION))
    sooner = rows.filter(round__in=_over(today, OF_A_DRAFT)).exclude(pk__in=over.values("pk"))
    wanted = retention.deletion_granted("number")
    yield from _told(over, _("The time of keeping is over."))
    yield from _told(
        sooner.filter(state=State.WITHDRAWN), _("It was taken back, and its round is over.")
    )
    yield from _told(
        sooner.filter(wanted).exclude(state=State.WITHDRAWN),
        _("The family asked for it, and the round is over."),
    )


def _over(today: date, keys: Iterable[str]) -> Any:
    """Rounds that are over for so long that the time of some fields is."""
    return closed_before(today - timedelta(days=retention.days_of(keys))).values("round")


def _told(rows: QuerySet[Any], why: str, path: str = "path") -> Due:
    for pk, where in rows.order_by("pk").values_list("pk", path):
        yield str(pk), where, why


def forget_application(subject: str) -> None:
    """Empty an application and its history, with what was found about it; the database checks."""
    row = Application.objects.only("pk", "number").get(pk=UUID(subject))
    retention.call("admissions_forget_application", row.pk, *_emptied(row, SEALED))
    forget(subject_of(row))
    forget_files(subject_of(row))


def _emptied(row: Any, names: Iterable[str]) -> list[bytes]:
    """Nothing, sealed for each of these fields of a row."""
    sealed: list[Any] = [row._meta.get_field(name) for name in names]
    return [bytes(seal("", field.bound(row))) for field in sealed]


def drafts_due(today: date) -> Due:
    """What was never submitted, some weeks after the round was closed."""
    rows = ApplicationDraft.objects.filter(round__in=_over(today, OF_A_DRAFT))
    return _told(rows, _("It was never submitted, and its round is over."), "round__path")


def forget_draft(subject: str) -> None:
    """Remove a draft."""
    ApplicationDraft.objects.filter(pk=UUID(subject)).delete()


def objections_due(today: date) -> Due:
    """Objections whose time is over, or whose application was emptied sooner."""
    emptied = retention.written_down(APPLICATIONS, "application_id")
    rows = Objection.objects.exclude(retention.written_down(OBJECTIONS))
    over = rows.filter(Q(round__in=_over(today, OF_AN_OBJECTION)) | emptied)
    return _told(over, _("The time of keeping is over."), "round__path")


def forget_objection(subject: str) -> None:
    """Take the words from an objection and its answer, history included; the database checks."""
    row = Objection.objects.only("pk").get(pk=UUID(subject))
    retention.call("admissions_forget_objection", row.pk, *_emptied(row, SAID))


def decisions_due(today: date) -> Due:
    """Decisions about seats whose words are kept no longer, as with objections."""
    emptied = retention.written_down(APPLICATIONS, "application_id")
    rows = SeatDecision.objects.exclude(retention.written_down(DECISIONS))
    over = rows.filter(Q(round__in=_over(today, OF_A_DECISION)) | emptied)
    return _told(over, _("The time of keeping is over."), "round__path")


def forget_decision(subject: str) -> None:
    """Take the words from a decision about a seat; what was decided stays."""
    row = SeatDecision.objects.only("pk").get(pk=UUID(subject))
    retention.call("admissions_forget_decision", row.pk, *_emptied(row, ("words",)))


def houses_due(today: date) -> Due:
    """Houses that bind no family any more."""
    rows = HouseClaim.objects.filter(application__round__in=_over(today, OF_A_HOUSE))
    return _told(rows, _("The time of keeping is over."), "application__path")


def forget_house(subject: str) -> None:
    """Remove what ties a house to a family."""
    HouseClaim.objects.filter(pk=UUID(subject)).delete()


def tied(accounts: Collection[int]) -> set[int]:
    """The accounts of families that have an application with a name in it, or a draft."""
    named = Application.objects.filter(family__in=accounts).exclude(look_up__startswith=GONE)
    drafts = ApplicationDraft.objects.filter(owner__in=accounts)
    return set(named.values_list("family_id", flat=True)) | set(
        drafts.values_list("owner_id", flat=True)
    )


def kept_until(application: Application) -> date | None:
    """Until when an application is kept; None before its round has an end."""
    ends = RoundDate.objects.filter(round=application.round_id, what=RoundDate.What.CLOSING)
    found = ends.values_list("ends_at", flat=True).first()
    keys = OF_A_DRAFT if application.state == State.WITHDRAWN else OF_AN_APPLICATION
    return found.date() + timedelta(days=retention.days_of(keys)) if found else None
