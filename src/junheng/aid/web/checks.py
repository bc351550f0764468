"""Checks: the visits that they opened, the share of wrong flags, asking for one, its receipt."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from junheng.accounts.facade import Role, StaffMixin, StaffRequest, staff_required
from junheng.aid.access import IN_CHARGE, in_charge
from junheng.aid.jobs import check_soon
from junheng.aid.models import HouseholdVisit
from junheng.aid.models.check_rules import SIGNED_FOR
from junheng.aid.models.posts import SEES_HOUSEHOLDS
from junheng.aid.selectors.authorisations import proved
from junheng.aid.selectors.budgets import counties_kept
from junheng.aid.selectors.check_runs import asked_of, county_of
from junheng.aid.selectors.checks import shares, total, visits_of
from junheng.aid.services import cross_checking
from junheng.aid.snapshots.checks import KIND
from junheng.aid.web.visit_words import LABELS, STATES, TONES
from junheng.commons.filters import ListFilters, SearchFilter
from junheng.commons.models import Run
from junheng.commons.refusals import Refusal
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable
from junheng.commons.web.lists import ListPage, Rows


class VisitTable(ListTable):
    """Visits, the latest first."""

    number = tables.Column(pgettext_lazy("record", "Number"))
    household = tables.Column(gettext_lazy("Household number"), accessor="household__number")
    village = tables.Column(
        pgettext_lazy("household", "Village"), accessor="household__village__name"
    )
    registers = tables.Column(gettext_lazy("Flagged by"), empty_values=())
    opened_at = DateColumn(format="Y-m-d", verbose_name=pgettext_lazy("visit", "Opened on"))
    reply_until = DateColumn(format="Y-m-d", verbose_name=pgettext_lazy("visit", "Answer until"))
    standing = BadgeColumn(tones=TONES, labels=STATES, verbose_name=gettext_lazy("State"))

    def render_number(self, record: HouseholdVisit) -> str:
        url = reverse("aid:household_visit", args=[record.number])
        return format_html('<a href="{}">{}</a>', url, record.number)

    def value_number(self, record: HouseholdVisit) -> str:
        return record.number

    def render_registers(self, record: Any) -> str:
        return _(", ").join(str(LABELS.get(one, one)) for one in record.registers)


class VisitFilters(ListFilters):
    """Search by number, narrow by register and state."""

    q = SearchFilter(field_name="number", label=gettext_lazy("Search a number"))
    register = django_filters.ChoiceFilter(
        field_name="hits__register",
        choices=[(one.value, one.label) for one in SIGNED_FOR],
        label=gettext_lazy("Flagged by"),
    )
    standing = django_filters.ChoiceFilter(
        choices=list(STATES.items()), label=gettext_lazy("State")
    )


class Visits(StaffMixin, ListPage):
    """The visits to households of somebody's villages."""

    roles = SEES_HOUSEHOLDS
    table = VisitTable
    filters = VisitFilters
    title = gettext_lazy("Checks of households")
    pretitle = gettext_lazy("Households")
    empty = gettext_lazy(
        "Nobody was flagged yet: a check asks registers that a household signed for."
    )
    template_name: ClassVar[str] = "aid/checks.html"
    request: StaffRequest

    def rows(self) -> Rows:
        rows: Rows = visits_of(self.request.user)
        return rows

    def context(self) -> dict[str, Any]:
        user = self.request.user
        runs = Run.objects.filter(
            matter__in=[cross_checking.matter_of(one) for one in counties_kept(user)]
        )
        return {
            "tab": "visits",
            "counties": counties_kept(user),
            "in_charge": in_charge(user),
            "proved": proved(user),
            "last": runs.order_by("-requested_at").first(),
        }


@require_safe
@staff_required(*SEES_HOUSEHOLDS)
def wrong_flags(request: StaffRequest) -> HttpResponse:
    """How often a register flagged wrongly, by register and by village."""
    by_register = shares(request.user, "register")
    context = {
        "tab": "shares",
        "in_charge": in_charge(request.user),
        "parts": [
            ("register", by_register),
            ("village", shares(request.user, "village")),
        ],
        "total": total(by_register),
    }
    return TemplateResponse(request, "aid/check_shares.html", context)


@require_POST
@staff_required(Role.AID_OFFICER)
def start(request: StaffRequest) -> HttpResponse:
    """Have the registers of a county asked."""
    code = request.POST.get("county", "")
    place = next((one for one in counties_kept(request.user) if one.code == code), None)
    if place is None:
        raise Http404
    try:
        job = check_soon(place, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("aid:checks"))
    return HttpResponseRedirect(reverse("commons:job", args=[job.pk]))


@require_safe
@staff_required(*IN_CHARGE)
def run(request: StaffRequest, ref: str) -> HttpResponse:
    """The receipt of a check: what was asked of which delivery, and what came of it."""
    rows = Run.objects.filter(kind=KIND).select_related("snapshot")
    the_run = get_object_or_404(rows, ref=ref)
    county = county_of(the_run)
    if not in_charge(request.user, county.path):
        raise Http404
    tables, services = asked_of(the_run)
    waiting = [one for one in services if one.unanswered]
    context = {
        "run": the_run,
        "asked": tables,
        "services": services,
        "waiting": waiting,
        "again": county if waiting and county in counties_kept(request.user) else None,
    }
    return TemplateResponse(request, "aid/check_run.html", context)
