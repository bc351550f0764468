"""Letters of a round: how far they are, printing them, one letter with its log."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.admissions import jobs
from junheng.admissions.access import may_print, may_run, sees_whole
from junheng.admissions.models import Letter, Round, RoundPapers, RoundRun, RoundSchool
from junheng.admissions.models.querysets import OFFICERS, READERS, SCHOOL
from junheng.admissions.selectors import letters as selectors
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services import issuing, printing, revoking
from junheng.admissions.web.finding import visible_round
from junheng.admissions.web.letter_forms import EVERY, OneLetterForm, PrintForm, RevokeForm
from junheng.commons.filters import ListFilters, SearchFilter
from junheng.commons.masks import mask_name
from junheng.commons.refusals import Refusal
from junheng.commons.tables import BadgeColumn, ListTable, MaskedColumn, NumberColumn
from junheng.commons.web.lists import ListPage, Rows

STATES = {
    "valid": pgettext_lazy("letter", "valid"),
    **{str(value): label for value, label in Letter.End.choices},
}
TONES = {"valid": "success", "revoked": "danger", "superseded": "warning"}
PRINTERS = OFFICERS | SCHOOL


class LetterTable(ListTable):
    """Letters, the latest first."""

    number = tables.Column(orderable=False)
    application = tables.Column(gettext_lazy("Application number"), accessor="application__number")
    child = MaskedColumn(
        mask=mask_name,
        verbose_name=gettext_lazy("Child's name"),
        accessor="application__child_name",
    )
    school = tables.Column(gettext_lazy("School"), accessor="school__name")
    issued_at = tables.DateColumn("Y-m-d", orderable=True)
    copies = NumberColumn(verbose_name=gettext_lazy("Copies printed"), default="0")
    state = BadgeColumn(tones=TONES, labels=STATES, verbose_name=gettext_lazy("State"))

    class Meta:
        model = Letter
        order_by = ("-issued_at",)
        fields = ("number", "application", "child", "school", "issued_at", "copies", "state")

    def render_number(self, value: str) -> str:
        return format_html(
            '<a class="nowrap" href="{}">{}</a>', reverse("admissions:letter", args=[value]), value
        )

    def value_number(self, value: str) -> str:
        return value


class LetterFilters(ListFilters):
    """Search by a number on paper, narrow by school or state."""

    q = SearchFilter(method="find", label=gettext_lazy("Letter or application number"))
    school = django_filters.AllValuesFilter(field_name="school__name", label=gettext_lazy("School"))
    state = django_filters.ChoiceFilter(
        method="in_state", choices=list(STATES.items()), label=gettext_lazy("State")
    )

    def find(self, rows: Any, _name: str, words: str) -> Any:
        begins = words.strip().upper()
        return rows.filter(Q(number__startswith=begins) | Q(application__number__startswith=begins))

    def in_state(self, rows: Any, _name: str, state: str) -> Any:
        return rows.filter(end="" if state == "valid" else state)


class OfRound(StaffMixin):
    """A page about the letters of a round with a published result; others have none (404)."""

    roles = READERS
    request: StaffRequest
    kwargs: dict[str, Any]

    @cached_property
    def round(self) -> Round:
        return visible_round(self.request.user, self.kwargs["pk"])

    @cached_property
    def record(self) -> RoundRun | None:
        return selectors.published_of(self.round)


class LetterList(OfRound, ListPage):
    """The letters that somebody may see, and the button to print."""

    table = LetterTable
    filters = LetterFilters
    title = gettext_lazy("Admission letters")
    empty = gettext_lazy("Letters come into being when they are printed for the first time.")
    template_name: ClassVar[str] = "admissions/letters.html"
    query_budget: ClassVar[int] = 20

    def rows(self) -> Rows:
        return selectors.letters_of(self.round, self.request.user)

    def context(self) -> dict[str, Any]:
        return _overview(self.request, self.round, self.record)


def _overview(request: StaffRequest, the_round: Round, record: RoundRun | None) -> dict[str, Any]:
    user = request.user
    schools = selectors.schools_of(record, user) if record else []
    printable = [one for one in schools if may_print(user, the_round, one.path)]
    every = may_run(user, the_round)
    papers = RoundPapers.objects.filter(pk=the_round.pk).first()
    return {
        "round": the_round,
        "title_of_round": round_title(the_round),
        "published": record is not None,
        "papers": papers,
        "schools": schools,
        "printable": {one.id for one in printable},
        "may_run": every,
        "whole": sees_whole(user, the_round),
        "admitted": sum(one.admitted for one in schools),
        "nameless": sum(one.nameless for one in schools),
        "valid": sum(one.valid for one in schools),
        "printed": sum(one.printed for one in schools),
        "prints": selectors.prints_of(the_round, user),
        "form": _print_form(None, printable, every=every) if printable else None,
    }


def _print_form(data: Any, schools: list[selectors.SchoolLetters], *, every: bool) -> PrintForm:
    return PrintForm(data, schools=[(one.id, one.label) for one in schools], every=every)


@require_POST
@staff_required(*PRINTERS)
def print_many(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for the letters of a school, or of all; a job makes them."""
    the_round = visible_round(request.user, pk)
    here = reverse("admissions:letters", args=[pk])
    record = selectors.published_of(the_round)
    shown = selectors.schools_of(record, request.user) if record else []
    printable = [one for one in shown if may_print(request.user, the_round, one.path)]
    form = _print_form(request.POST, printable, every=may_run(request.user, the_round))
    if not form.is_valid():
        messages.error(request, _("Choose the school whose letters are to be printed."))
        return HttpResponseRedirect(here)
    asked = form.cleaned_data
    wanted = [one.id for one in printable if asked["school"] in (EVERY, str(one.id))]
    try:
        job = jobs.start_printing(
            the_round,
            list(RoundSchool.objects.filter(pk__in=wanted).order_by("code")),
            by=request.user,
            reason=asked["reason"],
            language=asked["language"],
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(here)
    return HttpResponseRedirect(job.get_absolute_url())


@require_safe
@staff_required(*READERS)
def letter(request: StaffRequest, number: str) -> HttpResponse:
    """One letter: what it says, in masks, and what became of it."""
    found = visible_letter(request, number)
    last = found.printed.order_by("-copy").select_related("print__by")
    context = {
        "letter": found,
        "round": found.round,
        "title": _("Letter %s") % found.number,
        "state": STATES[found.state],
        "tone": TONES[found.state],
        "child": mask_name(found.application.child_name),
        "copies": list(last),
        "may_print": may_print(request.user, found.round, found.school_path) and not found.end,
        "may_run": may_run(request.user, found.round),
        "form": OneLetterForm(),
        "revoke_form": RevokeForm(prefix="revoke"),
    }
    return TemplateResponse(request, "admissions/letter.html", context).render()


@require_POST
@staff_required(*PRINTERS)
def print_one(request: StaffRequest, number: str) -> HttpResponse:
    """Print one letter, at once."""
    found = get_object_or_404(_letters().printed_by(request.user), number=number)
    form = OneLetterForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The letter was not printed."))
        return _to_letter(number)
    order = printing.Order(request.user, form.cleaned_data["reason"], form.cleaned_data["language"])
    try:
        made = printing.print_letter(found, order)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _to_letter(number)
    return HttpResponseRedirect(reverse("admissions:letter_file", args=[made.pk]))


@require_POST
@staff_required(*OFFICERS)
def revoke(request: StaffRequest, number: str) -> HttpResponse:
    """End a letter, with a reason."""
    found = _officers_letter(request, number)
    form = RevokeForm(request.POST, prefix="revoke")
    try:
        revoking.revoke(found, by=request.user, reason=form.data.get("revoke-reason", ""))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The letter is revoked; whoever scans it is told."))
    return _to_letter(number)


@require_POST
@staff_required(*OFFICERS)
def issue_again(request: StaffRequest, number: str) -> HttpResponse:
    """Issue a new letter in place of a revoked one."""
    found = _officers_letter(request, number)
    try:
        fresh = issuing.issue_again(found, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _to_letter(number)
    messages.success(request, _("A new letter is issued. It can be printed now."))
    return _to_letter(fresh.number)


def visible_letter(request: StaffRequest, number: str) -> Letter:
    """A letter that somebody may see, or 404."""
    found: Letter = get_object_or_404(_letters().for_user(request.user), number=number)
    return found


def _officers_letter(request: StaffRequest, number: str) -> Letter:
    mine = _letters().for_user(request.user)
    found: Letter = get_object_or_404(mine, number=number)
    if not may_run(request.user, found.round):
        raise Http404
    return found


def _letters() -> Any:
    return Letter.objects.select_related(
        "application", "school", "round__place", "issued_by", "revoked_by", "run__run"
    )


def _to_letter(number: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("admissions:letter", args=[number]))
