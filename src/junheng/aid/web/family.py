"""A family asks: what is my child entitled to, what was paid, why not this one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from junheng.accounts.facade import StaffRequest, address_of, family_required, phone_of
from junheng.aid.models import AidTerm
from junheng.aid.selectors.of_family import signed_by_family
from junheng.aid.selectors.person import PolicyAnswer, answers_for
from junheng.aid.selectors.policies import titles_of
from junheng.aid.selectors.terms import terms_at
from junheng.aid.services.family_letters import about_pupil, letter_pdf
from junheng.aid.services.look_up import NothingFound, TooManyTries, look_up
from junheng.aid.web.answers import shown, totals
from junheng.aid.web.visit_words import told
from junheng.commons.documents import PDF
from junheng.commons.refusals import Refusal
from junheng.registry.facade import PupilInMask

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
    return private(answer)


def private(answer: HttpResponse) -> HttpResponse:
    """The same answer, kept by nobody on the way."""
    for name, value in PRIVATE.items():
        answer.headers[name] = value
    return answer


def _asked(
    request: StaffRequest, form: ChildForm, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "refusal": refusal}
    return TemplateResponse(request, "aid/mine.html", context, status=status).render()


@sensitive_post_parameters()
@require_POST
@family_required
def my_letter(request: StaffRequest, code: str) -> HttpResponse:
    """The same as a letter to print; asked with number and birthday again, kept nowhere."""
    return private(_letter(request, code))


def _letter(request: StaffRequest, code: str) -> HttpResponse:
    found = looked_up(request)
    if isinstance(found, HttpResponse):
        return found
    term = next((one for one in terms_at(found.path)[:2] if one.code == code), None)
    answers = _answers(found, term) if term else []
    if term is None or not answers:
        raise Http404
    data = letter_pdf(about_pupil(found), term, answers, reasons=True, on=timezone.localdate())
    header = content_disposition_header(
        as_attachment=True, filename=f"{found.number} {term.code}.pdf"
    )
    return HttpResponse(data, content_type=PDF, headers={"Content-Disposition": header or ""})


def _answers(found: PupilInMask, term: AidTerm) -> list[PolicyAnswer]:
    return answers_for(found.pk, term, titles_of(term.place.path, plain=False))


def looked_up(request: StaffRequest) -> PupilInMask | HttpResponse:
    """The family's child, or the page that says what was wrong."""
    form = ChildForm(request.POST)
    if not form.is_valid():
        return _asked(request, form, status=422)
    typed = form.cleaned_data
    try:
        return look_up(request.user, typed["number"], typed["born_on"], address=address_of(request))
    except (NothingFound, TooManyTries) as refusal:
        return _asked(request, form, refusal, 404 if isinstance(refusal, NothingFound) else 429)


def _answered(request: StaffRequest) -> HttpResponse:
    found = looked_up(request)
    return found if isinstance(found, HttpResponse) else answered(request, found)


def answered(
    request: StaffRequest, found: PupilInMask, refusal: Refusal | None = None
) -> HttpResponse:
    """What a family reads of its child: terms, and what registers say of its household."""
    context: dict[str, Any] = {"pupil": found, "terms": [], "asked": request.POST}
    for term in terms_at(found.path)[:2]:
        answers = _answers(found, term)
        context["terms"].append({"term": term, "answers": shown(answers), **totals(answers)})
    phone = phone_of(request.user)
    context |= {
        "visits": told(found, phone),
        "signed": signed_by_family(found.pk, phone, timezone.localdate()),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    page = TemplateResponse(request, "aid/mine_answer.html", context, status=status)
    return private(page.render())
