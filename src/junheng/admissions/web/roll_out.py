"""How far verification by shared data has come, for whoever watches several counties."""

from __future__ import annotations

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.admissions.models.querysets import COUNTY
from junheng.admissions.selectors.roll_out import ASKED
from junheng.admissions.selectors.roll_out import roll_out as counted


@require_safe
@staff_required(*COUNTY)
def roll_out(request: StaffRequest) -> HttpResponse:
    """County by county: registers connected, the newest round, and how many made no trip."""
    found = counted(request.user)
    context = {
        "found": found,
        "share": "–" if found.share is None else f"{found.share:.0%}",
        "aims": [(day, f"{share:.0%}") for day, share in found.aims],
        "registers": len(ASKED),
    }
    return TemplateResponse(request, "admissions/roll_out.html", context)
