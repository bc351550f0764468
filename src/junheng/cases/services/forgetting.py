"""Who asked is forgotten when the time of keeping is over; what was asked and done stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.cases.engine.flow import State
from junheng.cases.models import Case, Consultation
from junheng.commons import personal

CALLERS, ASKERS = "cases.consultation", "cases.case"
Due = Iterable[tuple[str, str, str]]


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    for kind, title, table, due, forget in (
        (CALLERS, gettext_lazy("Callers of the desk"), "Consultation", callers_due, forget_caller),
        (ASKERS, gettext_lazy("Who asked, of closed cases"), "Case", askers_due, forget_asker),
    ):
        personal.register_clock(personal.Clock(kind, title, (f"cases.{table}",), due, forget))


def callers_due(today: date) -> Due:
    """Consultations that were answered long enough ago and still say who asked."""
    until = today - timedelta(days=personal.days_kept("cases.Consultation.phone"))
    said = Q(name__isnull=False) | Q(phone__isnull=False)
    rows = Consultation.objects.filter(said, answered_at__date__lte=until)
    return _told(rows.order_by("pk").values_list("pk", "path"))


def askers_due(today: date) -> Due:
    """Cases that were closed long enough ago and still say who asked."""
    until = today - timedelta(days=personal.days_kept("cases.Case.asker"))
    rows = Case.objects.filter(state=State.CLOSED, asker__isnull=False, closed_at__date__lte=until)
    return _told(rows.order_by("pk").values_list("pk", "path"))


def forget_caller(subject: str) -> None:
    """Take name and number from a consultation and its history; the database checks."""
    _call("SELECT cases_forget_caller(%s)", subject)


def forget_asker(subject: str) -> None:
    """Take who asked from a case and its history; the database checks."""
    _call("SELECT cases_forget_asker(%s)", subject)


def _told(rows: Iterable[tuple[object, str]]) -> Due:
    for pk, path in rows:
        yield str(pk), path, _("The time of keeping is over.")


def _call(sql: str, subject: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [subject])
