"""For everybody: how the classes of a school were drawn, and the class of a family's own child.

The form sends no cookie and has no token: an answer goes to nobody else and changes nothing. What
was typed stands in no address and no log.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from junheng.accounts.facade import address_of
from junheng.commons.refusals import Refusal
from junheng.commons.web.kept import kept
from junheng.registry.models import ClassAssignment
from junheng.registry.selectors import public_draws as selectors
from junheng.registry.services.draw_look_up import NothingFound, TooManyTries, look_up
from junheng.registry.web.class_assignments import STATE_TONES, what
from junheng.registry.web.words import grade_name, year_name

PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
BAD, NOT_FOUND, WAIT = 422, 404, 429
PER_PAGE = 100
STEPS = (
    gettext_lazy("List frozen"),
    gettext_lazy("Public event"),
    gettext_lazy("Drawn"),
    gettext_lazy("Classes given"),
)


class ChildForm(forms.Form):
    """The pupil number that the school gave out, and the birthday."""

    number = forms.CharField(
        label=gettext_lazy("Pupil number"),
        help_text=gettext_lazy(
            "It begins with PU and stands on the paper that the school gave you."
        ),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    born_on = forms.DateField(
        label=gettext_lazy("Birthday of the child"),
        widget=forms.DateInput({"type": "date", "autocomplete": "off"}, "%Y-%m-%d"),
    )


@require_safe
def draws(request: HttpRequest) -> HttpResponse:
    """All draws, to choose from."""
    page = Paginator(selectors.public_draws(), PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        (row, grade_name(row.grade), year_name(row.school_year), STATE_TONES[row.state])
        for row in page.object_list
    ]
    context = {"page": page, "rows": rows}
    return HttpResponse(render_to_string("registry/public_draws.html", context, request))


@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def draw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was frozen, what decided, what came out; and the answer to a family."""
    if request.method == "POST":
        answer = _answer(request, pk)
        for name, value in PRIVATE.items():
            answer.headers[name] = value
        return answer
    return _page(request, pk=pk)


@kept(selectors.version_of)
def _page(request: HttpRequest, pk: UUID) -> HttpResponse:
    return HttpResponse(_shown(request, _draw(pk), ChildForm()))


def _draw(pk: UUID) -> ClassAssignment:
    row = selectors.public_draw(pk)
    if row is None:
        raise Http404
    return row


def _answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    row, form = _draw(pk), ChildForm(request.POST)
    if row.state != ClassAssignment.State.PUBLISHED:
        raise Http404
    if not form.is_valid():
        return HttpResponse(_shown(request, row, form), status=BAD)
    typed = form.cleaned_data
    try:
        found = look_up(row, typed["number"], typed["born_on"], address=address_of(request))
    except (NothingFound, TooManyTries) as refusal:
        status = NOT_FOUND if isinstance(refusal, NothingFound) else WAIT
        return HttpResponse(_shown(request, row, form, refusal), status=status)
    one = next(each for each in selectors.classes_of(row) if each.number == found.number)
    context = {**_told(row), "found": found, "one": one}
    return HttpResponse(render_to_string("registry/public_draw_answer.html", context, request))


def _shown(
    request: HttpRequest, row: ClassAssignment, form: ChildForm, refusal: Refusal | None = None
) -> str:
    context = {
        **_told(row),
        "form": form,
        "refusal": refusal,
        "classes": selectors.classes_of(row),
        "steps": STEPS,
        "step": {"frozen": 2, "drawn": 4, "published": 5}.get(row.state, 1),
        "waits": row.state == "frozen" and row.event_at and row.event_at > timezone.now(),
    }
    return render_to_string("registry/public_draw.html", context, request)


def _told(row: ClassAssignment) -> dict[str, Any]:
    targets = ", ".join(
        _("class %(number)d: at most %(most)d") % {"number": n, "most": most}
        for n, most in row.targets
    )
    return {
        "row": row,
        "grade": grade_name(row.grade),
        "year": year_name(row.school_year),
        "what": what(row),
        "targets": targets,
        "tone": STATE_TONES[row.state],
        "text": f"{row.pk}|{row.snapshot.sha256}|{row.figures}",
    }
