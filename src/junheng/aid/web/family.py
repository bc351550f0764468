"""A family asks: what is my child entitled to, what was paid, why not this one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffRequest, address_of, family_required
from junheng.aid.selectors.person import answers_for
from junheng.aid.selectors.policies import titles_of
from junheng.aid.selectors.terms import terms_at
from junheng.aid.services.look_up import NothingFound, TooManyTries, look_up
from junheng.aid.web.person import shown, totals
from junheng.commons.refusals import Refusal

PRIVATE = {"Cache-Control": "no-store"}


class ChildForm(forms.Form):
    """The pupil number that the school gave out, and the birthday."""

    number = forms.CharField(
        label=gettext_lazy("Pupil number"),
        help_text=gettext_lazy(
            "It begins with PU and stands on the paper that the school gave you."
        ),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters"}),
    )
    born_on = forms.DateField(
        label=gettext_lazy("Birthday of the child"),
        widget=forms.DateInput({"type": "date", "autocomplete": "off"}, "%Y-%m-%d"),
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@family_required
def mine(request: StaffRequest) -> HttpResponse:
    """Ask, and read the answer; it stands on this page only and in no address."""
    answer = _answered(request) if request.method == "POST" else _asked(request, ChildForm())
    for name, value in PRIVATE.items():
        answer.headers[name] = value
    return answer


def _asked(
    request: StaffRequest, form: ChildForm, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "refusal": refusal}
    return TemplateResponse(request, "aid/mine.html", context, status=status).render()


def _answered(request: StaffRequest) -> HttpResponse:
    form = ChildForm(request.POST)
    if not form.is_valid():
        return _asked(request, form, status=422)
    typed = form.cleaned_data
    try:
        found = look_up(
            request.user, typed["number"], typed["born_on"], address=address_of(request)
        )
    except (NothingFound, TooManyTries) as refusal:
        return _asked(request, form, refusal, 404 if isinstance(refusal, NothingFound) else 429)
    terms = terms_at(found.path)
    context: dict[str, Any] = {"pupil": found, "terms": []}
    for term in terms[:2]:
        answers = answers_for(found.pk, term, titles_of(term.place.path, plain=False))
        context["terms"].append({"term": term, "answers": shown(answers), **totals(answers)})
    return TemplateResponse(request, "aid/mine_answer.html", context).render()
