"""What is done with a term: decide, publish, compare, make cases, close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from junheng.accounts.facade import Role, StaffRequest, staff_required
from junheng.aid.access import IN_CHARGE, may_keep
from junheng.aid.jobs import decide_soon
from junheng.aid.models import AidTerm
from junheng.aid.selectors.terms import terms_of
from junheng.aid.services import auditing, deciding
from junheng.aid.web.money import yuan
from junheng.aid.web.scope import reader_of, term_or_404
from junheng.commons.models import Run
from junheng.commons.refusals import Refusal


def _kept(request: StaffRequest, code: str) -> AidTerm:
    term = term_or_404(request.user, code)
    if not may_keep(request.user, term.place.path):
        raise Http404
    return term


@require_POST
@staff_required(Role.AID_OFFICER)
def decide(request: StaffRequest, code: str) -> HttpResponse:
    """Have a term decided in the background."""
    job = decide_soon(_kept(request, code), by=request.user)
    return HttpResponseRedirect(reverse("commons:job", args=[job.pk]))


def _doing(act: Callable[[StaffRequest, AidTerm], str]) -> Any:
    """A view that does something with a term and says so, or says why it could not."""

    @require_POST
    @staff_required(Role.AID_OFFICER)
    def view(request: StaffRequest, code: str) -> HttpResponse:
        term = _kept(request, code)
        try:
            messages.success(request, act(request, term))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(f"{reverse('aid:home')}?term={term.code}")

    return view


def _compare(_request: StaffRequest, term: AidTerm) -> str:
    found = auditing.compare(term)
    return _("Compared: %(rows)d differences.") % {"rows": found.total}


def _cases(request: StaffRequest, term: AidTerm) -> str:
    return _("%(n)d schools have a case.") % {"n": auditing.keep_cases(term, by=request.user)}


def _close(request: StaffRequest, term: AidTerm) -> str:
    auditing.close(term, by=request.user)
    return _("The term %(code)s is closed: due and paid agree to the fen.") % {"code": term.code}


compare, cases, close = _doing(_compare), _doing(_cases), _doing(_close)


@require_safe
@staff_required(*IN_CHARGE)
def run(request: StaffRequest, ref: str) -> HttpResponse:
    """What a run decided, by counting day and policy, and the button that makes it count."""
    the_run, term = _run(request, ref)
    titles = reader_of(request.user, term).titles
    days = (the_run.receipt or {}).get("days", {})
    lines = [
        (day, titles.get(code, code), version, heads, unclear, yuan(fen))
        for day, policies in sorted(days.items())
        for code, (version, heads, unclear, fen) in sorted(policies.items())
    ]
    context = {
        "run": the_run,
        "term": term,
        "lines": lines,
        "may_publish": may_keep(request.user, term.place.path)
        and the_run.state == Run.State.DONE
        and the_run.published_at is None
        and term.closed_at is None,
    }
    return TemplateResponse(request, "aid/run.html", context)


def _run(request: StaffRequest, ref: str) -> tuple[Run, AidTerm]:
    rows = Run.objects.filter(kind=deciding.KIND).select_related("snapshot", "published_by")
    the_run = get_object_or_404(rows, ref=ref)
    term = deciding.term_of(the_run)
    if not terms_of(request.user).filter(pk=term.pk).exists():
        raise Http404
    return the_run, term


@require_POST
@staff_required(Role.AID_OFFICER)
def publish(request: StaffRequest, ref: str) -> HttpResponse:
    """Make a run the one that counts, and compare at once."""
    the_run, term = _run(request, ref)
    if not may_keep(request.user, term.place.path):
        raise Http404
    try:
        deciding.publish_term(the_run, by=request.user)
        auditing.compare(term)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("aid:run", args=[ref]))
    messages.success(request, _("Published. What is due is compared with what was paid."))
    return HttpResponseRedirect(f"{reverse('aid:home')}?term={term.code}")
