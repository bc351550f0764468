"""One application for whoever settles it: both sides, what was found, and the decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffRequest, address_of, note_read, staff_required
from junheng.admissions.access import REVIEWERS, may_enter_for, may_review
from junheng.admissions.engine.statement import Need, Statement
from junheng.admissions.models import Application
from junheng.admissions.selectors.applying import schools_to_name, zone_of_home
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.selectors.told import told_family
from junheng.admissions.services.applications import statement_of
from junheng.admissions.services.homes import village_of
from junheng.admissions.services.on_roster import stood_as
from junheng.admissions.services.reviewing import (
    Assessment,
    Decision,
    decide_by_person,
    schools_to_assess_for,
    zones_to_choose,
)
from junheng.admissions.services.verifying import rules_of, subject_of
from junheng.admissions.web import revealing
from junheng.admissions.web.apply_words import PROOFS, TONES, reason_words, statement_rows
from junheng.admissions.web.side_by_side import lines_of
from junheng.commons.refusals import Refusal
from junheng.evidence.facade import findings_of

State = Application.State
MESSAGE_TONES = {"waiting": "info", "sent": "success", "given_up": "danger"}
OF_THE_ASSESSMENT = ("assessed_school", "assessed_by", "assessed_on")


class DecisionForm(forms.Form):
    """What a reviewer decides, and in which words."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            (State.PASSED.value, gettext_lazy("pass")),
            (State.ASKED.value, gettext_lazy("ask the family, once for all that is missing")),
            (State.REFUSED.value, gettext_lazy("do not accept")),
        ],
        widget=forms.RadioSelect,
    )
    tier = forms.TypedChoiceField(
        label=gettext_lazy("Group of the rules"), required=False, coerce=int, empty_value=None
    )
    zone = forms.ChoiceField(label=gettext_lazy("Zone"), required=False)
    assessed_school = forms.ChoiceField(
        label=gettext_lazy("School by the assessment"), required=False
    )
    assessed_by = forms.CharField(
        label=gettext_lazy("Assessed by (committee or clinic)"), max_length=100, required=False
    )
    assessed_on = forms.DateField(
        label=gettext_lazy("Assessed on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    sibling_school = forms.BooleanField(
        label=gettext_lazy("The school of the brother or sister is confirmed"), required=False
    )
    words = forms.CharField(
        label=gettext_lazy("Why, in words that the family reads"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, shown: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tiers = sorted(rules_of(shown.round).tiers, key=lambda tier: tier.number)
        names: Any = self.fields
        names["tier"].choices = [
            ("", "–"),
            *((t.number, f"{t.number} · {_(', ').join(words_of(t.needs))}") for t in tiers),
        ]
        names["zone"].choices = [("", "–"), *zones_to_choose(shown.round).items()]
        told = statement_of(shown)
        self.school = told.sibling_school if told else ""
        if not self.school:
            del self.fields["sibling_school"]
        self.assesses = bool(told and Need.ASSESSMENT in told.child.needs)
        if self.assesses:
            schools = schools_to_assess_for(shown.round)
            names["assessed_school"].choices = [("", "–"), *schools.items()]
        else:
            for name in OF_THE_ASSESSMENT:
                del self.fields[name]

    def decision(self) -> Decision:
        data = self.cleaned_data
        return Decision(
            outcome=data["outcome"],
            words=data["words"].strip(),
            tier=data["tier"],
            zone=data["zone"],
            sibling_school=self.school if data.get("sibling_school") else "",
            assessment=self._assessment(),
        )

    def _assessment(self) -> Assessment | None:
        school, by, on = (self.cleaned_data.get(name) for name in OF_THE_ASSESSMENT)
        return Assessment(school, by, on) if school and by and on else None


def words_of(proofs: Any) -> list[str]:
    """Proofs by name, in one order."""
    return [str(name) for proof, name in PROOFS.items() if proof in proofs]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*REVIEWERS)
def review(request: StaffRequest, number: str) -> HttpResponse:
    """What the family stated and what each register says, side by side; the decision below."""
    rows = Application.objects.for_user(request.user).select_related("round__place")
    shown = get_object_or_404(rows.exclude(statement=None), number=number)
    may = may_review(request.user, shown) and shown.carried_from_id is None
    sent = request.method == "POST"
    if sent and not may:
        raise Http404
    data = request.POST if sent else None
    form = DecisionForm(data, shown=shown, initial=_initial(shown)) if may else None
    if form and form.is_valid():
        try:
            decide_by_person(shown, form.decision(), by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The decision is kept, and the family reads it."))
            return redirect("admissions:review", number)
    status = 422 if form and form.is_bound else 200
    return render(request, "admissions/review.html", _context(request, shown, form), status=status)


def _initial(shown: Application) -> dict[str, Any]:
    return {"tier": shown.tier, "zone": shown.zone, "outcome": State.PASSED.value}


def _context(request: StaffRequest, shown: Application, form: Any) -> dict[str, Any]:
    told = statement_of(shown)
    answers = findings_of(subject_of(shown)) if told else []
    reason = _("reviewing %s") % shown.number
    note_read(request.user, shown, ["statement", "findings"], reason, address=address_of(request))
    return {
        "application": shown,
        "round": shown.round,
        "title": round_title(shown.round),
        "tone": TONES[State(shown.state)],
        "reported_as": stood_as(shown),
        "said": _said(shown, told) if told else [],
        "findings": [
            (one, lines_of(one, told, shown.round.path), round(100 * one.probability))
            for one in answers
            if told
        ],
        "history": [
            (row, [reason_words(one) for one in row.reasons])
            for row in shown.verifications.select_related("by").order_by("-id")
        ],
        "form": form,
        "photos": subject_of(shown) if may_review(request.user, shown) else "",
        "reveal": revealing.KIND,
        "told": [(one, MESSAGE_TONES[one.state]) for one in told_family(shown)],
        "typed_in_here": may_enter_for(request.user, shown),
    }


def _said(shown: Application, told: Statement) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """What the family stated, with village, schools and wishes by name."""
    names = dict(schools_to_name(shown.round))
    plain = told.as_json()
    village = village_of(shown.round.path, told.home.place)
    zone = zone_of_home(shown.round, told.home.place, told.home.address)
    home = {
        **plain["home"],
        "village": f"{village.township}{village.name}" if village else "",
        "schools": zone.schools if zone else (),
    }
    beside = {"sibling": told.sibling, "sibling_school": told.sibling_school}
    answers = {
        "child": plain["child"],
        "home": home,
        "guardian": {**plain["guardian"], **beside},
        "wishes": {"names": [names.get(code, code) for code in told.wishes]},
    }
    return statement_rows(answers, own=False, schools=names)
