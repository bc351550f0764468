"""Lists that leave the system as workbooks: watermarked, logged, long ones made by the worker.

A view hands over the columns and rows that it shows, masks included. Up to `AT_ONCE` rows the
answer is the file. A longer list becomes a job which asks the same view again for the same
person: so its door, its scope and its masks hold when the file is made, not only when it was
asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.base import SessionBase
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.commons.jobs import Progress, job
from junheng.commons.models import ExportLog
from junheng.commons.refusals import Refusal
from junheng.commons.storage import Store
from junheng.commons.workbooks import workbook

AT_ONCE = 5_000
"""Rows up to which the file is made while the officer waits."""
KEPT_DAYS = 7
STEP = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NoLongerYours(Refusal):
    """The list may not be seen any more by whoever asked for it."""


@dataclass(slots=True)
class _Desk:
    """Where a view that is asked by the worker leaves what it would have answered."""

    progress: Progress
    log: ExportLog | None = None


def export_response(
    request: HttpRequest,
    title: str,
    columns: Sequence[str | Promise],
    rows: Iterable[Sequence[Any]],
    *,
    comes_back: bool = False,
) -> HttpResponse:
    """A list as a workbook, or the page of the job that makes it.

    Args:
        request: Asks for it; its user is logged and stands in the watermark.
        title: What the list is called.
        columns: Headers.
        rows: Cells as the page shows them, masks on.
        comes_back: Whether the workbook is to be changed and imported again.
    """
    desk: _Desk | None = getattr(request, "junheng_export", None)
    if desk is not None:
        made, desk.log = _make(
            request, title, columns, _counted(rows, desk.progress), comes_back=comes_back
        )
        kept().put(made)
        return HttpResponse(status=204)
    first = list(islice(rows := iter(rows), AT_ONCE + 1))
    if len(first) > AT_ONCE:
        return _later(request, title)
    made, _log = _make(request, title, columns, chain(first, rows), comes_back=comes_back)
    return as_file(made, title)


def as_file(data: bytes, title: str) -> HttpResponse:
    """A workbook to be saved by the browser and kept nowhere else."""
    name = f"{title} {timezone.localdate():%Y-%m-%d}.xlsx".replace("/", "-")
    header = content_disposition_header(as_attachment=True, filename=name)
    headers = {"Content-Disposition": header or "attachment", "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=XLSX, headers=headers)


def deliver(
    request: HttpRequest,
    data: bytes,
    *,
    name: str,
    kind: str,
    columns: Sequence[str],
    rows: int,
) -> HttpResponse:
    """A paper that leaves the system, logged like a list.

    Args:
        request: Asks for it; its user is logged.
        data: The file.
        name: What it is called when it is saved.
        kind: Its media type.
        columns: What of each person stands in it.
        rows: How many persons.
    """
    _logged(request, name, columns, rows, data)
    header = content_disposition_header(as_attachment=True, filename=name.replace("/", "-"))
    headers = {"Content-Disposition": header or "attachment", "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=kind, headers=headers)


def kept() -> Store:
    """Where files of long exports wait for a week to be fetched."""
    return Store(settings.STORAGE_ROOT / "exports")


@job("commons.export", title=gettext_lazy("Export to Excel"))
def export(progress: Progress, *, page: str, post: str, user: int) -> str:
    """Ask a list's own view for all of its rows, on behalf of whoever wanted them."""
    kept().drop_older(days=KEPT_DAYS)
    desk = _Desk(progress)
    request = _request_again(page, post, user)
    request.junheng_export = desk  # type: ignore[attr-defined]  # ours, read by export_response
    match = resolve(request.path)
    request.resolver_match = match
    try:
        match.func(request, *match.args, **match.kwargs)
    except Http404:
        desk.log = None
    if desk.log is None:
        raise NoLongerYours(_("You may no longer see this list, so it was not exported."))
    return reverse("commons:export", args=[desk.log.pk])


def _make(
    request: HttpRequest,
    title: str,
    columns: Sequence[str | Promise],
    rows: Iterable[Sequence[Any]],
    *,
    comes_back: bool,
) -> tuple[bytes, ExportLog]:
    _person(request)
    count = _Count(rows)
    data = workbook(title, columns, count, watermark=_watermark(request), comes_back=comes_back)
    return data, _logged(request, title, columns, count.seen, data)


def _logged(
    request: HttpRequest, title: str, columns: Sequence[str | Promise], rows: int, data: bytes
) -> ExportLog:
    return ExportLog.objects.create(
        by=_person(request),
        title=title[:200],
        url=request.get_full_path()[:500],
        columns=[str(column) for column in columns],
        rows=rows,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _person(request: HttpRequest) -> Any:
    """Whoever takes the list; nothing leaves without a name."""
    if not request.user.is_authenticated:
        raise Http404
    return request.user


def _watermark(request: HttpRequest) -> str:
    return _("Exported by %(who)s on %(when)s. Only for the work it was taken for.") % {
        "who": request.user,
        "when": date_format(timezone.localtime(), "DATETIME_FORMAT"),
    }


def _later(request: HttpRequest, title: str) -> HttpResponse:
    person = _person(request)
    asked = export.later(
        by=person,
        title=_("Export: %s") % title,
        page=request.get_full_path(),
        post=request.POST.urlencode(),
        user=person.pk,
    )
    return HttpResponseRedirect(asked.get_absolute_url())


def _request_again(page: str, post: str, user: int) -> HttpRequest:
    """The same request, without a browser: for the view, not for the middleware around it."""
    parts = urlsplit(page)
    request = HttpRequest()
    request.method = "POST"
    request.path = request.path_info = parts.path
    request.META = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
    }
    request.GET, request.POST = QueryDict(parts.query), QueryDict(post)
    request.session = _no_session()
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # Django's
    people: Any = get_user_model()
    request.user = people.objects.filter(pk=user, is_active=True).first()
    if request.user is None:
        raise NoLongerYours(_("The account that asked for this list is closed."))
    return request


def _no_session() -> SessionBase:
    engine: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    return engine()


class _Count:
    """Counts rows as they pass."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self.rows, self.seen = rows, 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for row in self.rows:
            self.seen += 1
            yield row


def _counted(rows: Iterable[Sequence[Any]], progress: Progress) -> Iterator[Sequence[Any]]:
    for number, row in enumerate(rows):
        if number % STEP == 0:
            progress.step(number, 0, _("%d rows written") % number)
        yield row
