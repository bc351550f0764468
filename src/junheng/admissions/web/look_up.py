"""A family looks up its child's result: a form for everybody, an answer for nobody else.

The form is the same for all and sends no cookie, so it has no token either: whoever sends it
from another page cannot read the answer, and changes nothing. What was typed stands in no
address and no log, and the answer is kept nowhere.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import address_of
from junheng.admissions.engine.types import Method
from junheng.admissions.models import Round, RoundRun
from junheng.admissions.selectors import public as selectors
from junheng.admissions.selectors.looked_up import LookedUp, result_of
from junheng.admissions.selectors.public_results import published_record
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.sentences import sentences
from junheng.admissions.services.applications import plain
from junheng.admissions.services.look_up import NothingFound, TooManyTries, look_up
from junheng.admissions.web.tables import HOW_TONES
from junheng.admissions.web.words import metres, ticket_command
from junheng.commons.refusals import Refusal
from junheng.commons.web.kept import kept

PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
NOT_FOUND, WAIT, BAD = 404, 429, 422


class LookUpForm(forms.Form):
    """What stands on the receipt of an application, and the end of a telephone number."""

    number = forms.CharField(
        label=gettext_lazy("Application number"),
        help_text=gettext_lazy("It stands on the receipt of the application."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    digits = forms.CharField(
        label=gettext_lazy("Last four digits of the telephone number"),
        help_text=gettext_lazy(
            "Of the number that was given with the application; without one, of the guardian's"
            " document."
        ),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def clean_digits(self) -> str:
        digits = plain(self.cleaned_data["digits"])
        RegexValidator(r"\A[0-9]{4}\Z", _("Please give four digits."))(digits)
        return digits


@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, code: str, ref: str) -> HttpResponse:
    """The form, and the answer to it."""
    if request.method == "POST":
        return _private(_answer(request, code, ref))
    return _form(request, code=code, ref=ref)


@kept(selectors.version_of)
def _form(request: HttpRequest, code: str, ref: str) -> HttpResponse:
    the_round, record = _published(code, ref)
    return HttpResponse(_shown(request, the_round, record, LookUpForm()))


def _answer(request: HttpRequest, code: str, ref: str) -> HttpResponse:
    the_round, record = _published(code, ref)
    form = LookUpForm(request.POST)
    if record is None:
        return HttpResponse(_shown(request, the_round, None, form))
    if not form.is_valid():
        return HttpResponse(_shown(request, the_round, record, form), status=BAD)
    try:
        found = look_up(
            the_round,
            form.cleaned_data["number"],
            form.cleaned_data["digits"],
            address=address_of(request),
        )
    except (NothingFound, TooManyTries) as refusal:
        status = NOT_FOUND if isinstance(refusal, NothingFound) else WAIT
        return HttpResponse(_shown(request, the_round, record, form, refusal), status=status)
    context = {"round": the_round, **told_of(result_of(found, record), record)}
    return HttpResponse(render_to_string("admissions/public/answer.html", context, request))


def _published(code: str, ref: str) -> tuple[Round, RoundRun | None]:
    the_round = selectors.opened_round(code, ref)
    if the_round is None:
        raise Http404
    return the_round, published_record(the_round)


def _shown(
    request: HttpRequest,
    the_round: Round,
    record: RoundRun | None,
    form: LookUpForm,
    refusal: Refusal | None = None,
) -> str:
    context = {
        "round": the_round,
        "title": round_title(the_round),
        "published": record is not None,
        "form": form,
        "refusal": refusal,
    }
    return render_to_string("admissions/public/look_up.html", context, request)


def told_of(found: LookedUp, record: RoundRun) -> dict[str, Any]:
    """What a page says of a child's result."""
    rules, seed = record.input.rules, record.run.seed
    by_hmac = rules["method"] == Method.HMAC.value and bool(found.ticket)
    message = f"{rules['year']}|{found.drawn_for}"
    told = (
        sentences(found.explanation, _, names=found.names, priority=found.priority)
        if found.explanation
        else []
    )
    return {
        "title": round_title(record.round),
        "found": found,
        "tone": _tone(found),
        "told": told,
        "distance": metres(found.distance_m),
        "ticket_command": ticket_command(message, seed) if by_hmac else "",
    }


def _tone(found: LookedUp) -> str:
    if found.decided:
        return "success" if found.school else "danger"
    return HOW_TONES.get(found.how, "warning")


def _private(response: HttpResponse) -> HttpResponse:
    """Neither shared computers nor search engines nor the next address learn of it."""
    for name, value in PRIVATE.items():
        response.headers[name] = value
    return response
