"""Rounds: the list, one round, running it."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.admissions import jobs
from junheng.admissions.access import may_load, may_run, reads_texts, sees_whole
from junheng.admissions.models import Round
from junheng.admissions.models.querysets import READERS
from junheng.admissions.selectors import rounds as selectors
from junheng.admissions.services import loading
from junheng.admissions.services.seeds import rehearsal_seed
from junheng.admissions.web import pictures
from junheng.admissions.web.finding import round_to_run, visible_round
from junheng.admissions.web.forms import OWN, RunForm
from junheng.admissions.web.words import STATE_TONES
from junheng.commons.filters import ListFilters, SearchFilter
from junheng.commons.refusals import Refusal
from junheng.commons.runs import AlreadyRunning
from junheng.commons.tables import BadgeColumn, ListTable, NumberColumn
from junheng.commons.web.lists import ListPage, Rows

STEPS = (
    gettext_lazy("Send the files"),
    gettext_lazy("Look at what was read"),
    gettext_lazy("Run"),
    gettext_lazy("Look at the result"),
)


class RoundTable(ListTable):
    """Rounds, newest year first."""

    title = tables.Column(gettext_lazy("Round"), empty_values=(), accessor="ref")
    ref = tables.Column(gettext_lazy("Reference"), orderable=True)
    year = tables.Column(gettext_lazy("Year"), orderable=True)
    place = tables.Column(gettext_lazy("County"))
    children = NumberColumn(
        verbose_name=gettext_lazy("Children"), accessor="input__summary__counts__children"
    )
    seats = NumberColumn(
        verbose_name=gettext_lazy("Seats"), accessor="input__summary__counts__seats"
    )
    latest = tables.Column(gettext_lazy("Latest result"), accessor="latest_ref")
    state = BadgeColumn(tones=STATE_TONES, verbose_name=gettext_lazy("State"))

    class Meta:
        order_by = ("-year", "ref")
        sequence = ("title", "ref", "year", "place", "children", "seats", "latest", "state")

    def render_title(self, record: Round) -> str:
        url = reverse("admissions:round", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, selectors.round_title(record))

    def value_title(self, record: Round) -> str:
        return selectors.round_title(record)

    def render_latest(self, record: Any) -> str:
        url = reverse("admissions:run", args=[record.latest_ref])
        kind = _("rehearsal") if record.latest_rehearsal else _("with the round's seed")
        return format_html('<a href="{}">{}</a> ({})', url, record.latest_ref, kind)

    def value_latest(self, record: Any) -> str:
        return str(record.latest_ref)


class RoundFilters(ListFilters):
    """Search by reference, narrow by level."""

    q = SearchFilter(field_name="ref", label=gettext_lazy("Search a reference"))
    level = django_filters.ChoiceFilter(
        choices=list(selectors.LEVELS.items()), label=gettext_lazy("Level")
    )


class RoundList(StaffMixin, ListPage):
    """The rounds that somebody may see."""

    roles = READERS
    table = RoundTable
    filters = RoundFilters
    title = gettext_lazy("Admission rounds")
    empty = gettext_lazy("A round appears here once its files are loaded.")
    template_name: ClassVar[str] = "admissions/rounds.html"
    request: StaffRequest

    def rows(self) -> Rows:
        return selectors.rounds_of(self.request.user)

    def context(self) -> dict[str, Any]:
        user = self.request.user
        return {"may_load": may_load(user), "may_read_texts": reads_texts(user)}


@require_safe
@staff_required(*READERS)
def round_page(request: StaffRequest, pk: int) -> HttpResponse:
    """What is loaded, what ran, and the button to run."""
    return _page(request, visible_round(request.user, pk))


def _page(
    request: StaffRequest, the_round: Round, form: RunForm | None = None, status: int = 200
) -> HttpResponse:
    user = request.user
    demand = selectors.demand_of(the_round, user)
    runs = selectors.runs_of(the_round, user)
    outlines = selectors.outlines_of(row.path for row in demand)
    summary = the_round.input.summary if the_round.input else {}
    context = {
        "round": the_round,
        "title": selectors.round_title(the_round),
        "summary": summary,
        "whole": sees_whole(user, the_round),
        "runs": runs,
        "under_way": next((run for run in runs if run.under_way), None),
        "done": next((run for run in runs if run.done), None),
        "demand": demand,
        "short": [row for row in demand if row.over],
        "missing": sum(row.over for row in demand),
        "map": pictures.demand_map(demand, outlines),
        "townships": pictures.township_chart(summary.get("townships", [])),
        "steps": STEPS,
        "step": _step(the_round, runs),
        "tab": "round",
        "state_tone": STATE_TONES[the_round.state],
        "may_run": may_run(user, the_round),
        "may_load": may_run(user, the_round) and the_round.state in loading.REPLACEABLE,
        "can_undo": may_run(user, the_round) and loading.can_undo(the_round),
        "form": form or _form(the_round, count=len(runs)),
    }
    return TemplateResponse(request, "admissions/round.html", context, status=status).render()


def _step(the_round: Round, runs: list[selectors.RunRow]) -> int:
    if any(run.done and run.latest_input for run in runs):
        return len(STEPS)
    return 3 if the_round.input else 1


def _form(the_round: Round, data: Any = None, *, count: int = 0) -> RunForm:
    written = the_round.input.seed if the_round.input and count == 0 else ""
    words = written.removeprefix("rehearsal:") or str(count + 1)
    method = the_round.rules.get("method", "")
    first = {"words": "6:3" if method == "ring-interval" and not written else words}
    return RunForm(data, method=method, own_seed=the_round.seed, initial=first)


@require_POST
@staff_required(*READERS)
def start(request: StaffRequest, pk: int) -> HttpResponse:
    """Run the round: one run at a time, and whoever comes second is told who was first."""
    the_round = round_to_run(request.user, pk)
    form = _form(the_round, request.POST)
    if not form.is_valid():
        return _page(request, the_round, form, status=422)
    own = form.cleaned_data["kind"] == OWN
    seed = "" if own else rehearsal_seed(form.cleaned_data["words"])
    try:
        record = jobs.start_run(the_round, seed=seed, by=request.user)
    except AlreadyRunning as refusal:
        messages.warning(request, str(refusal))
        return HttpResponseRedirect(reverse("admissions:run", args=[refusal.run.ref]))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("admissions:round", args=[pk]))
    return HttpResponseRedirect(reverse("admissions:run", args=[record.run.ref]))


@require_POST
@staff_required(*READERS)
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Go back to what was loaded before."""
    the_round = round_to_run(request.user, pk)
    try:
        loading.undo_loading(the_round)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("What was loaded before is in force again."))
    return HttpResponseRedirect(reverse("admissions:round", args=[pk]))
