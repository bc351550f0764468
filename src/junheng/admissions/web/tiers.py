"""The groups of a round's rules: which proofs make which group, and how long a house counts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.admissions.access import may_run
from junheng.admissions.models import Round
from junheng.admissions.models.querysets import COUNTY
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services.tiers import lay_down
from junheng.admissions.services.verifying import rules_content
from junheng.admissions.web.apply_words import PROOFS
from junheng.admissions.web.finding import visible_round
from junheng.commons.refusals import Refusal

MOST = 6
CHOICES = [(proof.value, name) for proof, name in PROOFS.items()]


class TiersForm(forms.Form):
    """Up to six groups; one without a proof is none."""

    house_years = forms.IntegerField(
        label=gettext_lazy("Years for which a home gives one family a seat (0: no limit)"),
        min_value=0,
        max_value=12,
    )
    house_clause = forms.CharField(
        label=gettext_lazy("Clause of that limit"), max_length=20, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST + 1):
            self.fields[f"needs_{number}"] = forms.MultipleChoiceField(
                label=_("Group %d is proved by all of") % number,
                choices=CHOICES,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
            self.fields[f"clause_{number}"] = forms.CharField(
                label=_("Clause of group %d") % number, max_length=20, required=False
            )
        self.order_fields([*(n for n in self.fields if "_" in n and "house" not in n)])

    def tiers(self) -> list[dict[str, Any]]:
        """Groups in their order, numbered without gaps."""
        data = self.cleaned_data
        given = [
            (data[f"needs_{number}"], data[f"clause_{number}"] or str(number))
            for number in range(1, MOST + 1)
            if data[f"needs_{number}"]
        ]
        return [
            {"number": number, "needs": needs, "clause": clause}
            for number, (needs, clause) in enumerate(given, start=1)
        ]


def _initial(content: dict[str, Any]) -> dict[str, Any]:
    filled: dict[str, Any] = {key: content.get(key) for key in ("house_years", "house_clause")}
    for number, tier in enumerate(sorted(content["tiers"], key=lambda one: one["number"]), start=1):
        filled |= {f"needs_{number}": tier["needs"], f"clause_{number}": tier["clause"]}
    return filled


def tiers_in_words(content: dict[str, Any]) -> list[tuple[int, str, str]]:
    """Number, proofs in words, and clause of every group."""
    rows = sorted(content["tiers"], key=lambda one: one["number"])
    return [
        (
            row["number"],
            " + ".join(str(name) for proof, name in CHOICES if proof in row["needs"]),
            row["clause"],
        )
        for row in rows
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*COUNTY)
def tiers(request: StaffRequest, pk: int) -> HttpResponse:
    """How proofs are read: to look at, and to lay down while the round is planned."""
    the_round = visible_round(request.user, pk)
    content = rules_content(the_round)
    may = may_run(request.user, the_round) and the_round.state == Round.State.PLANNED
    form = None
    if request.method == "POST":
        if not may_run(request.user, the_round):
            raise Http404
        form = TiersForm(request.POST)
        if form.is_valid() and _laid_down(request, the_round, form):
            return redirect("admissions:tiers", pk)
    elif may:
        form = TiersForm(initial=_initial(content))
    context = {
        "round": the_round,
        "title": round_title(the_round),
        "tab": "tiers",
        "rows": tiers_in_words(content),
        "content": content,
        "form": form,
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "admissions/tiers.html", context, status=status)


def _laid_down(request: StaffRequest, the_round: Round, form: TiersForm) -> bool:
    data = form.cleaned_data
    try:
        lay_down(
            the_round,
            form.tiers(),
            house_years=data["house_years"],
            house_clause=data["house_clause"],
            by=request.user,
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("The groups are kept."))
    return True
