"""The work calendar of a county: which days are off, and which are worked."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from junheng.accounts.facade import StaffRequest, paths_of, staff_required
from junheng.cases.access import CALENDAR_KEEPERS, READERS, calendar_path
from junheng.cases.models import WorkDay
from junheng.cases.models.calendar import EVERYWHERE
from junheng.cases.selectors.calendar import year_of, years_known
from junheng.cases.services.calendar import set_day, take_back
from junheng.cases.web.forms import NewDay
from junheng.cases.web.lists import doors
from junheng.commons.refusals import Refusal


@require_http_methods(["GET", "POST"])
@staff_required(*READERS)
def calendar(request: StaffRequest) -> HttpResponse:
    """The days of a year that are other than the week says; the bureau sets some of its own."""
    path = calendar_path(request.user)
    if request.method == "POST" and not path:
        raise Http404
    form = NewDay(request.POST if request.method == "POST" else None)
    if form.is_valid() and _set(request, path, form):
        year = form.cleaned_data["day"].year
        return HttpResponseRedirect(f"{reverse('cases:calendar')}?year={year}")
    known = years_known()
    year = _year(request)
    context = {
        "tab": "calendar",
        "year": year,
        "years": sorted({*known, timezone.localdate().year, year}),
        "is_known": year in known,
        "days": year_of(path or _own_path(request), year),
        "form": form if path else None,
        **doors(request),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "cases/calendar.html", context, status=status)


@require_POST
@staff_required(*CALENDAR_KEEPERS)
def day_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Let a day be again as in the whole country."""
    row = get_object_or_404(WorkDay, pk=pk, path=calendar_path(request.user))
    year = row.day.year
    take_back(row)
    messages.success(request, _("The day is again as in the whole country."))
    return HttpResponseRedirect(f"{reverse('cases:calendar')}?year={year}")


def _set(request: StaffRequest, path: str, form: NewDay) -> bool:
    try:
        set_day(path, by=request.user, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error("day", str(refusal))
        return False
    messages.success(request, _("Written down. What is due was worked out anew."))
    return True


def _year(request: StaffRequest) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and len(asked) == 4 else timezone.localdate().year


def _own_path(request: StaffRequest) -> str:
    """The county somebody works in: the part of their path that a bureau of it would have."""
    own = next(iter(paths_of(request.user)), EVERYWHERE)
    counties = WorkDay.objects.exclude(path=EVERYWHERE).values_list("path", flat=True).distinct()
    return next((path for path in sorted(counties, key=len) if own.startswith(path)), EVERYWHERE)
