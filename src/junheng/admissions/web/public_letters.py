"""For everybody: whether a letter is valid, and the public notice for its days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from junheng.accounts.facade import address_of
from junheng.admissions.selectors import letters, notices
from junheng.admissions.selectors.rounds import intake_of
from junheng.commons import attempts
from junheng.commons.furniture import bureau_name

WINDOW = timedelta(minutes=10)
WRONG_TRIES = 20
"""So many wrong numbers may come from one address within the window; right ones always pass."""
VERIFY, ENDED = "admissions.verify_letter", "admissions.letter_ended"
PER_PAGE = 100
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow, noarchive"}


@require_safe
def verify(request: HttpRequest, number: str) -> HttpResponse:
    """Whether a letter is valid, for whoever holds it.

    An unknown number, a wrong code and a slip look alike. Only these are counted: a school that
    scans three hundred letters in a morning is never made to wait.
    """
    found = letters.verified(number, request.GET.get("s", ""))
    address = address_of(request)
    if found is None and attempts.recent(VERIFY, address, WINDOW) >= WRONG_TRIES:
        return _private(render(request, "429.html", status=429))
    if found is None:
        attempts.note(VERIFY, "unknown", address=address)
    elif found.end:
        attempts.note(ENDED, found.end, matter=found.number, path=found.path, address=address)
    context = {"letter": found, "bureau": bureau_name()}
    status = 200 if found else 404
    return _private(render(request, "admissions/verify.html", context, status=status))


@require_safe
def posted(request: HttpRequest) -> HttpResponse:
    """The public notices of today."""
    rows = [(intake_of(papers.round), papers) for papers in notices.posted_on(timezone.localdate())]
    return _private(render(request, "admissions/notices.html", {"rows": rows}))


@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """The masked result of a round, for the days of its public notice."""
    today = timezone.localdate()
    found = notices.notice_of(pk, today)
    if found is None:
        raise Http404
    context: dict[str, Any] = {"notice": found, "intake": intake_of(found.record.round)}
    if found.is_over(today):
        return _private(render(request, "admissions/notice_over.html", context, status=410))
    school = request.GET.get("school", "")
    children = notices.children_of(found.record, school)
    page = Paginator(children, PER_PAGE).get_page(request.GET.get("page"))
    context |= {
        "page": page,
        "rows": notices.rows_of(found.record, page.object_list),
        "schools": notices.schools_of(found.record),
        "school": school,
        "bureau": bureau_name(),
    }
    return _private(render(request, "admissions/notice.html", context))


def _private(response: HttpResponse) -> HttpResponse:
    """Neither search engines nor shared computers keep what children's papers say."""
    for name, value in PRIVATE.items():
        response.headers[name] = value
    return response
