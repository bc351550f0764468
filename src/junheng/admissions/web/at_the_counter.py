"""Somebody of staff does for a family what it could do on its own page: first, for which child."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from junheng.accounts.facade import StaffRequest
from junheng.admissions.access import may_enter
from junheng.admissions.models import Application, Round
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services.look_up import as_given_out


def child_meant(
    request: StaffRequest, the_round: Round, heading: str, *, of: int | None = None
) -> Application | HttpResponse:
    """The application whose number was typed, or the page that asks for it.

    Args:
        request: With `number` in its address, once it was typed.
        the_round: The round that is worked on.
        heading: What is to be done, above the field.
        of: The round in which the child has its number; by default the same one.

    Raises:
        Http404: For whoever may not enter applications there.
    """
    if not may_enter(request.user, the_round):
        raise Http404
    number = as_given_out(request.GET.get("number", "").strip())
    rows = Application.objects.for_user(request.user).select_related("round__place")
    shown: Application | None = rows.filter(round=of or the_round.pk, number=number).first()
    if shown is not None:
        return shown
    context = {
        "round": the_round,
        "title": round_title(the_round),
        "number": number,
        "heading": heading,
    }
    return render(request, "admissions/find_child.html", context)
