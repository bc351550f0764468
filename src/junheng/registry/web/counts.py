"""The opening count: begun once by the bureau, closed once, and never again."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from junheng.accounts.facade import StaffRequest, paths_of, staff_required
from junheng.commons.refusals import Refusal
from junheng.places.facade import Level, Place
from junheng.registry.access import COUNT_HOLDERS, may_hold_count
from junheng.registry.models import OpeningCount, SchoolClass
from junheng.registry.services.classes import close_count, open_count


class OpeningForm(forms.Form):
    """Since when the classes above the cap are there."""

    held_on = forms.DateField(
        label=gettext_lazy("Day of the count"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )


@require_http_methods(["GET", "POST"])
@staff_required(*COUNT_HOLDERS)
def opening_count(request: StaffRequest) -> HttpResponse:
    """What stands about the opening count of one's county; a POST begins it."""
    county = _county(request)
    held = OpeningCount.objects.filter(place=county).select_related("closed_by").first()
    data = request.POST if request.method == "POST" else None
    form = OpeningForm(data, initial={"held_on": timezone.localdate()})
    if form.is_valid() and _begun(request, county, form):
        return HttpResponseRedirect(reverse("registry:opening_count"))
    found = SchoolClass.objects.for_user(request.user).exclude(inherited_on=None)
    context = {
        "county": county,
        "held": held,
        "form": form,
        "inherited": found.count(),
        "still_large": found.large().count(),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "registry/opening_count.html", context, status=status)


@require_POST
@staff_required(*COUNT_HOLDERS)
def close(request: StaffRequest, pk: int) -> HttpResponse:
    """End the opening count."""
    held = get_object_or_404(OpeningCount.objects.select_related("place"), pk=pk)
    if not may_hold_count(request.user, held.place.path):
        raise Http404
    try:
        close_count(held, by=request.user)
        messages.success(request, _("The opening count is closed."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("registry:opening_count"))


def _begun(request: StaffRequest, county: Place, form: OpeningForm) -> bool:
    try:
        open_count(county, held_on=form.cleaned_data["held_on"], by=request.user)
    except Refusal as refusal:
        form.add_error("held_on", str(refusal))
        return False
    messages.success(request, _("The opening count is open."))
    return True


def _county(request: StaffRequest) -> Place:
    """The county of one's post.

    Raises:
        Http404: For somebody whose post belongs to no single county.
    """
    paths = paths_of(request.user, frozenset(COUNT_HOLDERS))
    found: Place | None = Place.objects.filter(path__in=paths, level=Level.COUNTY).first()
    if found is None:
        raise Http404
    return found
