"""Terms are opened, and lists declared to be told in full."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import Role, StaffRequest, staff_required
from junheng.aid.access import IN_CHARGE
from junheng.aid.models import SchoolTrait, ToldInFull
from junheng.aid.selectors.budgets import counties_kept
from junheng.aid.selectors.terms import terms_of
from junheng.aid.sentences.facts import NAMES
from junheng.aid.services import declaring
from junheng.aid.services.terms import open_term
from junheng.aid.web.setup_forms import EndForm, ListForm, TermForm
from junheng.commons.refusals import Refusal
from junheng.places.facade import Place

FORMS = ["GET", "HEAD", "POST"]


@require_http_methods(FORMS)
@staff_required(*IN_CHARGE)
def terms(request: StaffRequest) -> HttpResponse:
    """The terms, and the form that opens one."""
    counties = keeps(request)
    form = TermForm(sent(request), counties=counties)

    def deed(given: dict[str, Any]) -> None:
        days = (given["starts_on"], given["ends_on"])
        open_term(form.county(), given["code"].strip(), *days, by=request.user)

    if request.method == "POST" and done(request, form, deed, _("The term is open.")):
        return redirect("aid:terms")
    context = {"tab": "terms", "rows": terms_of(request.user), "form": form if counties else None}
    return answer(request, "aid/terms.html", context, form)


@require_http_methods(FORMS)
@staff_required(*IN_CHARGE)
def lists(request: StaffRequest) -> HttpResponse:
    """Which lists are told in full, and the form that asks for one more."""
    counties = keeps(request)
    form = ListForm(sent(request), counties=counties)

    def deed(given: dict[str, Any]) -> None:
        rest = (given["fact"], given["since"], given["until"], given["paper"])
        declaring.ask_to_tell(form.county(), *rest, by=request.user)

    if request.method == "POST" and done(request, form, deed, asked()):
        return redirect("aid:told_lists")
    rows = ToldInFull.objects.for_user(request.user).select_related("place")
    context = {
        "tab": "lists",
        "rows": [(one, NAMES[one.fact]) for one in rows],
        "waiting": declaring.waiting(request.user, declaring.TELL, declaring.END),
        "form": form if counties else None,
    }
    return answer(request, "aid/told_lists.html", context, form)


@require_http_methods(FORMS)
@staff_required(Role.AID_OFFICER)
def end_list(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask that a list is not told in full any more from a day on."""
    rows = ToldInFull.objects.for_user(request.user).select_related("place")
    row: ToldInFull = get_object_or_404(rows, pk=pk)
    return end_page(request, row, row.place.name, "aid:told_lists")


def end_page(
    request: StaffRequest, row: ToldInFull | SchoolTrait, where: str, back: str
) -> HttpResponse:
    """The page that asks for an end."""
    form = EndForm(sent(request))

    def deed(given: dict[str, Any]) -> None:
        declaring.ask_to_end(row, given["day"], given["paper"], by=request.user)

    if request.method == "POST" and done(request, form, deed, asked()):
        return redirect(back)
    tab = "lists" if back == "aid:told_lists" else "traits"
    context = {"tab": tab, "row": row, "name": NAMES[row.fact], "where": where, "form": form}
    return answer(request, "aid/end_told.html", context, form)


def keeps(request: StaffRequest) -> list[Place]:
    """The counties that somebody keeps; nobody else sends a form.

    Raises:
        Http404: If a form comes from somebody who keeps none.
    """
    counties = counties_kept(request.user)
    if request.method == "POST" and not counties:
        raise Http404
    return counties


def sent(request: StaffRequest) -> QueryDict | None:
    """What came with a form, also when it was empty; None when there is none."""
    return request.POST if request.method == "POST" else None


def asked() -> str:
    """What is said when a step waits."""
    return _("Asked. It counts as soon as a second person has agreed.")


def done(
    request: StaffRequest, form: Form, deed: Callable[[dict[str, Any]], object], said: str
) -> bool:
    """Whether a sound form was carried out; what was refused stands in it."""
    if not form.is_valid():
        return False
    try:
        deed(form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, said)
    return True


def answer(request: StaffRequest, template: str, context: Any, form: Form) -> HttpResponse:
    """The page, with what is wrong in its form."""
    status = 422 if form.errors else 200
    return TemplateResponse(request, template, context, status=status).render()
