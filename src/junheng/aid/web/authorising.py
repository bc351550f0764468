"""What a household signs: written down at its card, withdrawn there."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.aid.access import AUTHORISERS, may_authorise
from junheng.aid.models import CheckAuthorisation
from junheng.aid.selectors.cards import household_seen
from junheng.aid.services import authorising
from junheng.aid.services.check_rules import ARTICLE, DOCUMENT
from junheng.aid.web.check_forms import AuthorisationForm
from junheng.commons.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*AUTHORISERS)
def authorise(request: StaffRequest, number: str) -> HttpResponse:
    """Keep what a household signed."""
    home = household_seen(request.user, number)
    if not may_authorise(request.user, home.village.path):
        raise Http404
    form = AuthorisationForm(request.POST if request.method == "POST" else None, home=home)
    if form.is_valid():
        try:
            authorising.authorise(home, by=request.user, **form.given)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Written down: these registers may be asked."))
            return HttpResponseRedirect(reverse("aid:household", args=[home.number]))
    context = {"home": home, "form": form, "basis": f"{DOCUMENT}{ARTICLE}"}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "aid/household_authorise.html", context, status=status)


@require_POST
@staff_required(*AUTHORISERS)
def withdraw(request: StaffRequest, ref: UUID) -> HttpResponse:
    """The household takes its signature back."""
    seen = CheckAuthorisation.objects.for_user(request.user).select_related("household__village")
    row: CheckAuthorisation = get_object_or_404(seen, ref=ref)
    if not may_authorise(request.user, row.household.village.path):
        raise Http404
    try:
        authorising.withdraw(row, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Withdrawn: no register is asked by it any more."))
    return HttpResponseRedirect(reverse("aid:household", args=[row.household.number]))
