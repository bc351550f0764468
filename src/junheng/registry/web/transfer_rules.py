"""The rules for transfers: what holds today, what comes, and proposing the next version."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.commons.refusals import Refusal
from junheng.places.facade import Place
from junheng.registry.access import READERS, may_keep, place_kept
from junheng.registry.engine.transfers import TransferRules
from junheng.registry.models import TransferRuleVersion
from junheng.registry.services import own_rules
from junheng.registry.services.own_rules import LONGEST, Reason
from junheng.registry.web.transfer_forms import rules_for, window_of

PARTS = ("code", "name", "paper", "clause", "registers")


class RulesForm(forms.Form):
    """A version of the rules; one reason a line."""

    starts_on = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    document = forms.CharField(
        label=gettext_lazy("Document that it rests on"),
        max_length=200,
        help_text=gettext_lazy("Title and number of the county's own document."),
    )
    window_days = forms.IntegerField(
        label=gettext_lazy("Days of the window"),
        min_value=1,
        max_value=LONGEST,
        help_text=gettext_lazy("From the first day of the school year."),
    )
    reasons = forms.CharField(
        label=gettext_lazy("Reasons outside the window"),
        widget=forms.Textarea({"rows": 8}),
        required=False,
        max_length=8_000,
        help_text=gettext_lazy(
            "One a line: code | name | paper | clause | registers that know of it, with blanks "
            "between them (household, real_estate, residence_permit, social_insurance …)."
        ),
    )

    def clean_reasons(self) -> list[Reason]:
        """Lines as reasons.

        Raises:
            ValidationError: If a line has too few parts.
        """
        lines = [line for line in self.cleaned_data["reasons"].splitlines() if line.strip()]
        return [self._reason(number, line) for number, line in enumerate(lines, start=1)]

    def _reason(self, number: int, line: str) -> Reason:
        parts = [part.strip() for part in line.replace("\uff5c", "|").split("|")]
        if not 3 <= len(parts) <= len(PARTS):
            raise forms.ValidationError(
                _("Line %(number)d has not the parts code | name | paper | clause | registers.")
                % {"number": number}
            )
        code, name, paper, clause, registers = (*parts, "", "")[: len(PARTS)]
        return Reason(code, name, paper, clause, tuple(registers.split()))


def as_lines(rules: TransferRules) -> str:
    """The reasons of a version, one a line, to begin the next version from."""
    return "\n".join(
        " | ".join((one.code, one.name, one.paper, one.clause, " ".join(one.registers)))
        for one in rules.grounds
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*READERS)
def rules(request: StaffRequest) -> HttpResponse:
    """What holds, by version; the keeper of the register proposes the next one."""
    kept = place_kept(request.user)
    if request.method == "POST" and not (kept and may_keep(request.user)):
        raise Http404
    now = rules_for(request.user)
    start: dict[str, Any] = {
        "starts_on": timezone.localdate() + timedelta(days=1),
        "document": now.document,
        "window_days": now.window_days,
        "reasons": as_lines(now),
    }
    form = RulesForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_valid() and _proposed(request, form, kept):
        return HttpResponseRedirect(reverse("registry:transfer_rules"))
    own = TransferRuleVersion.objects.for_user(request.user)
    context = {
        **window_of(request.user),
        "form": form if kept else None,
        "own": own.select_related("place", "asked_by", "approved_by"),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "registry/transfer_rules.html", context, status=status)


def _proposed(request: StaffRequest, form: RulesForm, code: str) -> bool:
    place = Place.objects.get(code=code)
    try:
        own_rules.propose(place, **form.cleaned_data, by=request.user)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Asked for. It is done when somebody of the bureau agrees."))
    return True
