"""People outside grades 1 to 9: the list, one with what is due, and entering one by hand."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.aid.access import IN_CHARGE, may_keep
from junheng.aid.models import Beneficiary, BeneficiaryStage
from junheng.aid.selectors.budgets import counties_kept
from junheng.aid.services import beneficiaries as services
from junheng.aid.web.answers import shown, totals
from junheng.aid.web.beneficiary_form import BeneficiaryForm, EndForm, TellForm
from junheng.aid.web.filters import township_filter
from junheng.aid.web.money import yuan
from junheng.aid.web.person import read, term_for
from junheng.commons.filters import ListFilters
from junheng.commons.masks import mask_name
from junheng.commons.refusals import Refusal
from junheng.commons.tables import DateColumn, ListTable, MaskedColumn
from junheng.commons.web.lists import ListPage, Rows


class BeneficiaryTable(ListTable):
    """One row a person and stage, the newest first; names in masks."""

    name = MaskedColumn(
        mask=mask_name, verbose_name=pgettext_lazy("person", "Name"), orderable=False
    )
    stage = tables.Column(pgettext_lazy("aid", "Stage"), orderable=False)
    institution = tables.Column(gettext_lazy("Institution"), orderable=False)
    degree = tables.Column(gettext_lazy("Degree course"), orderable=False)
    valid_from = DateColumn(
        format="Y-m-d", verbose_name=gettext_lazy("Entered on"), orderable=False
    )
    valid_to = DateColumn(
        format="Y-m-d", verbose_name=gettext_lazy("Until before"), orderable=False
    )

    class Meta:
        model = Beneficiary
        fields = ("name", "stage", "institution", "degree", "valid_from", "valid_to")

    def render_institution(self, record: Beneficiary) -> str:
        url = reverse("aid:beneficiary", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, record.institution)

    def value_institution(self, record: Beneficiary) -> str:
        return record.institution


class BeneficiaryFilters(ListFilters):
    """By stage and township."""

    stage = django_filters.ChoiceFilter(
        choices=BeneficiaryStage.choices, label=pgettext_lazy("aid", "Stage")
    )
    township = township_filter()


class BeneficiaryList(StaffMixin, ListPage):
    """Everybody outside grades 1 to 9 whom somebody in charge sees."""

    roles = IN_CHARGE
    table = BeneficiaryTable
    filters = BeneficiaryFilters
    title = gettext_lazy("People outside grades 1 to 9")
    pretitle = gettext_lazy("Aid")
    empty = gettext_lazy("Nobody is entered yet. Import a table, or enter one by hand.")
    template_name: ClassVar[str] = "aid/beneficiaries.html"
    request: StaffRequest

    def rows(self) -> Rows:
        rows: Rows = Beneficiary.objects.for_user(self.request.user).order_by("-valid_from", "id")
        return rows

    def context(self) -> dict[str, Any]:
        kept = counties_kept(self.request.user)
        return {"keeps": kept[0].code if kept else ""}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*IN_CHARGE)
def enter(request: StaffRequest) -> HttpResponse:
    """Enter one by hand."""
    kept = counties_kept(request.user)
    if not kept:
        raise Http404
    form = BeneficiaryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.enter(kept[0], form.row(), by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Written down."))
            return redirect("aid:beneficiary", made.pk)
    status = 422 if form.errors else 200
    return TemplateResponse(request, "aid/beneficiary_new.html", {"form": form}, status=status)


@require_safe
@staff_required(*IN_CHARGE)
def beneficiary(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One of them, with what is due and was paid in a term."""
    somebody = seen_or_404(request, pk)
    terms, term = term_for(request, somebody)
    keeps = may_keep(request.user, somebody.place.path) and somebody.valid_to is None
    context: dict[str, Any] = {
        "somebody": somebody,
        "name": mask_name(str(somebody.name)) if somebody.name else "—",
        "fee": "" if somebody.fee_fen is None else yuan(somebody.fee_fen),
        "terms": terms,
        "term": term,
        "form": EndForm() if keeps else None,
        "gaps": TellForm(somebody) if keeps and services.gaps_of(somebody) else None,
    }
    if term is not None:
        reader, answers = read(request, somebody, term)
        context |= {"answers": shown(answers), "all": reader.all, **totals(answers)}
    return TemplateResponse(request, "aid/beneficiary.html", context)


@require_POST
@staff_required(*IN_CHARGE)
def tell(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Say what nobody had told of somebody; it counts from the next decision on."""
    somebody = _kept_or_404(request, pk)
    form = TellForm(somebody, request.POST)
    try:
        if form.is_valid():
            services.tell(somebody, form.told(), form.cleaned_data["paper"], by=request.user)
            messages.success(request, _("Written down. It counts from the next decision on."))
        else:
            for name, errors in form.errors.items():
                messages.error(request, f"{form[name].label}: {' '.join(map(str, errors))}")
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("aid:beneficiary", pk)


@require_POST
@staff_required(*IN_CHARGE)
def end(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Say from when on somebody is not there any more."""
    somebody = _kept_or_404(request, pk)
    form = EndForm(request.POST)
    try:
        if form.is_valid():
            services.end(somebody, form.cleaned_data["on"], by=request.user)
            messages.success(request, _("Written down."))
        else:
            messages.error(request, _("Say the day."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("aid:beneficiary", pk)


def _kept_or_404(request: StaffRequest, pk: UUID) -> Beneficiary:
    """Somebody whom the reader is in charge of."""
    somebody = seen_or_404(request, pk)
    if not may_keep(request.user, somebody.place.path):
        raise Http404
    return somebody


def seen_or_404(request: StaffRequest, pk: UUID) -> Beneficiary:
    """Somebody whom the reader sees."""
    rows = Beneficiary.objects.for_user(request.user).select_related("place")
    found: Beneficiary = get_object_or_404(rows.defer("place__outline"), pk=pk)
    return found
