"""A family reads what registers say of its household, and answers; on the page of its child."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from junheng.accounts.facade import StaffRequest, family_required, phone_of
from junheng.aid.selectors.of_family import visits_of_family
from junheng.aid.services import visiting
from junheng.aid.web import family
from junheng.commons.refusals import Refusal


@sensitive_post_parameters()
@require_POST
@family_required
def reply(request: StaffRequest, number: str) -> HttpResponse:
    """What the family answers; asked with the child's number and birthday again."""
    found = family.looked_up(request)
    if isinstance(found, HttpResponse):
        return found
    refusal: Refusal | None = None
    row = next(
        (one for one in visits_of_family(found.pk, phone_of(request.user)) if one.number == number),
        None,
    )
    try:
        if row is not None:
            visiting.reply(row, request.POST.get("words", "")[:1000])
    except Refusal as error:
        refusal = error
    return family.answered(request, found, refusal)
