"""One case: its clock, what happened, and what I may do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.cases.access import OPENERS, READERS, deeds_of, may_act, may_open
from junheng.cases.engine.flow import Deed, State
from junheng.cases.models import Case, CaseEntry
from junheng.cases.selectors.calendar import calendars
from junheng.cases.selectors.cases import clock_of
from junheng.cases.services import cases as services
from junheng.cases.services import photos
from junheng.cases.web.forms import FORMS, HandOver, NewCase
from junheng.cases.web.words import (
    AT,
    HELP,
    OUTCOMES,
    STATE_TONES,
    STEPS,
    VERBS,
    clock_tone,
    clock_words,
    holder_words,
    role_words,
)
from junheng.commons.refusals import Refusal
from junheng.commons.storage import Damaged

MATTER = "cases.matter"
FIRST = (Deed.DONE, Deed.CHECK, Deed.ANSWER, Deed.SATISFIED, Deed.RESUME, Deed.NOTE)
"""The deed whose form stands open: what comes next in the ordinary way."""
CASES = Case.objects.select_related("holder", "opened_by", "done_by", "checked_by")


@require_safe
@staff_required(*READERS)
def case(request: StaffRequest, number: str) -> HttpResponse:
    """The page of a case."""
    return _page(request, _seen(request, number))


@require_POST
@staff_required(*READERS)
def act(request: StaffRequest, number: str, deed: str) -> HttpResponse:
    """Do something with it; what I may not do does not exist."""
    row = _seen(request, number)
    if deed not in VERBS or not may_act(request.user, row):
        raise Http404
    the_deed = Deed(deed)
    form = _form(the_deed, row, request)
    if not form.is_valid():
        return _page(request, row, form=form, chosen=the_deed, status=422)
    try:
        DOING[the_deed](request, row.number, form)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, _seen(request, number), form=form, chosen=the_deed, status=422)
    messages.success(request, _("Written down."))
    still_seen = Case.objects.for_user(request.user).filter(pk=row.pk).exists()
    where = reverse("cases:case", args=[number]) if still_seen else reverse("cases:mine")
    return HttpResponseRedirect(where)


@require_safe
@staff_required(*READERS)
def photo(request: StaffRequest, number: str, entry: int) -> HttpResponse:
    """A photograph, to those who see the case and to nobody else."""
    found = (
        CaseEntry.objects.exclude(photo="").filter(case=_seen(request, number), pk=entry).first()
    )
    if found is None:
        raise Http404
    try:
        data = photos.photo(found.photo)
    except Damaged:
        raise Http404 from None
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'inline; filename="{number}-{entry}.jpg"',
    }
    return HttpResponse(data, content_type="image/jpeg", headers=headers)


@require_http_methods(["GET", "POST"])
@staff_required(*OPENERS)
def new(request: StaffRequest) -> HttpResponse:
    """Open a case by hand."""
    form = NewCase(request.POST if request.method == "POST" else None)
    if form.is_valid() and not may_open(request.user, form.cleaned_data["where"]):
        form.add_error("where", _("Nothing within your part bears this code."))
    if form.is_valid():
        given = form.cleaned_data
        made = services.open_case(
            MATTER,
            subject=services.new_number("CM"),
            title=given["title"],
            path=given["where"],
            asker=given["asker"],
            due_days=given["days"],
            by=request.user,
            holder=services.Holder(request.user),
        )
        return HttpResponseRedirect(reverse("cases:case", args=[made.number]))
    status = 422 if form.errors else 200
    return TemplateResponse(request, "cases/new.html", {"form": form}, status=status)


def _seen(request: StaffRequest, number: str) -> Case:
    found = CASES.for_user(request.user).filter(number=number).prefetch_related("pauses").first()
    if found is None:
        raise Http404
    return found


def _page(
    request: StaffRequest,
    row: Case,
    *,
    form: forms.Form | None = None,
    chosen: Deed | None = None,
    status: int = 200,
) -> HttpResponse:
    deeds = deeds_of(request.user, row, row.its_kind)
    chosen = chosen or _chosen(request, deeds)
    clock = clock_of(row, calendars())
    context = {
        "case": row,
        "kind": row.its_kind,
        "page": row.its_kind.page_of(row.subject),
        "clock": clock,
        "clock_tone": clock_tone(clock),
        "clock_words": clock_words(clock),
        "state_tone": STATE_TONES[State(row.state)],
        "outcome": OUTCOMES.get(row.outcome, row.outcome),
        "holder": holder_words(row),
        "raised_to": role_words(row.raised_to) if row.raised_to else "",
        "facts": [(row.its_kind.called(name), value) for name, value in row.facts.items()],
        "asked": row.asked and may_act(request.user, row),
        "entries": _entries(row),
        "buttons": [(deed, VERBS[deed], deed == chosen) for deed in deeds],
        "chosen": chosen,
        "verb": VERBS.get(chosen, "") if chosen else "",
        "help": HELP.get(chosen, "") if chosen else "",
        "form": form or (_form(chosen, row) if chosen else None),
        "steps": () if row.its_kind.closes_by_owner else STEPS,
        "step": AT[State(row.state)],
    }
    return TemplateResponse(request, "cases/case.html", context, status=status).render()


def _entries(row: Case) -> list[tuple[CaseEntry, str]]:
    """What happened, newest first, with to whom."""
    found = row.entries.select_related("by", "to").order_by("-at", "-pk")
    return [(one, str(one.to) if one.to else role_words(one.to_role)) for one in found]


def _chosen(request: StaffRequest, deeds: tuple[Deed, ...]) -> Deed | None:
    asked = request.GET.get("do", "")
    if asked in deeds:
        return Deed(asked)
    return next((deed for deed in FIRST if deed in deeds), None)


def _form(deed: Deed, row: Case, request: StaffRequest | None = None) -> Any:
    sent = (request.POST, request.FILES) if request else (None, None)
    return HandOver(*sent, case=row) if deed == Deed.HAND_OVER else FORMS[deed](*sent)


# ---------------------------------------------------------------- one call for each deed


def _with_photo(request: StaffRequest, form: Any) -> dict[str, str]:
    upload = form.cleaned_data.get("photo")
    return {
        "words": form.cleaned_data["words"],
        "place": form.cleaned_data["place"],
        "photo": photos.keep(upload) if upload else "",
    }


def _note(request: StaffRequest, number: str, form: Any) -> None:
    services.note(number, by=request.user, **_with_photo(request, form))


def _done(request: StaffRequest, number: str, form: Any) -> None:
    services.done(number, by=request.user, **_with_photo(request, form))


def _hand_over(request: StaffRequest, number: str, form: Any) -> None:
    services.hand_over(number, form.holder(), by=request.user, words=form.cleaned_data["words"])


def _heard(deed: Deed) -> Callable[[StaffRequest, str, Any], None]:
    def hear(request: StaffRequest, number: str, form: Any) -> None:
        services.heard_back(number, deed, by=request.user, words=form.cleaned_data["words"])

    return hear


def _plain(service: Callable[..., Case]) -> Callable[[StaffRequest, str, Any], None]:
    def do(request: StaffRequest, number: str, form: Any) -> None:
        service(number, by=request.user, **form.cleaned_data)

    return do


DOING: dict[Deed, Callable[[StaffRequest, str, Any], None]] = {
    Deed.NOTE: _note,
    Deed.HAND_OVER: _hand_over,
    Deed.PAUSE: _plain(services.pause),
    Deed.RESUME: _plain(services.resume),
    Deed.DONE: _done,
    Deed.CHECK: _plain(services.check),
    Deed.SEND_BACK: _plain(services.send_back),
    Deed.ANSWER: _plain(services.answer),
    Deed.SATISFIED: _heard(Deed.SATISFIED),
    Deed.NOT_SATISFIED: _heard(Deed.NOT_SATISFIED),
    Deed.NO_REPLY: _heard(Deed.NO_REPLY),
    Deed.REOPEN: _plain(services.reopen),
}
