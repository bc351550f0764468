"""Who asked and in which words is forgotten in time; that it was asked and settled stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.cases.engine.flow import State
from junheng.cases.models import Case, CaseEntry, Consultation
from junheng.cases.services import photos
from junheng.commons import retention
from junheng.commons.retention import Due

CALLERS, ASKERS = "cases.consultation", "cases.case"
OF_A_CALL = tuple(f"cases.Consultation.{name}" for name in ("name", "phone", "question", "said"))
OF_A_CASE = (
    *(f"cases.Case.{name}" for name in ("asker", "title", "facts", "words")),
    *(f"cases.CaseEntry.{name}" for name in ("words", "place", "photo")),
)


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    calls, closed = gettext_lazy("Calls to the desk"), gettext_lazy("Words of closed cases")
    retention.register(
        retention.Clock(CALLERS, calls, OF_A_CALL, callers_due, forget_caller),
        retention.Clock(ASKERS, closed, OF_A_CASE, askers_due, forget_asker),
    )


def callers_due(today: date) -> Due:
    """Consultations that were answered long enough ago."""
    until = today - timedelta(days=retention.days_of(OF_A_CALL))
    rows = Consultation.objects.filter(answered_at__date__lte=until)
    rows = rows.exclude(retention.written_down(CALLERS))
    return _told(rows.order_by("pk").values_list("pk", "path"))


def askers_due(today: date) -> Due:
    """Cases that were closed long enough ago."""
    until = today - timedelta(days=retention.days_of(OF_A_CASE))
    rows = Case.objects.filter(state=State.CLOSED, closed_at__date__lte=until)
    rows = rows.exclude(retention.written_down(ASKERS))
    return _told(rows.order_by("pk").values_list("pk", "path"))


def forget_caller(subject: str) -> None:
    """Take name, number and words from a consultation and its history; the database checks."""
    retention.call("cases_forget_caller", subject)


def forget_asker(subject: str) -> None:
    """Take who asked, words and photos from a case and its history; the database checks."""
    entries = CaseEntry.objects.filter(case_id=UUID(subject)).exclude(photo="")
    shown = set(entries.values_list("photo", flat=True))
    retention.call("cases_forget_asker", subject)
    left = CaseEntry.objects.filter(photo__in=shown).values_list("photo", flat=True)
    for photo in shown - set(left):
        transaction.on_commit(partial(photos.throw_away, photo))


def _told(rows: Iterable[tuple[object, str]]) -> Due:
    for pk, path in rows:
        yield str(pk), path, _("The time of keeping is over.")
