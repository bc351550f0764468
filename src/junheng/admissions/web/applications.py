"""The applications of a round for those who settle them: the board, the list, one side by side."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from junheng.accounts.facade import StaffMixin, StaffRequest, address_of, note_read, staff_required
from junheng.admissions import jobs
from junheng.admissions.access import REVIEWERS, may_review, may_run
from junheng.admissions.engine.statement import Statement
from junheng.admissions.models import Application, Round
from junheng.admissions.models.querysets import OFFICERS
from junheng.admissions.selectors.applications import board_of
from junheng.admissions.selectors.applying import schools_to_name
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.selectors.told import told_family
from junheng.admissions.services import enlisting
from junheng.admissions.services.applications import statement_of
from junheng.admissions.services.on_roster import stood_as
from junheng.admissions.services.reviewing import (
    Decision,
    decide_by_person,
    zones_to_choose,
)
from junheng.admissions.services.verifying import rules_of, subject_of
from junheng.admissions.web import revealing
from junheng.admissions.web.apply_words import PROOFS, TONES, reason_words, statement_rows
from junheng.admissions.web.finding import round_to_run, visible_round
from junheng.admissions.web.roster import RevealColumn
from junheng.commons.filters import ListFilters
from junheng.commons.masks import mask_id, mask_name
from junheng.commons.refusals import Refusal
from junheng.commons.tables import BadgeColumn, ListTable, MomentColumn
from junheng.commons.web.lists import ListPage, Rows
from junheng.evidence.facade import findings_of, title_of

State = Application.State
MESSAGE_TONES = {"waiting": "info", "sent": "success", "given_up": "danger"}
NUMBER = "resident_id"


class ApplicationsTable(ListTable):
    """Applications, the latest first; names leave the server masked."""

    number = tables.Column(orderable=True)
    child_name = RevealColumn(mask=mask_name)
    state = BadgeColumn(labels=dict(State.choices), tones=TONES)
    tier = tables.Column()
    channel = tables.Column()
    submitted_at = MomentColumn(orderable=True, order_by=("submitted_at", "id"))

    class Meta:
        model = Application
        order_by = ("-submitted_at",)
        fields = ("number", "child_name", "state", "tier", "channel", "submitted_at")

    def render_number(self, value: str) -> str:
        return format_html('<a href="{}">{}</a>', reverse("admissions:review", args=[value]), value)

    def value_number(self, value: str) -> str:
        return value


class ApplicationsFilters(ListFilters):
    """By number, state and channel."""

    number = django_filters.CharFilter(
        lookup_expr="iexact", label=gettext_lazy("Application number")
    )
    state = django_filters.ChoiceFilter(choices=State.choices, label=gettext_lazy("State"))
    channel = django_filters.ChoiceFilter(
        choices=Application.Channel.choices, label=gettext_lazy("Channel")
    )


class Applications(StaffMixin, ListPage):
    """The board of a round, and its applications."""

    roles = REVIEWERS
    table = ApplicationsTable
    filters = ApplicationsFilters
    title = gettext_lazy("Applications")
    empty = gettext_lazy("Nobody has applied yet.")
    template_name: ClassVar[str] = "admissions/applications.html"
    request: StaffRequest
    kwargs: dict[str, Any]

    @cached_property
    def round(self) -> Round:
        """The round, or 404."""
        return visible_round(self.request.user, self.kwargs["pk"])

    def rows(self) -> Rows:
        rows: QuerySet[Application] = Application.objects.for_user(self.request.user)
        return rows.filter(round=self.round).exclude(channel=Application.Channel.ROSTER)

    def context(self) -> dict[str, Any]:
        board = board_of(self.round, self.request.user)
        return {
            "round": self.round,
            "title": round_title(self.round),
            "tab": "applications",
            "board": board,
            "zero_trips": "–" if board.zero_trips is None else board.zero_trips,
            "may_list": may_run(self.request.user, self.round) and self.round.state == "open",
            "waits": [
                (State(state).label, board.states[state], TONES[state], state)
                for state in (State.RECEIVED, State.CHECKING, State.REVIEW, State.ASKED)
            ],
        }


@require_POST
@staff_required(*OFFICERS)
def make_list(request: StaffRequest, pk: int) -> HttpResponse:
    """Make the round's list of those who passed; it is read and confirmed like any files."""
    the_round = round_to_run(request.user, pk)
    try:
        upload = enlisting.make_list(the_round, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("admissions:applications", pk)
    jobs.read_now_or_later(upload, request.user)
    return redirect("admissions:upload", upload.pk)


class DecisionForm(forms.Form):
    """What a reviewer decides, and in which words."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            (State.PASSED.value, gettext_lazy("pass")),
            (State.ASKED.value, gettext_lazy("ask the family, once for all that is missing")),
            (State.REFUSED.value, gettext_lazy("do not accept")),
        ],
        widget=forms.RadioSelect,
    )
    tier = forms.TypedChoiceField(
        label=gettext_lazy("Group of the rules"), required=False, coerce=int, empty_value=None
    )
    zone = forms.ChoiceField(label=gettext_lazy("Zone"), required=False)
    sibling_school = forms.BooleanField(
        label=gettext_lazy("The school of the brother or sister is confirmed"), required=False
    )
    words = forms.CharField(
        label=gettext_lazy("Why, in words that the family reads"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, shown: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tiers = sorted(rules_of(shown.round).tiers, key=lambda tier: tier.number)
        names: Any = self.fields
        names["tier"].choices = [
            ("", "–"),
            *((t.number, f"{t.number} · {_(', ').join(words_of(t.needs))}") for t in tiers),
        ]
        names["zone"].choices = [("", "–"), *zones_to_choose(shown.round).items()]
        told = statement_of(shown)
        self.school = told.sibling_school if told else ""
        if not self.school:
            del self.fields["sibling_school"]

    def decision(self) -> Decision:
        data = self.cleaned_data
        return Decision(
            outcome=data["outcome"],
            words=data["words"].strip(),
            tier=data["tier"],
            zone=data["zone"],
            sibling_school=self.school if data.get("sibling_school") else "",
        )


def words_of(proofs: Any) -> list[str]:
    """Proofs by name, in one order."""
    return [str(name) for proof, name in PROOFS.items() if proof in proofs]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*REVIEWERS)
def review(request: StaffRequest, number: str) -> HttpResponse:
    """What the family stated and what each register says, side by side; the decision below."""
    rows = Application.objects.for_user(request.user).select_related("round__place")
    shown = get_object_or_404(rows.exclude(statement=None), number=number)
    may = may_review(request.user, shown) and shown.carried_from_id is None
    sent = request.method == "POST"
    if sent and not may:
        raise Http404
    data = request.POST if sent else None
    form = DecisionForm(data, shown=shown, initial=_initial(shown)) if may else None
    if form and form.is_valid():
        try:
            decide_by_person(shown, form.decision(), by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The decision is kept, and the family reads it."))
            return redirect("admissions:review", number)
    status = 422 if form and form.is_bound else 200
    return render(request, "admissions/review.html", _context(request, shown, form), status=status)


def _initial(shown: Application) -> dict[str, Any]:
    return {"tier": shown.tier, "zone": shown.zone, "outcome": State.PASSED.value}


def _context(request: StaffRequest, shown: Application, form: Any) -> dict[str, Any]:
    told = statement_of(shown)
    answers = findings_of(subject_of(shown))
    reason = _("reviewing %s") % shown.number
    note_read(request.user, shown, ["statement", "findings"], reason, address=address_of(request))
    return {
        "application": shown,
        "round": shown.round,
        "title": round_title(shown.round),
        "tone": TONES[State(shown.state)],
        "reported_as": stood_as(shown),
        "said": _said(shown, told) if told else [],
        "findings": [_finding(answer) for answer in answers],
        "history": [
            (row, [reason_words(one) for one in row.reasons])
            for row in shown.verifications.select_related("by").order_by("-id")
        ],
        "form": form,
        "photos": subject_of(shown) if may_review(request.user, shown) else "",
        "reveal": revealing.KIND,
        "told": [(one, MESSAGE_TONES[one.state]) for one in told_family(shown)],
    }


def _said(shown: Application, told: Statement) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """What the family stated, with its wishes by name."""
    names = dict(schools_to_name(shown.round)) if told.wishes else {}
    wishes = {"names": [names.get(code, code) for code in told.wishes]}
    return statement_rows({**told.as_json(), "wishes": wishes}, own=False)


def _finding(answer: Any) -> dict[str, Any]:
    return {
        "register": answer.register.label,
        "state": answer.state.label,
        "source": answer.source,
        "as_of": answer.as_of,
        "facts": [
            (title_of(answer.register, name), mask_id(value) if name == NUMBER else value)
            for name, value in answer.facts.items()
        ],
        "differs": answer.differs,
        "note": answer.note,
        "probability": round(100 * answer.probability),
    }
