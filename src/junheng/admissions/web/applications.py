"""The applications of a round for those who settle them: the board and the list."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from junheng.accounts.facade import StaffMixin, StaffRequest, User, staff_required
from junheng.admissions import jobs
from junheng.admissions.access import REVIEWERS, may_enter, may_run
from junheng.admissions.models import Application, Round
from junheng.admissions.models.querysets import OFFICERS
from junheng.admissions.selectors.applications import board_of, no_answer_from
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services import enlisting
from junheng.admissions.web.apply_words import TONES
from junheng.admissions.web.finding import round_to_run, visible_round
from junheng.admissions.web.roster import RevealColumn
from junheng.commons.filters import ListFilters
from junheng.commons.masks import mask_name
from junheng.commons.refusals import Refusal
from junheng.commons.tables import BadgeColumn, ListTable, MomentColumn
from junheng.commons.web.lists import ListPage, Rows

State = Application.State


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
            "silent": _silent(self.round, self.request.user) if board.states["checking"] else [],
            "zero_trips": "–" if board.zero_trips is None else board.zero_trips,
            "may_enter": may_enter(self.request.user, self.round),
            "may_list": may_run(self.request.user, self.round) and self.round.state == "open",
            "waits": [
                (State(state).label, board.states[state], TONES[state], state)
                for state in (State.RECEIVED, State.CHECKING, State.REVIEW, State.ASKED)
            ],
        }


def _silent(the_round: Round, user: User) -> list[tuple[str, int]]:
    return [(str(register.label), n) for register, n in no_answer_from(the_round, user)]


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
