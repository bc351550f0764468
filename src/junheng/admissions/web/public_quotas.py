"""Published shares of quota seats, for everybody to read and to do again by hand."""

from __future__ import annotations

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from junheng.admissions.models import QuotaRun
from junheng.admissions.selectors import quota_filled as filled
from junheng.admissions.selectors import quotas as selectors
from junheng.admissions.web.quota_tables import claim_in_words, remainder_in_words
from junheng.commons.web.kept import kept
from junheng.kernel.canonical import canonical_json


@require_safe
@kept(selectors.version_of_quotas)
def quotas(request: HttpRequest) -> HttpResponse:
    """The counties and years whose shares are published."""
    context = {"rows": selectors.public_quotas()}
    return HttpResponse(render_to_string("admissions/public/quotas.html", context, request))


@require_safe
@kept(selectors.version_of_quota)
def quota(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The shares of one county and year, with the whole computation."""
    record = selectors.published_shares(code, year)
    if record is None:  # superseded between two queries
        raise Http404
    shares = selectors.shares_by_senior(record)
    filling = filled.published_filling(record)
    names = [one.name for one in shares]
    context = {
        "schools": [
            (row, list(zip(names, row.seats, strict=True)))
            for row in selectors.seats_by_school(shares)
        ],
        "plan": record.plan,
        "run": record.run,
        "counts": selectors.counts_of(record.run),
        "filling": filling,
        "filled": filled.filled_seats(filling) if filling else [],
        "receipt_sha256": sha256(_receipt(record, filling)).hexdigest(),
        "seniors": [
            (one, [(row, claim_in_words(row), remainder_in_words(row)) for row in one.rows])
            for one in shares
        ],
    }
    return HttpResponse(render_to_string("admissions/public/quota.html", context, request))


@require_safe
@kept(selectors.version_of_quota)
def receipt(_request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The receipts and the table as one file, whose fingerprint stands on the page."""
    record = selectors.published_shares(code, year)
    if record is None:
        raise Http404
    data = _receipt(record, filled.published_filling(record))
    name = f'attachment; filename="quota-seats-{code}-{year}.json"'
    headers = {"Content-Disposition": name}
    return HttpResponse(data, content_type="application/json", headers=headers)


def _receipt(shares: QuotaRun, filling: QuotaRun | None) -> bytes:
    return canonical_json(filled.public_receipt(shares, filling))
