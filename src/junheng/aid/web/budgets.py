"""Budgets: planned, allocated and disbursed by policy, source of funds and half-year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffMixin, StaffRequest, paths_of, staff_required
from junheng.aid.access import SEES_PAYMENTS, in_charge, may_keep
from junheng.aid.models import BudgetLine, FormerTotal, Source
from junheng.aid.selectors.budgets import counties_kept, lines_of, totals_of
from junheng.aid.selectors.policies import titles_of
from junheng.aid.sentences.terms import half_year_name
from junheng.aid.services import budgeting
from junheng.aid.web.filters import ChosenFilter, policy_filter
from junheng.aid.web.money import YuanColumn, yuan
from junheng.aid.web.payment_forms import AllocateForm, BudgetForm, FormerForm
from junheng.commons.filters import ListFilters
from junheng.commons.history import history_of
from junheng.commons.refusals import Refusal
from junheng.commons.tables import ListTable, NumberColumn
from junheng.commons.web.lists import ListPage, Rows


class BudgetTable(ListTable):
    """Budget lines, the latest half-year first."""

    titles: Mapping[str, str] = {}

    half_year = tables.Column(gettext_lazy("Half-year"))
    policy = tables.Column(gettext_lazy("Policy"))
    source = tables.Column(gettext_lazy("Source of funds"))
    planned_heads = NumberColumn(verbose_name=gettext_lazy("Planned heads"))
    planned_fen = YuanColumn(verbose_name=gettext_lazy("Planned, yuan"))
    allocated_fen = YuanColumn(verbose_name=gettext_lazy("Allocated, yuan"))
    left_fen = YuanColumn(verbose_name=pgettext_lazy("budget", "Sent to the bank, yuan"))
    disbursed_fen = YuanColumn(verbose_name=gettext_lazy("Disbursed, yuan"))
    share = NumberColumn(
        verbose_name=gettext_lazy("Disbursed of planned"), accessor="disbursed_fen"
    )

    def __init__(self, *args: Any, titles: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.titles = titles or {}

    def render_policy(self, record: BudgetLine) -> str:
        url = reverse("aid:budget_one", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, self.value_policy(record))

    def value_policy(self, record: BudgetLine) -> str:
        return self.titles.get(record.policy, record.policy)

    def render_half_year(self, value: str) -> str:
        return half_year_name(value)

    value_half_year = render_half_year

    def render_source(self, record: BudgetLine) -> str:
        return record.get_source_display()

    def render_share(self, record: Any) -> str:
        if not record.planned_fen:
            return "—"
        return f"{100 * record.disbursed_fen / record.planned_fen:.1f} %"

    def value_share(self, record: Any) -> str:
        return self.render_share(record)


def half_years(request: HttpRequest) -> list[tuple[str, str]]:
    """Those of which there are lines, the latest first."""
    rows = lines_of(request.user).order_by("-half_year").values_list("half_year", flat=True)
    return [(one, half_year_name(one)) for one in rows.distinct()]


class BudgetFilters(ListFilters):
    """Narrow by policy, half-year and source."""

    policy = policy_filter()
    half_year = ChosenFilter(half_years, label=gettext_lazy("Half-year"))
    source = django_filters.ChoiceFilter(
        choices=Source.choices, label=gettext_lazy("Source of funds")
    )


class BudgetPage(StaffMixin, ListPage):
    """What is planned, allocated and was disbursed."""

    roles = SEES_PAYMENTS
    table = BudgetTable
    filters = BudgetFilters
    title = gettext_lazy("Aid budget")
    pretitle = gettext_lazy("Aid")
    empty = gettext_lazy("No budget line was entered yet.")
    template_name: ClassVar[str] = "aid/budget.html"
    request: StaffRequest

    @cached_property
    def titles(self) -> dict[str, str]:
        """What policies are called; plainly for whoever is not in charge."""
        user, titles = self.request.user, dict[str, str]()
        for path in paths_of(user, SEES_PAYMENTS):
            titles |= titles_of(path, plain=not in_charge(user, path))
        return titles

    def rows(self) -> Rows:
        self.request.policy_titles = self.titles  # type: ignore[attr-defined]  # for the filter
        return lines_of(self.request.user)

    def table_options(self) -> dict[str, Any]:
        return {"titles": self.titles}

    def context(self) -> dict[str, Any]:
        user = self.request.user
        totals = totals_of(lines_of(user))
        return {
            "tab": "budget",
            "form": BudgetForm(titles=self.titles) if counties_kept(user) else None,
            "planned": yuan(totals.planned),
            "allocated": yuan(totals.allocated),
            "disbursed": yuan(totals.disbursed),
        }


@require_http_methods(["POST"])
@staff_required(*SEES_PAYMENTS)
def keep_line(request: StaffRequest) -> HttpResponse:
    """Enter a budget line."""
    counties = counties_kept(request.user)
    if not counties:
        raise Http404
    form = BudgetForm(request.POST, titles=titles_of(counties[0].path, plain=False))
    if form.is_valid():
        try:
            budgeting.keep_line(counties[0], by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The budget line is entered."))
            return redirect("aid:budget")
    context = {"form": form, "title": _("Enter a budget line")}
    return TemplateResponse(request, "aid/budget_form.html", context, status=422).render()


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*SEES_PAYMENTS)
def line(request: StaffRequest, pk: int) -> HttpResponse:
    """One budget line: allocate, add what a former system disbursed, and its history."""
    row = get_object_or_404(lines_of(request.user), pk=pk)
    keeps = may_keep(request.user, row.path)
    allocating: Form = AllocateForm(initial={"fen": yuan(row.allocated_fen)})
    former: Form = FormerForm()
    if request.method == "POST":
        if not keeps:
            raise Http404
        adding = request.POST.get("what") == "former"
        form: Form = FormerForm(request.POST) if adding else AllocateForm(request.POST)
        if form.is_valid() and _written(request, pk, form, adding=adding):
            return redirect("aid:budget_one", pk)
        allocating, former = (allocating, form) if adding else (form, former)
    titles = titles_of(row.path, plain=not in_charge(request.user, row.path))
    context = _facts(row) | {"policy": titles.get(row.policy, row.policy)}
    context |= {"keeps": keeps, "allocating": allocating, "former": former}
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "aid/budget_line.html", context, status=status).render()


def _written(request: StaffRequest, pk: int, form: Any, *, adding: bool) -> bool:
    try:
        if adding:
            budgeting.add_former(pk, by=request.user, **form.cleaned_data)
        else:
            given = form.cleaned_data
            budgeting.allocate(pk, given["fen"], given["paper"], by=request.user)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Written down."))
    return True


def _facts(row: Any) -> dict[str, Any]:
    papers = FormerTotal.objects.filter(budget=row).select_related("by").order_by("on", "pk")
    return {
        "row": row,
        "half_year": half_year_name(row.half_year),
        "planned": yuan(row.planned_fen),
        "allocated": yuan(row.allocated_fen),
        "left": yuan(row.left_fen),
        "disbursed": yuan(row.disbursed_fen),
        "papers": [(one, yuan(one.fen)) for one in papers],
        "changes": history_of(row)[:20],
    }
