"""A family sees what its household signed, and takes it back: one page that asks, one answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from junheng.accounts.facade import StaffRequest, family_required, phone_of
from junheng.aid.selectors.authorisations import Signed
from junheng.aid.selectors.of_family import signed_by_family
from junheng.aid.services import authorising
from junheng.aid.web import family
from junheng.commons.refusals import Refusal
from junheng.registry.facade import PupilInMask

SURE = "yes"


@sensitive_post_parameters()
@require_POST
@family_required
def withdraw(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Asked with the child's number and birthday again: first whether it is meant, then done."""
    found = family.looked_up(request)
    if isinstance(found, HttpResponse):
        return found
    signed = signed_by_family(found.pk, phone_of(request.user), timezone.localdate())
    one = next((one for one in signed if one.row.ref == ref), None)
    if one is None or request.POST.get("sure") == SURE:
        return family.answered(request, found, _taken_back(request, found, one))
    context: dict[str, Any] = {"pupil": found, "one": one, "asked": request.POST, "sure": SURE}
    return family.private(TemplateResponse(request, "aid/my_withdrawal.html", context).render())


def _taken_back(request: StaffRequest, found: PupilInMask, one: Signed | None) -> Refusal | None:
    """Take an authorisation back; why not, if not. Another household's is none at all."""
    if one is None:
        return None
    try:
        authorising.take_back(one.row, pupil=found.pk, by=request.user)
    except Refusal as refusal:
        return refusal
    messages.success(request, _("Withdrawn: no register is asked by it any more."))
    return None
