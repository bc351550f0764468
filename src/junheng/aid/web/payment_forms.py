"""What is typed about payments."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.aid.engine.dues import half_year_of
from junheng.aid.models import AccountKind, AidTerm, PaysTo, Source
from junheng.aid.sentences.terms import half_year_name
from junheng.commons.web.choices import choose_from
from junheng.kernel.money import Fen, NotMoney

CARDS = [choice for choice in AccountKind.choices if choice[0] != AccountKind.SCHOOL]
BUDGET_YEARS_AHEAD, BUDGET_YEARS_BACK = 1, 10
"""Budgets are planned a year ahead; those of former systems are entered afterwards."""


class DraftForm(forms.Form):
    """Of which term and out of whose money a batch is drafted."""

    term = forms.ModelChoiceField(
        label=gettext_lazy("Term"), queryset=AidTerm.objects.none(), empty_label=None
    )
    source = forms.ChoiceField(label=gettext_lazy("Source of funds"), choices=Source.choices)

    def __init__(self, *args: Any, terms: QuerySet[AidTerm], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["term"]
        field.queryset = terms
        field.label_from_instance = attrgetter("name")


class SendBackForm(forms.Form):
    """Why a batch goes back."""

    words = forms.CharField(label=gettext_lazy("Why it goes back"), max_length=200)


class AccountForm(forms.Form):
    """Another account for somebody."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of account"), choices=CARDS)
    holder = forms.CharField(label=gettext_lazy("Holder of the account"), max_length=50)
    number = forms.CharField(
        label=gettext_lazy("Account number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    holder_id = forms.CharField(
        label=pgettext_lazy("account", "Holder's ID number"),
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class YuanField(forms.CharField):
    """An amount as people write it; in fen."""

    def __init__(self, *, least: int = 0, most: int = 10**15 - 1, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(max_length=20, **kwargs)
        self.least, self.most = least, most

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text and not self.required:
            return None
        try:
            fen = Fen.parse(text).amount
        except NotMoney as error:
            raise forms.ValidationError(_("Write an amount in yuan, such as 1250.00.")) from error
        if not self.least <= fen <= self.most:
            raise forms.ValidationError(_("The amount is out of range."))
        return fen


def this_half_year() -> str:
    """The half-year of today."""
    return half_year_of(timezone.localdate())


def half_years() -> list[tuple[str, str]]:
    """The half-years of which a budget is entered, the latest first, in words."""
    year = timezone.localdate().year
    told = range(year + BUDGET_YEARS_AHEAD, year - BUDGET_YEARS_BACK - 1, -1)
    codes = [f"{one}-{half}" for one in told for half in (2, 1)]
    return [(code, half_year_name(code)) for code in codes]


class BudgetForm(forms.Form):
    """A new budget line."""

    policy = forms.ChoiceField(label=pgettext_lazy("aid", "Policy"))
    source = forms.ChoiceField(label=gettext_lazy("Source of funds"), choices=Source.choices)
    half_year = forms.ChoiceField(
        label=gettext_lazy("Half-year"), choices=half_years, initial=this_half_year
    )
    pays_to = forms.ChoiceField(label=gettext_lazy("Paid into"), choices=PaysTo.choices)
    planned_heads = forms.IntegerField(
        label=gettext_lazy("Planned heads"), min_value=0, max_value=10**7
    )
    planned_fen = YuanField(label=gettext_lazy("Planned, yuan"))
    allocated_fen = YuanField(label=gettext_lazy("Allocated, yuan"))
    paper = forms.CharField(label=gettext_lazy("Document it rests on"), max_length=200)

    def __init__(self, *args: Any, titles: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "policy", sorted(titles.items(), key=lambda item: item[1]))


class AllocateForm(forms.Form):
    """How much is allocated from now on."""

    fen = YuanField(label=gettext_lazy("Allocated, yuan"))
    paper = forms.CharField(label=gettext_lazy("Document it rests on"), max_length=200)


class FormerForm(forms.Form):
    """What a former system disbursed."""

    heads = forms.IntegerField(label=gettext_lazy("Heads"), min_value=0, max_value=10**7)
    fen = YuanField(label=gettext_lazy("Disbursed, yuan"), least=1)
    on = forms.DateField(
        label=gettext_lazy("On"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    paper = forms.CharField(label=gettext_lazy("Document it rests on"), max_length=200)
