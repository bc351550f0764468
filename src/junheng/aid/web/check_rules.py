"""Which registers a county asks, and what counts as a hit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import Role, StaffRequest, staff_required
from junheng.aid.access import IN_CHARGE
from junheng.aid.models import CheckRule
from junheng.aid.selectors.check_words import condition_words
from junheng.aid.services import check_rules
from junheng.aid.services.declaring import waiting
from junheng.aid.web.check_forms import RuleForm
from junheng.aid.web.fund_forms import day_field
from junheng.aid.web.setup import answer, asked, done, keeps, sent

FORMS = ["GET", "HEAD", "POST"]


class EndRuleForm(forms.Form):
    """From when on a rule does not hold any more."""

    day = day_field(gettext_lazy("Holds no more from"))


@require_http_methods(FORMS)
@staff_required(*IN_CHARGE)
def rules(request: StaffRequest) -> HttpResponse:
    """The rules, and the form that asks for one more."""
    counties = keeps(request)
    form = RuleForm(sent(request), counties=counties)

    def deed(_given: dict[str, Any]) -> None:
        check_rules.ask_for_rule(form.county(), form.wanted, by=request.user)

    if request.method == "POST" and done(request, form, deed, asked()):
        return redirect("aid:check_rules")
    rows = CheckRule.objects.for_user(request.user).select_related("place", "connection")
    context = {
        "tab": "rules",
        "in_charge": True,
        "rows": [(one, condition_words(one)) for one in rows],
        "waiting": waiting(request.user, check_rules.RULE, check_rules.END),
        "form": form if counties else None,
    }
    return answer(request, "aid/check_rules.html", context, form)


@require_http_methods(FORMS)
@staff_required(Role.AID_OFFICER)
def end(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Ask that a rule does not hold any more from a day on."""
    rows = CheckRule.objects.for_user(request.user).select_related("place", "connection")
    row: CheckRule = get_object_or_404(rows, ref=ref)
    form = EndRuleForm(sent(request))

    def deed(given: dict[str, Any]) -> None:
        check_rules.ask_to_end(row, given["day"], by=request.user)

    if request.method == "POST" and done(request, form, deed, asked()):
        return redirect("aid:check_rules")
    context = {"row": row, "words": condition_words(row), "form": form}
    return answer(request, "aid/check_rule_end.html", context, form)
