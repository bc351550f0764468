"""What this room deletes when due: imported files, messages, words of requests, addresses."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.commons import import_files, retention
from junheng.commons.models import DataRequest, ImportBatch, Message
from junheng.commons.retention import Clock, Due, Sweep
from junheng.commons.sealing import seal

REQUESTS = "commons.request"
OF_A_REQUEST = ("commons.DataRequest.words", "commons.DataRequest.answer")
OF_A_MESSAGE = ("commons.Message.phone", "commons.Message.content")
OF_AN_ATTEMPT = ("commons.Attempt.address",)
OF_AN_IMPORT = ("commons.ImportBatch.report_sha256", "commons.ImportBatch.errors_sha256")


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    requests = gettext_lazy("Words of requests about data")
    messages = gettext_lazy("Text messages")
    attempts = gettext_lazy("Addresses of refused attempts")
    imported = gettext_lazy("Imported files")
    retention.register(
        Clock(REQUESTS, requests, OF_A_REQUEST, requests_due, forget_request),
        Sweep("commons.message", messages, OF_A_MESSAGE, clear_messages),
        Sweep("commons.attempt", attempts, OF_AN_ATTEMPT, clear_attempts),
        Sweep("commons.import", imported, OF_AN_IMPORT, clear_imports),
    )


def requests_due(today: date) -> Due:
    """Requests that were answered long enough ago."""
    until = today - timedelta(days=retention.days_of(OF_A_REQUEST))
    rows = DataRequest.objects.filter(answered_at__date__lte=until)
    over = rows.exclude(retention.written_down(REQUESTS)).order_by("pk")
    for pk, path in over.values_list("pk", "path"):
        yield str(pk), path, _("The time of keeping is over.")


def forget_request(subject: str) -> None:
    """Take the words from a request and its answer; the database checks."""
    row = DataRequest.objects.only("pk").get(pk=UUID(subject))
    sealed: list[Any] = [row._meta.get_field(name) for name in ("words", "answer")]
    emptied = [bytes(seal("", field.bound(row))) for field in sealed]
    retention.call("commons_forget_request", row.pk, *emptied)


def clear_messages(until: datetime, most: int) -> int:
    """Delete messages that were sent or given up, with the number they went to."""
    old = Message.objects.filter(written_at__lt=until).exclude(state=Message.State.WAITING)
    pks = list(old.order_by("written_at").values_list("pk", flat=True)[:most])
    return Message.objects.filter(pk__in=pks).delete()[0]


def clear_attempts(until: datetime, most: int) -> int:
    """Take the addresses from what was refused; the database checks."""
    return retention.call("commons_forget_attempts", until, most)


def clear_imports(until: datetime, most: int) -> int:
    """Delete files that were imported before a moment, with their previews and mistakes."""
    import_files.files().drop_older(until)
    seen = ImportBatch.objects.filter(at__lt=until).exclude(report_sha256="", errors_sha256="")
    pks = list(seen.order_by("at").values_list("pk", flat=True)[:most])
    return ImportBatch.objects.filter(pk__in=pks).update(report_sha256="", errors_sha256="")
