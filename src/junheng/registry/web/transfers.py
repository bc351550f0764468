"""Transfers: the list, one transfer with its way, applying, answering and deciding."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from junheng.accounts.facade import (
    StaffMixin,
    StaffRequest,
    User,
    address_of,
    note_read,
    staff_required,
)
from junheng.commons import brakes
from junheng.commons.filters import SearchFilter
from junheng.commons.refusals import Refusal
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable, NumberColumn
from junheng.commons.web.lists import ListPage, Rows
from junheng.kernel.codes import table
from junheng.registry.access import (
    READERS,
    TRANSFER_APPLIERS,
    TRANSFER_DECIDERS,
    may_apply_transfer,
    may_decide_transfer,
)
from junheng.registry.models import Pupil, Transfer
from junheng.registry.selectors.transfers import Said, masked, said_of, way_of
from junheng.registry.services import transfer_papers, transfers
from junheng.registry.services.asked import changes_waiting
from junheng.registry.services.transfer_rules import rules_of
from junheng.registry.services.transfer_wishes import (
    AgainstTheRules,
    Application,
    pupil_known_as,
)
from junheng.registry.web.filters import RegistryFilters
from junheng.registry.web.transfer_forms import (
    AnswerForm,
    AskForm,
    DecisionForm,
    TransferForm,
    window_of,
)

TONES = {
    "applied": "warning",
    "answered": "warning",
    "approved": "success",
    "refused": "danger",
    "withdrawn": "secondary",
}
LOOK_UPS, WITHIN = 30, timedelta(hours=1)
"""So many pupils somebody may look for who are not theirs."""


class TransferTable(ListTable):
    """Transfers, the latest first."""

    number = tables.Column(pgettext_lazy("record", "Number"))
    pupil = tables.Column(gettext_lazy("Pupil"), accessor="pupil__number", empty_values=())
    origin = tables.Column(gettext_lazy("Present school"), accessor="from_name")
    to = tables.Column(gettext_lazy("Receiving school"), accessor="to_name")
    grade = NumberColumn(verbose_name=gettext_lazy("Grade"))
    state = BadgeColumn(
        tones=TONES, labels=dict(Transfer.State.choices), verbose_name=gettext_lazy("State")
    )
    applied_at = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Applied on"), orderable=True)

    def render_number(self, record: Transfer) -> str:
        url = reverse("registry:transfer", args=[record.number])
        return format_html('<a href="{}">{}</a>', url, record.number)

    def value_number(self, record: Transfer) -> str:
        return record.number

    def render_pupil(self, record: Transfer) -> str:
        return masked(record) or "—"

    def value_pupil(self, record: Transfer) -> str:
        return record.pupil.number if record.pupil else ""


class TransferFilters(RegistryFilters):
    """Search by number, narrow by state."""

    q = SearchFilter(field_name="number", label=gettext_lazy("Search a number"))
    state = django_filters.ChoiceFilter(choices=Transfer.State.choices, label=gettext_lazy("State"))
    way = django_filters.ChoiceFilter(choices=Transfer.Way.choices, label=gettext_lazy("Way"))


class TransferList(StaffMixin, ListPage):
    """Transfers to and from the schools of somebody's scope."""

    roles = READERS
    table = TransferTable
    filters = TransferFilters
    title = gettext_lazy("Transfers")
    pretitle = gettext_lazy("Register")
    empty = gettext_lazy("The receiving school applies for a transfer.")
    template_name: ClassVar[str] = "registry/transfers.html"
    request: StaffRequest

    def rows(self) -> Rows:
        found = Transfer.objects.for_user(self.request.user)
        return found.select_related("pupil", "origin", "to", "arrival").order_by("-applied_at")

    def context(self) -> dict[str, Any]:
        return {
            "may_apply": may_apply_transfer(self.request.user),
            "waiting": changes_waiting(self.request.user),
            **window_of(self.request.user),
        }


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*TRANSFER_APPLIERS)
def new(request: StaffRequest) -> HttpResponse:
    """Apply for a pupil who wants to come."""
    form = TransferForm(request.POST if request.method == "POST" else None, user=request.user)
    made = _applied(request, form) if form.is_valid() else None
    if made is not None:
        transfer_papers.ask_registers(made, certificate=form.cleaned_data["certificate"])
        messages.success(request, _("Applied for. The present school is asked now."))
        return HttpResponseRedirect(reverse("registry:transfer", args=[made.number]))
    context = {"form": form, **window_of(request.user)}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "registry/transfer_new.html", context, status=status)


def _applied(request: StaffRequest, form: TransferForm) -> Transfer | None:
    given = form.cleaned_data
    pupil = _pupil(request, form)
    if pupil is None:
        return None
    asked = Application(pupil, given["to"], given["ground"], given["paper"])
    try:
        return transfers.apply(asked, on=timezone.localdate(), by=request.user)
    except AgainstTheRules as refusal:
        form.add_error(None, refusal.lines)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
    return None


def _pupil(request: StaffRequest, form: TransferForm) -> Pupil | None:
    """Whoever guesses is told the same for a wrong number and a wrong name, and only so often."""
    slot = brakes.take("registry.transfer", str(request.user.pk), most=LOOK_UPS, within=WITHIN)
    if slot is None:
        form.add_error(None, _("You have looked for too many pupils. Please go on in an hour."))
        return None
    found = pupil_known_as(form.cleaned_data["number"], form.cleaned_data["name"])
    if found is None:
        form.add_error(
            None,
            _("The register has no pupil with this number and this name. Compare both."),
        )
        return None
    brakes.give_back(slot)
    return found


def seen(request: StaffRequest, number: str) -> Transfer:
    """A transfer that somebody may see, or nothing."""
    rows = Transfer.objects.for_user(request.user)
    row: Transfer = get_object_or_404(
        rows.select_related(
            "pupil", "origin", "to", "arrival", "school_class", "applied_by", "decided_by"
        ),
        number=number,
    )
    return row


def division_of(code: str) -> str:
    """A code of GB/T 2260 with its name, where the table knows it; invented ones stay alone."""
    six = code[:6]
    name = table("division").name(six)
    return code if name == six else f"{code} {name}"


def _page(
    request: StaffRequest, row: Transfer, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    user, waits = request.user, row.state in Transfer.OPEN
    answers = row.state == Transfer.State.APPLIED and _may_answer(user, row)
    decides = waits and may_decide_transfer(user, row.school.path)
    answering = form if isinstance(form, AnswerForm) else AnswerForm()
    deciding = form if isinstance(form, DecisionForm) else DecisionForm(row=row)
    asks = decides and bool(transfer_papers.registers_of(row))
    context = {
        "row": row,
        "name": masked(row),
        "division": division_of(row.district_code),
        "tone": TONES[row.state],
        "way": way_of(row),
        "ground": _ground(row),
        "answer_form": answering if answers else None,
        "decision_form": deciding if decides and row.applied_by_id != user.pk else None,
        "said": _said(request, row) if may_decide_transfer(user, row.school.path) else [],
        "asking": AskForm() if asks else None,
        "may_withdraw": waits and may_apply_transfer(user, row.school.path),
    }
    return TemplateResponse(request, "registry/transfer.html", context, status=status)


def _said(request: StaffRequest, row: Transfer) -> list[Said]:
    """What registers said; the reading is written down before it is shown."""
    said = said_of(row)
    if said:
        why = _("deciding %s") % row.number
        note_read(request.user, row, ["findings"], why, address=address_of(request))
    return said


@require_http_methods(["POST"])
@staff_required(*TRANSFER_DECIDERS)
def ask(request: StaffRequest, number: str) -> HttpResponse:
    """The bureau asks the departments once more."""
    row = seen(request, number)
    if not may_decide_transfer(request.user, row.school.path) or row.state not in Transfer.OPEN:
        raise Http404
    form = AskForm(request.POST)
    if form.is_valid():
        transfer_papers.ask_registers(row, certificate=form.cleaned_data["certificate"])
        messages.success(request, _("The departments were asked."))
    return HttpResponseRedirect(reverse("registry:transfer", args=[row.number]))


def _may_answer(user: User, row: Transfer) -> bool:
    """Whether somebody speaks for the school that is left."""
    return row.origin is not None and may_apply_transfer(user, row.origin.path)


def _ground(row: Transfer) -> str:
    if row.way == Transfer.Way.AWAY:
        return row.get_way_display()
    known = {one.code: one.name for one in rules_of(row).grounds}
    return known.get(row.ground, row.ground) or _("Within the window")


@require_safe
@staff_required(*READERS)
def transfer(request: StaffRequest, number: str) -> HttpResponse:
    """One transfer: whom it is about, and where it waits."""
    return _page(request, seen(request, number))


@require_http_methods(["POST"])
@staff_required(*TRANSFER_APPLIERS)
def answer(request: StaffRequest, number: str) -> HttpResponse:
    """The present school answers."""
    row = seen(request, number)
    if not _may_answer(request.user, row):
        raise Http404
    form = AnswerForm(request.POST)
    return _done(request, row, form, lambda given: transfers.answer(row, **given, by=request.user))


@require_http_methods(["POST"])
@staff_required(*TRANSFER_DECIDERS)
def decide(request: StaffRequest, number: str) -> HttpResponse:
    """The bureau approves or refuses."""
    row = seen(request, number)
    if not may_decide_transfer(request.user, row.school.path):
        raise Http404
    form = DecisionForm(request.POST, row=row)
    return _done(request, row, form, lambda given: _decided(request, row, given))


def _decided(request: StaffRequest, row: Transfer, given: dict[str, Any]) -> None:
    if given["verdict"] == "approve":
        transfers.approve(
            row, on=timezone.localdate(), by=request.user, school_class=given.get("school_class")
        )
    else:
        transfers.refuse(row, words=given["words"], by=request.user)


@require_http_methods(["POST"])
@staff_required(*TRANSFER_APPLIERS)
def withdraw(request: StaffRequest, number: str) -> HttpResponse:
    """The receiving school takes it back."""
    row = seen(request, number)
    if not may_apply_transfer(request.user, row.school.path):
        raise Http404
    try:
        transfers.withdraw(row, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("registry:transfer", args=[row.number]))


def _done(
    request: StaffRequest, row: Transfer, form: forms.Form, act: Callable[[Any], object]
) -> HttpResponse:
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, getattr(refusal, "lines", str(refusal)))
        else:
            messages.success(request, _("Written down."))
            return HttpResponseRedirect(reverse("registry:transfer", args=[row.number]))
    return _page(request, seen(request, row.number), form, 422)
