"""The yearly return as on any day, every figure a way to its rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.kernel.levels import Level
from junheng.registry.access import READERS, place_kept
from junheng.registry.engine.ratios import RETENTION
from junheng.registry.selectors.returns import YearlyReturn, return_on
from junheng.registry.web.days import day_asked, query_of
from junheng.registry.web.return_tables import fingerprint, tables_of
from junheng.registry.web.return_words import level_name, shown_share
from junheng.registry.web.words import year_name


@require_safe
@staff_required(*READERS)
def statistics(request: StaffRequest) -> HttpResponse:
    """The return on a day."""
    day = day_asked(request)
    found = return_on(request.user, day)
    context = {
        "day": day,
        "today": timezone.localdate(),
        "levels": [(level_name(r.level), r, query_of(day, level=r.level)) for r in found.levels],
        "retention": _retention(found, day),
        "tables": tables_of(found),
        "fingerprint": fingerprint(found),
        "query": query_of(day),
        "keeps": place_kept(request.user),
    }
    return TemplateResponse(request, "registry/statistics.html", context)


def _retention(found: YearlyReturn, day: date) -> list[dict[str, Any]]:
    return [
        {
            "years": RETENTION[Level(level)].years,
            "year": year_name(year),
            "rate": shown_share(figures.rate),
            "own": shown_share(figures.own_rate),
            "query": query_of(day, level=level, cohort="entered"),
        }
        for level, year, figures in found.retention
    ]
