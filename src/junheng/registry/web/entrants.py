"""Entrants of rural lower secondary schools, year by year."""

from __future__ import annotations

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.registry.access import READERS, place_kept
from junheng.registry.selectors.entrants import SchoolEntrants, rural_schools, together


@require_safe
@staff_required(*READERS)
def entrants(request: StaffRequest) -> HttpResponse:
    """The schools that somebody sees, and all of them together."""
    rows = rural_schools(request.user)
    total = together(rows)
    years = list(total.figures)
    context = {
        "years": years,
        "rows": [_line(row, years) for row in rows],
        "total": _line(total, years) if rows else None,
        "keeps": place_kept(request.user),
    }
    return TemplateResponse(request, "registry/entrants.html", context)


def _line(
    row: SchoolEntrants, years: list[int]
) -> tuple[SchoolEntrants, list[tuple[int, int | None]], str]:
    """A school with its entrants of each year, and how they grew."""
    shown = "–" if row.growth is None else f"{row.growth:+.0%}"
    return row, [(year, row.figures.get(year)) for year in years], shown
