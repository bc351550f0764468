"""What is typed of somebody outside grades 1 to 9: the columns of the table, one by one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.aid.engine.facts import MOST_FEN
from junheng.aid.models import Beneficiary, BeneficiaryStage, Degree
from junheng.aid.services.beneficiaries import MAY_BE_MISSING, TOLD, gaps_of
from junheng.aid.web.payment_forms import YuanField
from junheng.aid.web.resident_ids import ResidentIdField
from junheng.kernel.money import Fen

UNKNOWN_YES_NO = (
    ("", gettext_lazy("not known")),
    ("yes", gettext_lazy("yes")),
    ("no", gettext_lazy("no")),
)


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, required=required)


def _told(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=UNKNOWN_YES_NO, required=False)


class ToldForm(forms.Form):
    """What may be told of somebody, and may be missing."""

    private = _told(gettext_lazy("Private institution"))
    boarder = _told(gettext_lazy("Boarder"))
    disabled = _told(gettext_lazy("Disabled"))
    orphan = _told(gettext_lazy("Orphan"))
    striving_class = _told(gettext_lazy("Striving class"))
    skills_certificate = _told(gettext_lazy("Skills certificate"))
    fee_fen = YuanField(
        label=gettext_lazy("Fee for a term, yuan"),
        most=MOST_FEN,
        required=False,
        help_text=gettext_lazy(
            "What the institution asks of this person, before any aid; 0 where it asks nothing. "
            "Left blank, it counts as not known."
        ),
    )

    def told(self) -> dict[str, Any]:
        """What was said, by the names of the table's columns; None is not known."""
        known = {"yes": True, "no": False}
        yes_no = {name: known.get(self.cleaned_data.get(name, "")) for name in TOLD}
        return yes_no | {"fee_fen": self.cleaned_data.get("fee_fen")}


class TellForm(ToldForm):
    """What nobody told of somebody so far; the rest is not asked."""

    paper = forms.CharField(label=gettext_lazy("Document it rests on"), max_length=100)

    def __init__(self, somebody: Beneficiary, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(MAY_BE_MISSING) - set(gaps_of(somebody)):
            del self.fields[name]


class BeneficiaryForm(ToldForm):
    """One person at one stage."""

    field_order = (
        *("name", "resident_id", "born_on", "stage", "school_code", "institution", "township"),
        "degree",
    )
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=50)
    resident_id = ResidentIdField(
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Without it nobody can tell what the household is said to be."),
    )
    born_on = _day(gettext_lazy("Born on"), required=False)
    stage = forms.ChoiceField(label=pgettext_lazy("aid", "Stage"), choices=BeneficiaryStage.choices)
    school_code = forms.CharField(
        label=gettext_lazy("School code"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Of an institution of this county; else write its name."),
    )
    institution = forms.CharField(label=gettext_lazy("Institution"), max_length=100, required=False)
    township = forms.CharField(
        label=gettext_lazy("Code of the township"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("Where the family lives, for those of no school of this county."),
    )
    degree = forms.ChoiceField(
        label=gettext_lazy("Degree course"), choices=[("", "—"), *Degree.choices], required=False
    )
    valid_from = _day(gettext_lazy("Entered on"))

    def row(self) -> dict[str, Any]:
        """What was typed, as a row of the table says it."""
        fee = self.cleaned_data["fee_fen"]
        told = self.told() | {"fee": None if fee is None else str(Fen(fee))}
        return dict(self.cleaned_data) | told


class EndForm(forms.Form):
    """The first day on which somebody is not there any more."""

    on = _day(gettext_lazy("Not there any more from"))
