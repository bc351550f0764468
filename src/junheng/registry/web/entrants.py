"""Entrants of rural lower secondary schools against former years."""

from __future__ import annotations

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.registry.access import READERS, place_kept
from junheng.registry.models import Entrants
from junheng.registry.selectors.entrants import rural, rural_schools


@require_safe
@staff_required(*READERS)
def entrants(request: StaffRequest) -> HttpResponse:
    """The schools that somebody sees, first year against last."""
    rows = rural_schools(request.user)
    years = rural(Entrants.objects.for_user(request.user)).order_by("year")
    known = sorted(set(years.values_list("year", flat=True)))
    context = {
        "rows": [(row, "–" if row.growth is None else f"{row.growth:+.0%}") for row in rows],
        "first": known[0] if known else None,
        "last": known[-1] if known else None,
        "keeps": place_kept(request.user),
    }
    return TemplateResponse(request, "registry/entrants.html", context)
