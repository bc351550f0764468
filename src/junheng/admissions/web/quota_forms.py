"""What an officer lays down for the quota seats of a year."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from junheng.admissions.models import QuotaPlan
from junheng.admissions.models.quotas import MOST_YEARS, Unfilled
from junheng.admissions.services.quota_planning import Rule
from junheng.commons.web.choices import choose_from
from junheng.places.facade import Place

TENTHS = 10


class RuleForm(forms.Form):
    """The rule of a plan."""

    percent = forms.DecimalField(
        label=gettext_lazy("Share of quota seats, in percent"),
        help_text=gettext_lazy(
            "Of the planned seats of each selective senior school; a half seat is rounded up."
        ),
        min_value=Decimal("0.1"),
        max_value=Decimal(100),
        decimal_places=1,
        initial=50,
    )
    years = forms.IntegerField(
        label=gettext_lazy("Years at the school"),
        help_text=gettext_lazy("So many whole years a pupil's record must be at the school."),
        min_value=0,
        max_value=MOST_YEARS,
        initial=3,
    )
    unfilled = forms.ChoiceField(
        label=gettext_lazy("Seats that a school cannot fill go"), choices=Unfilled.choices
    )
    basis = forms.CharField(
        label=gettext_lazy("Legal basis"),
        help_text=gettext_lazy("Document and number; everybody reads it with the shares."),
        max_length=200,
    )

    def rule(self) -> Rule:
        """The rule as it was typed."""
        data = self.cleaned_data
        return Rule(
            permille=int(data["percent"] * TENTHS),
            years=data["years"],
            unfilled=data["unfilled"],
            basis=data["basis"],
        )

    @staticmethod
    def said_by(plan: QuotaPlan) -> dict[str, Any]:
        """What a plan says now."""
        return {
            "percent": plan.percent,
            "years": plan.years,
            "unfilled": plan.unfilled,
            "basis": plan.basis,
        }


class NewQuotaForm(RuleForm):
    """A plan that is begun: for which county and year."""

    place = forms.ChoiceField(label=gettext_lazy("County"))
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2000, max_value=2100)
    field_order = ("place", "year")

    def __init__(self, *args: Any, places: list[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {place.code: place for place in places}
        choices = [(place.code, place.name) for place in places]
        choose_from(self, "place", choices)

    def clean_place(self) -> Place:
        return self.places[self.cleaned_data["place"]]
