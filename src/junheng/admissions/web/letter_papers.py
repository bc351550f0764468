"""Files around letters and what they say: downloads with their log, the round's words, desks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.admissions.access import may_print
from junheng.admissions.models import CheckInDesk, LetterPrint, Round, RoundPapers, RoundSchool
from junheng.admissions.models.querysets import OFFICERS, SCHOOL
from junheng.admissions.selectors import letters as selectors
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services import papers as pdf
from junheng.admissions.services import posting, printing
from junheng.admissions.web.finding import round_to_run, visible_round
from junheng.admissions.web.letter_forms import DeskForm, PapersForm
from junheng.commons.documents import PDF
from junheng.commons.exports import deliver
from junheng.commons.refusals import Refusal
from junheng.commons.storage import Damaged

ZIP = "application/zip"
PRINTERS = OFFICERS | SCHOOL


@require_GET
@staff_required(*PRINTERS)
def letter_file(request: StaffRequest, pk: UUID) -> HttpResponse:
    """A file of letters, for whoever may print them; every fetching is logged."""
    prints = LetterPrint.objects.printed_by(request.user).select_related("school", "round")
    made: LetterPrint = get_object_or_404(prints, pk=pk)
    context = {"print": made, "days": printing.KEPT_DAYS, "round": made.round}
    try:
        data = printing.kept().get(made.sha256)
    except Damaged:
        return TemplateResponse(
            request, "admissions/letters_gone.html", context, status=410
        ).render()
    kind = PDF if made.school_id else ZIP
    columns = [_("Letter number"), _("Application number"), _("Child's name")]
    return deliver(
        request, data, name=printing.file_name(made), kind=kind, columns=columns, rows=made.letters
    )


@require_GET
@staff_required(*PRINTERS)
def school_list(request: StaffRequest, pk: int, school: int) -> HttpResponse:
    """The children that a school expects, with their full names, as PDF; logged."""
    the_round, found = _schools(request, pk, school)
    children = posting.expected_at(the_round, found)
    sender = printing.sender_of(the_round)
    name = _("Children admitted to %s") % (found.name or found.code)
    columns = [_("Application number"), _("Child's name"), _("Letter number")]
    data = pdf.school_list_pdf(sender, found.name or found.code, children)
    return deliver(request, data, name=f"{name}.pdf", kind=PDF, columns=columns, rows=len(children))


@require_GET
@staff_required(*OFFICERS)
def notice_pdf(request: StaffRequest, pk: int) -> HttpResponse:
    """The public notice for the wall, masked."""
    the_round = round_to_run(request.user, pk)
    try:
        text, children = posting.notice(the_round)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("admissions:letters", args=[pk]))
    data = pdf.public_notice_pdf(printing.sender_of(the_round), text, children)
    columns = [_("Application number"), _("Child's name"), _("School")]
    name = f"{_('Public notice')} {the_round.ref}.pdf"
    return deliver(request, data, name=name, kind=PDF, columns=columns, rows=len(children))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*OFFICERS)
def papers(request: StaffRequest, pk: int) -> HttpResponse:
    """What the letters and the public notice of a round say."""
    the_round = round_to_run(request.user, pk)
    saved = RoundPapers.objects.filter(pk=pk).first() or RoundPapers(round=the_round)
    form = PapersForm(_sent(request), instance=saved)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved. Letters printed from now on say it so."))
        return HttpResponseRedirect(reverse("admissions:letters", args=[pk]))
    title = _("What letters and public notice say")
    return _form_page(request, form, the_round, title)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*PRINTERS)
def desk(request: StaffRequest, pk: int, school: int) -> HttpResponse:
    """Where one school receives its new children."""
    the_round, found = _schools(request, pk, school)
    known = CheckInDesk.objects.filter(round=the_round, code=found.code).first()
    saved = known or CheckInDesk(round=the_round, code=found.code)
    form = DeskForm(_sent(request), instance=saved)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved. Letters printed from now on say it so."))
        return HttpResponseRedirect(reverse("admissions:letters", args=[pk]))
    title = _("Check-in at %s") % (found.name or found.code)
    return _form_page(request, form, the_round, title)


def _form_page(
    request: StaffRequest, form: PapersForm | DeskForm, the_round: Round, title: str
) -> HttpResponse:
    context = {
        "form": form,
        "round": the_round,
        "title_of_round": round_title(the_round),
        "title": title,
        "back": reverse("admissions:letters", args=[the_round.pk]),
    }
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "admissions/papers.html", context, status=status).render()


def _schools(request: StaffRequest, pk: int, school: int) -> tuple[Round, RoundSchool]:
    """A round's school whose letters somebody may print, or 404."""
    the_round = visible_round(request.user, pk)
    record = selectors.published_of(the_round)
    schools = RoundSchool.objects.for_user(request.user)
    found: RoundSchool = get_object_or_404(
        schools, pk=school, input=record.input_id if record else None
    )
    if not may_print(request.user, the_round, found.path):
        raise Http404
    return the_round, found


def _sent(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None
