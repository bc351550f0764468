"""Policies: the list, and every version of one with its clauses and amounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.aid.access import IN_CHARGE, may_keep
from junheng.aid.models import AidPolicy, PolicyVersion
from junheng.aid.models.policies import Kind, Level
from junheng.aid.selectors.policies import rate_from, title_of, titles_of
from junheng.aid.sentences.rates import in_words
from junheng.commons import approvals
from junheng.commons.filters import ListFilters
from junheng.commons.tables import ListTable
from junheng.commons.web.lists import ListPage, Rows

STATE_TONES = {"draft": "warning", "approved": "success"}
COUNTED = {
    "first_day": gettext_lazy("first day of the term"),
    "last_day": gettext_lazy("last day of the term"),
    "each_month": gettext_lazy("first day of each month"),
}


class PolicyTable(ListTable):
    """Policies by code."""

    code = tables.Column(pgettext_lazy("aid", "Policy"))

    class Meta:
        model = AidPolicy
        fields = ("code", "level", "kind", "funds")

    def render_code(self, record: AidPolicy) -> str:
        url = reverse("aid:policy", args=[record.code])
        return format_html('<a href="{}">{}</a>', url, title_of(record))

    def value_code(self, record: AidPolicy) -> str:
        return title_of(record)


class PolicyFilters(ListFilters):
    """By level and kind."""

    level = django_filters.ChoiceFilter(
        choices=Level.choices, label=pgettext_lazy("policy", "Level")
    )
    kind = django_filters.ChoiceFilter(choices=Kind.choices, label=gettext_lazy("Kind"))


class PolicyList(StaffMixin, ListPage):
    """The policies of the counties somebody is in charge in."""

    roles = IN_CHARGE
    table = PolicyTable
    filters = PolicyFilters
    title = gettext_lazy("Policies of aid")
    pretitle = gettext_lazy("Aid")
    empty = gettext_lazy("No policy was entered yet.")
    template_name: ClassVar[str] = "aid/policies.html"
    request: StaffRequest

    def context(self) -> dict[str, Any]:
        return {"may_keep": may_keep(self.request.user)}

    def rows(self) -> Rows:
        rows: Rows = AidPolicy.objects.for_user(self.request.user).order_by("code")
        return rows


@require_safe
@staff_required(*IN_CHARGE)
def policy(request: StaffRequest, code: str) -> HttpResponse:
    """Every version of a policy, the newest first."""
    row = seen_policy(request, code)
    versions = row.versions.select_related("written_by", "approved_by").order_by("-number")
    titles = titles_of(row.path, plain=False)
    context = {
        "policy": row,
        "name": title_of(row),
        "plain": title_of(row, plain=True),
        "versions": [_version(one, titles) for one in versions],
        "may_keep": may_keep(request.user, row.path),
    }
    return TemplateResponse(request, "aid/policy.html", context)


def seen_policy(request: StaffRequest, code: str) -> AidPolicy:
    """A policy of somebody's county."""
    found: AidPolicy = get_object_or_404(AidPolicy.objects.for_user(request.user), code=code)
    return found


def _version(row: PolicyVersion, titles: Mapping[str, str]) -> dict[str, Any]:
    waiting = approvals.waiting_for(f"aid.policy.{row.pk}") if row.state == "draft" else {}
    return {
        "row": row,
        "tone": STATE_TONES[row.state],
        "counted": COUNTED[row.counted_on],
        "gives_way_to": [titles.get(code, code) for code in row.gives_way_to],
        "rates": [(one["when"], in_words(rate_from(one))) for one in row.rates],
        "waiting": next(iter(waiting.values()), None),
    }
