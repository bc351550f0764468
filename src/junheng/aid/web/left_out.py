"""People whom a register calls poor and who belong to no household: the list, the visit."""

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
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from junheng.accounts.facade import (
    StaffMixin,
    StaffRequest,
    address_of,
    note_read,
    staff_required,
)
from junheng.aid.access import AUTHORISERS, in_charge, may_authorise, may_propose
from junheng.aid.models import Household, LeftOut
from junheng.aid.models.posts import SEES_HOUSEHOLDS
from junheng.aid.selectors.check_words import facts_of
from junheng.aid.selectors.checks import left_out_seen
from junheng.aid.services import settling_left_out
from junheng.aid.web.check_forms import LeftOutForm
from junheng.aid.web.revealing import offer_person
from junheng.commons.filters import ListFilters
from junheng.commons.masks import mask_id, mask_name
from junheng.commons.refusals import Refusal
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable
from junheng.commons.web.lists import ListPage, Rows
from junheng.evidence.facade import Register

KIND = "left_out"
TONES = {"open": "warning", "visited": "info", "identified": "success", "not_in_need": "plain"}


def offer() -> None:
    """Register the fields that may be revealed; called once, when the site starts."""
    offer_person(KIND, LeftOut)


class LeftOutTable(ListTable):
    """People left out, names in masks."""

    name = tables.Column(pgettext_lazy("person", "Name"), empty_values=())
    place = tables.Column(gettext_lazy("Place"), accessor="place__name")
    register = tables.Column(gettext_lazy("Stands in"))
    as_of = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("True on"))
    state = BadgeColumn(
        tones=TONES, labels=dict(LeftOut.State.choices), verbose_name=gettext_lazy("State")
    )
    found_at = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Found on"))

    def render_name(self, record: LeftOut) -> str:
        url = reverse("aid:left_out_one", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, mask_name(str(record.name or "—")))

    def value_name(self, record: LeftOut) -> str:
        return mask_name(str(record.name or ""))


class LeftOutFilters(ListFilters):
    """Narrow by register and state."""

    register = django_filters.ChoiceFilter(
        choices=Register.choices, label=pgettext_lazy("check", "Register")
    )
    state = django_filters.ChoiceFilter(choices=LeftOut.State.choices, label=gettext_lazy("State"))


class LeftOutList(StaffMixin, ListPage):
    """Who was left out in somebody's places."""

    roles = SEES_HOUSEHOLDS
    table = LeftOutTable
    filters = LeftOutFilters
    title = gettext_lazy("People left out")
    pretitle = gettext_lazy("Checks of households")
    empty = gettext_lazy(
        "A check lists here who stands in a register that speaks for need and in no household."
    )
    template_name: ClassVar[str] = "aid/left_out_list.html"
    request: StaffRequest

    def rows(self) -> Rows:
        rows: Rows = left_out_seen(self.request.user)
        return rows

    def context(self) -> dict[str, Any]:
        return {"tab": "left_out", "in_charge": in_charge(self.request.user)}


def _seen(request: StaffRequest, key: UUID) -> LeftOut:
    found: LeftOut = get_object_or_404(left_out_seen(request.user), pk=key)
    return found


@require_safe
@staff_required(*SEES_HOUSEHOLDS)
def one(request: StaffRequest, key: UUID) -> HttpResponse:
    """One of them: what the register says, and what comes next; the look is written down."""
    return _page(request, _seen(request, key))


def _page(request: StaffRequest, row: LeftOut, form: forms.Form | None = None) -> HttpResponse:
    user = request.user
    note_read(user, row, ["register_facts"], _("Somebody left out"), address=address_of(request))
    context = {
        "row": row,
        "name": mask_name(str(row.name or "—")),
        "number": mask_id(str(row.resident_id or "")),
        "tone": TONES[row.state],
        "facts": facts_of(row),
        "asks": row.state == LeftOut.State.OPEN and may_authorise(user, row.path),
        "form": (form or LeftOutForm())
        if row.state == LeftOut.State.VISITED and settling_left_out.may_settle(user, row)
        else None,
        "writes_down": may_propose(user, row.path),
    }
    status = 422 if form is not None else 200
    return TemplateResponse(request, "aid/left_out.html", context, status=status)


@require_POST
@staff_required(*AUTHORISERS)
def ask(request: StaffRequest, key: UUID) -> HttpResponse:
    """Have somebody visited."""
    row = _seen(request, key)
    try:
        case = settling_left_out.ask_for_visit(row, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The visit is case %(case)s.") % {"case": case.number})
    return HttpResponseRedirect(reverse("aid:left_out_one", args=[key]))


@require_POST
@staff_required(*AUTHORISERS)
def settle(request: StaffRequest, key: UUID) -> HttpResponse:
    """Write down what came of the visit."""
    row = _seen(request, key)
    if not settling_left_out.may_settle(request.user, row):
        raise Http404
    form = LeftOutForm(request.POST)
    if form.is_valid():
        number = form.cleaned_data["number"].strip()
        seen = Household.objects.for_user(request.user)
        home = seen.filter(number=number).first() if number else None
        if number and home is None:
            form.add_error("number", _("There is no household with this number here."))
        else:
            _settled(row, home, form, request)
    if form.errors:
        return _page(request, row, form)
    messages.success(request, _("Written down."))
    return HttpResponseRedirect(reverse("aid:left_out_one", args=[key]))


def _settled(row: LeftOut, home: Household | None, form: forms.Form, request: StaffRequest) -> None:
    words = form.cleaned_data["words"]
    try:
        settling_left_out.settle(row, household=home, words=words, by=request.user)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
