"""What a household signs: written down at its card, with its scan, withdrawn on its page."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.aid.access import AUTHORISERS, may_authorise
from junheng.aid.models.posts import SEES_HOUSEHOLDS
from junheng.aid.selectors.authorisations import authorisation_seen, shown
from junheng.aid.selectors.cards import household_seen
from junheng.aid.services import authorising, removing_scans, scans
from junheng.aid.services.check_rules import ARTICLE, DOCUMENT
from junheng.aid.web.check_forms import AuthorisationForm, RemovalForm
from junheng.commons import uploads
from junheng.commons.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*AUTHORISERS)
def authorise(request: StaffRequest, number: str) -> HttpResponse:
    """Keep what a household signed; its scan is added on the page that follows."""
    home = household_seen(request.user, number)
    if not may_authorise(request.user, home.village.path):
        raise Http404
    form = AuthorisationForm(request.POST if request.method == "POST" else None, home=home)
    if form.is_valid():
        try:
            made = authorising.authorise(home, by=request.user, **form.given)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Written down. Add a photo of the signed paper now."))
            return _page_of(made.ref)
    context = {"home": home, "form": form, "basis": f"{DOCUMENT}{ARTICLE}"}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "aid/household_authorise.html", context, status=status)


@require_safe
@staff_required(*SEES_HOUSEHOLDS)
def authorisation(request: StaffRequest, ref: UUID) -> HttpResponse:
    """What a household signed, its scans, and whether it still holds."""
    row = authorisation_seen(request.user, ref)
    (one,) = shown(timezone.localdate(), pk=row.pk)
    context = {
        "home": row.household,
        "one": one,
        "adds": scans.may_add(request.user, str(ref)),
        "removal": removing_scans.waiting(row),
        "withdraws": one.holds and may_authorise(request.user, row.household.village.path),
    }
    return TemplateResponse(request, "aid/authorisation.html", context)


@require_POST
@staff_required(*AUTHORISERS)
def withdraw(request: StaffRequest, ref: UUID) -> HttpResponse:
    """The household takes its signature back."""
    row = authorisation_seen(request.user, ref)
    if not may_authorise(request.user, row.household.village.path):
        raise Http404
    try:
        authorising.withdraw(row, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Withdrawn: no register is asked by it any more."))
    return _page_of(ref)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*AUTHORISERS)
def scan_removal(request: StaffRequest, ref: UUID, scan: UUID) -> HttpResponse:
    """Ask that a scan is removed, with a reason; another person agrees before it goes."""
    row = authorisation_seen(request.user, ref)
    photo = next((one for one in uploads.files_of(row.scans) if one.id == scan and one.url), None)
    if photo is None or not may_authorise(request.user, row.household.village.path):
        raise Http404
    form = RemovalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            asked = removing_scans.ask_removal(row, scan, form.cleaned_data["why"], by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Asked for. The scan stays until another person agrees."))
            return HttpResponseRedirect(asked.get_absolute_url())
    context = {"row": row, "photo": photo, "form": form}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "aid/scan_removal.html", context, status=status)


def _page_of(ref: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("aid:authorisation", args=[ref]))
