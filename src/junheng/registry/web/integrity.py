"""Findings in the register: the list by school and check, and the page of one."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.commons.filters import SearchFilter
from junheng.commons.models import Run
from junheng.commons.refusals import Refusal
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable
from junheng.commons.web.lists import ListPage, Rows
from junheng.places.facade import Place
from junheng.registry.access import CHECKERS, READERS, may_check, may_correct, place_kept
from junheng.registry.engine.integrity.running import BY_KEY, CHECKS
from junheng.registry.jobs.integrity import check_soon
from junheng.registry.models import IntegrityFinding
from junheng.registry.models.integrity import SEVERITIES
from junheng.registry.selectors.integrity import (
    check_of,
    concerned_in,
    corrected_since,
    last_run_of,
    names_in,
    rules_of,
    seen_numbers,
)
from junheng.registry.sentences import integrity as words
from junheng.registry.services.integrity.requesting import matter_of
from junheng.registry.services.integrity.settling import mark_false_alarm, repair
from junheng.registry.web.filters import RegistryFilters, SchoolFilter, TownshipFilter
from junheng.registry.web.words import class_name

SEVERITY_LABELS = {place: words.SEVERITIES[one] for place, one in enumerate(SEVERITIES)}
SEVERITY_TONES = {0: "danger", 1: "warning", 2: "plain"}
STATE_TONES = {"open": "warning", "false_alarm": "plain", "mended": "success"}
STATES = dict(IntegrityFinding.State.choices)


def sentence_of(rule: str) -> str:
    """What a check says of a finding, in the reader's language."""
    return _(BY_KEY[rule].sentence)


def rule_choices() -> list[tuple[str, str]]:
    """The checks to choose from, in the reader's language."""
    return [(check.key, f"{check.number} {sentence_of(check.key)}") for check in CHECKS]


class FindingTable(ListTable):
    """Findings, the urgent and the newest first."""

    rule = tables.Column(gettext_lazy("Finding"))
    number = tables.Column(gettext_lazy("Pupil number"), accessor="pupil__number")
    school = tables.Column(gettext_lazy("School"), accessor="organisation__name")
    severity = BadgeColumn(
        tones=SEVERITY_TONES, labels=SEVERITY_LABELS, verbose_name=gettext_lazy("Urgency")
    )
    first_on = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("First seen on"))
    state = BadgeColumn(tones=STATE_TONES, labels=STATES, verbose_name=gettext_lazy("State"))

    def render_rule(self, record: IntegrityFinding) -> str:
        url = reverse("registry:finding", args=[record.pk])
        text = f"{BY_KEY[record.rule].number} {sentence_of(record.rule)}"
        return format_html('<a href="{}">{}</a>', url, text)

    def value_rule(self, record: IntegrityFinding) -> str:
        return f"{BY_KEY[record.rule].number} {sentence_of(record.rule)}"


class FindingFilters(RegistryFilters):
    """Search a school, narrow by place, check, state and urgency."""

    q = SearchFilter(field_name="organisation__name", label=gettext_lazy("Search a school"))
    school = SchoolFilter()
    number = django_filters.CharFilter(
        field_name="pupil__number", label=gettext_lazy("Pupil number")
    )
    township = TownshipFilter()
    rule = django_filters.ChoiceFilter(choices=rule_choices, label=gettext_lazy("Kind of finding"))
    state = django_filters.ChoiceFilter(
        choices=IntegrityFinding.State.choices, label=gettext_lazy("State")
    )
    severity = django_filters.ChoiceFilter(
        choices=list(SEVERITY_LABELS.items()), label=gettext_lazy("Urgency")
    )


class FindingList(StaffMixin, ListPage):
    """What somebody has to look into, and after that what became of the rest."""

    roles = READERS
    table = FindingTable
    filters = FindingFilters
    title = gettext_lazy("Is the register true?")
    pretitle = gettext_lazy("Register")
    empty = gettext_lazy("The last check found nothing here.")
    template_name: ClassVar[str] = "registry/integrity.html"
    request: StaffRequest

    def rows(self) -> Rows:
        seen = IntegrityFinding.objects.for_user(self.request.user)
        rows = seen.select_related("organisation", "pupil")
        # The words of the states fall that way: open, mended, false alarm.
        return rows.order_by("-state", "severity", "-first_on", "id")

    def context(self) -> dict[str, Any]:
        user = self.request.user
        run = _last_run(user)
        return {
            "run": run,
            "rules": [
                (row, sentence_of(row.check.key), row.undecided and words.undecided(row.undecided))
                for row in rules_of(user, run)
            ],
            "may_check": may_check(user),
        }


def _last_run(user: Any) -> Run | None:
    """The last check of the register that somebody keeps, or is part of."""
    code = place_kept(user)
    place = Place.objects.filter(code=code).first() if code else None
    if place is not None:
        return last_run_of(matter_of(place))
    finding = IntegrityFinding.objects.for_user(user).order_by("-last_on").first()
    return finding.last_run if finding else None


@require_POST
@staff_required(*CHECKERS)
def check_now(request: StaffRequest) -> HttpResponse:
    """Have the register checked that somebody keeps."""
    place = get_object_or_404(Place, code=place_kept(request.user))
    job = check_soon(place, by=request.user)
    return HttpResponseRedirect(reverse("commons:job", args=[job.pk]))


class FalseAlarmForm(forms.Form):
    """Why a finding is a false alarm."""

    reason = forms.CharField(
        label=gettext_lazy("Why this is a false alarm"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy(
            "No names and no numbers of people. It stays silent until a fact changes."
        ),
    )


@require_safe
@staff_required(*READERS)
def finding(request: StaffRequest, ref: UUID) -> HttpResponse:
    """What was found, what speaks for it, since when, and what can be done."""
    return _page(request, seen_finding(request, ref), FalseAlarmForm())


@require_POST
@staff_required(*CHECKERS)
def false_alarm(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Mark a finding as a false alarm, with a reason."""
    row, form = _kept(request, ref), FalseAlarmForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    try:
        mark_false_alarm(row, reason=form.cleaned_data["reason"], by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Marked. It stays silent until a fact changes."))
    return HttpResponseRedirect(reverse("registry:finding", args=[row.pk]))


@require_POST
@staff_required(*CHECKERS)
def mend(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Mend a record where it is safe."""
    row = _kept(request, ref)
    try:
        repair(row, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Mended. The next check looks whether it is right now."))
    return HttpResponseRedirect(reverse("registry:finding", args=[row.pk]))


def seen_finding(request: StaffRequest, ref: UUID) -> IntegrityFinding:
    """A finding within somebody's scope."""
    rows = IntegrityFinding.objects.for_user(request.user).select_related(
        "organisation", "pupil", "other_pupil", "first_run", "last_run", "mended_run", "marked_by"
    )
    row: IntegrityFinding = get_object_or_404(rows, pk=ref)
    return row


def _kept(request: StaffRequest, ref: UUID) -> IntegrityFinding:
    row = seen_finding(request, ref)
    if not may_check(request.user, row.organisation.path):
        raise Http404
    return row


def _page(
    request: StaffRequest, row: IntegrityFinding, form: forms.Form, status: int = 200
) -> HttpResponse:
    check = check_of(row)
    children = concerned_in(row)
    open_now = row.state == IntegrityFinding.State.OPEN
    context = {
        "row": row,
        "check": check,
        "sentence": sentence_of(row.rule),
        "severity": SEVERITY_LABELS[row.severity],
        "tone": SEVERITY_TONES[row.severity],
        "state_tone": STATE_TONES[row.state],
        "lines": lines_of(row),
        "sources": words.sources(check, row.last_run.receipt or {}),
        "children": children,
        "linked": seen_numbers(request.user, children),
        "correctable": [
            one.number for one in children if open_now and may_correct(request.user, one.path)
        ],
        "corrected": corrected_since(row),
        "repair": words.REPAIRS.get(row.repair),
        "may_check": may_check(request.user, row.organisation.path),
        "form": form,
    }
    return TemplateResponse(request, "registry/finding.html", context, status=status)


def lines_of(row: IntegrityFinding) -> list[tuple[words.Text, str]]:
    """What speaks, with the names of schools and classes."""
    schools, classes = names_in(row.figures)
    named = {
        "schools": schools,
        "classes": {
            key: f"{one.organisation.name} {class_name(one.grade, one.number)}"
            for key, one in classes.items()
        },
    }
    return words.lines(check_of(row), row.figures, named)
