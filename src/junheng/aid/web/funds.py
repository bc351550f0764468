"""Funds, donors and student loans: kept by the aid officer, and as sums for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import django_tables2 as tables
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.aid.access import SEES_PAYMENTS, may_keep
from junheng.aid.models import Donation, EducationFund
from junheng.aid.selectors.budgets import counties_kept
from junheng.aid.selectors.funds import (
    funds_of,
    left_in,
    loans_of,
    public_funds,
    public_loans,
)
from junheng.aid.services import funds as services
from junheng.aid.web.fund_forms import DonationForm, FundForm, GrantForm, LoanForm
from junheng.aid.web.money import YuanColumn, yuan
from junheng.commons.masks import mask_name
from junheng.commons.refusals import Refusal
from junheng.commons.tables import DateColumn, ListTable, MaskedColumn
from junheng.commons.web.lists import ListPage, Rows


@require_safe
def in_public(request: HttpRequest) -> HttpResponse:
    """What was given and granted, as sums; nobody who got something is named."""
    loans = public_loans()
    context = {
        "funds": [
            {
                "name": fund.name,
                "place": fund.place,
                "given": yuan(fund.given),
                "donors": [(one.name, yuan(one.fen), one.purposes) for one in fund.donors],
                "cells": [(one.label, one.heads, yuan(one.fen)) for one in fund.granted.cells],
                "heads": fund.granted.heads,
                "granted": yuan(fund.granted.fen),
                "withheld": fund.granted.withheld,
            }
            for fund in public_funds()
        ],
        "loans": [(one.label, one.heads, yuan(one.fen)) for one in loans.cells],
    }
    return render(request, "aid/funds_public.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*SEES_PAYMENTS)
def funds(request: StaffRequest) -> HttpResponse:
    """The funds, and the form to found one."""
    counties = counties_kept(request.user)
    form = FundForm(request.POST or None)
    if request.method == "POST":
        if not counties:
            raise Http404
        if form.is_valid() and _done(
            request,
            form,
            lambda given: services.found_fund(
                counties[0], given["name"], given["on"], given["paper"], by=request.user
            ),
        ):
            return redirect("aid:funds_kept")
    rows = [(fund, yuan(left_in(fund))) for fund in funds_of(request.user)]
    context = {"tab": "funds", "rows": rows, "form": form if counties else None}
    return _answer(request, "aid/funds.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*SEES_PAYMENTS)
def fund(request: StaffRequest, pk: int) -> HttpResponse:
    """One fund: gifts and grants, and the forms for both."""
    row = get_object_or_404(funds_of(request.user), pk=pk)
    keeps = may_keep(request.user, row.path)
    gifts = row.donations.exclude(purpose="")
    giving, granting = DonationForm(), GrantForm(gifts=gifts)
    form: Form = giving
    if request.method == "POST":
        if not keeps:
            raise Http404
        is_gift = request.POST.get("what") == "gift"
        form = DonationForm(request.POST) if is_gift else GrantForm(request.POST, gifts=gifts)
        deed = services.receive if is_gift else services.grant
        if form.is_valid() and _done(
            request, form, lambda given: deed(row, by=request.user, **given)
        ):
            return redirect("aid:fund", pk)
    context = {
        "fund": row,
        "left": yuan(left_in(row)),
        "gifts": [(one, yuan(one.fen)) for one in row.donations.order_by("-on", "-pk")],
        "grants": [(one, yuan(one.fen)) for one in row.grants.order_by("-on", "-pk")],
        "keeps": keeps,
        "giving": form if isinstance(form, DonationForm) else giving,
        "granting": form if isinstance(form, GrantForm) else granting,
    }
    return _answer(request, "aid/fund.html", context, form)


@require_POST
@staff_required(*SEES_PAYMENTS)
def thank(request: StaffRequest, pk: int) -> HttpResponse:
    """Note that a donor was thanked, today."""
    seen: Any = EducationFund.objects.filter(pk__in=funds_of(request.user).values("pk"))
    row = get_object_or_404(Donation.objects.filter(fund__in=seen).select_related("fund"), pk=pk)
    if not may_keep(request.user, row.fund.path):
        raise Http404
    try:
        services.thank(row, timezone.localdate(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("aid:fund", row.fund_id)


def _done(request: StaffRequest, form: Form, deed: Callable[[dict[str, Any]], object]) -> bool:
    try:
        deed(form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Written down."))
    return True


def _answer(request: StaffRequest, template: str, context: Any, form: Form) -> HttpResponse:
    status = 422 if form.errors else 200
    return TemplateResponse(request, template, context, status=status).render()


class LoanTable(ListTable):
    """Student loans, the newest first; names in masks."""

    name = MaskedColumn(mask=mask_name, verbose_name=pgettext_lazy("person", "Name"))
    year = tables.Column(gettext_lazy("Year"))
    fen = YuanColumn(verbose_name=pgettext_lazy("amount", "Yuan"))
    bank = tables.Column(gettext_lazy("Bank"))
    on = DateColumn(format="Y-m-d", verbose_name=pgettext_lazy("loan", "Granted on"))


class LoanList(StaffMixin, ListPage):
    """The student loans of one's county."""

    roles = SEES_PAYMENTS
    table = LoanTable
    title = gettext_lazy("Student loans")
    pretitle = gettext_lazy("Aid")
    empty = gettext_lazy("No student loan was entered yet.")
    template_name: ClassVar[str] = "aid/loans.html"
    request: StaffRequest

    def rows(self) -> Rows:
        return loans_of(self.request.user)

    def context(self) -> dict[str, Any]:
        form = LoanForm() if counties_kept(self.request.user) else None
        return {"tab": "funds", "form": form}


@require_POST
@staff_required(*SEES_PAYMENTS)
def lend(request: StaffRequest) -> HttpResponse:
    """Write down a student loan."""
    counties = counties_kept(request.user)
    if not counties:
        raise Http404
    form = LoanForm(request.POST)
    if form.is_valid() and _done(
        request, form, lambda given: services.lend(counties[0], by=request.user, **given)
    ):
        return redirect("aid:loans")
    return _answer(request, "aid/loan_form.html", {"form": form}, form)
