"""What is typed about funds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.aid.models import Donation
from junheng.aid.web.payment_forms import YuanField


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A day, as browsers ask for it."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


def paper_field() -> forms.CharField:
    """The document behind it."""
    return forms.CharField(label=gettext_lazy("Document it rests on"), max_length=200)


class FundForm(forms.Form):
    """A new fund."""

    name = forms.CharField(label=gettext_lazy("Name of the fund"), max_length=100)
    on = day_field(gettext_lazy("Founded on"))
    paper = paper_field()


class DonationForm(forms.Form):
    """A gift."""

    donor = forms.CharField(label=gettext_lazy("Donor"), max_length=100)
    anonymous = forms.BooleanField(
        label=gettext_lazy("does not want to be named in public"), required=False
    )
    fen = YuanField(label=pgettext_lazy("amount", "Yuan"), least=1)
    purpose = forms.CharField(
        label=gettext_lazy("Designated for"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Blank: for whatever the fund is for."),
    )
    on = day_field(gettext_lazy("Given on"))
    paper = paper_field()


class GrantForm(forms.Form):
    """What goes out."""

    donation = forms.ModelChoiceField(
        label=gettext_lazy("Out of"),
        queryset=Donation.objects.none(),
        required=False,
        empty_label=gettext_lazy("what is not designated"),
    )
    purpose = forms.CharField(
        label=pgettext_lazy("fund", "Purpose"),
        max_length=100,
        help_text=gettext_lazy("Of a designated gift it is the gift's own."),
    )
    heads = forms.IntegerField(label=gettext_lazy("Heads"), min_value=1, max_value=10**6)
    fen = YuanField(label=pgettext_lazy("amount", "Yuan"), least=1)
    on = day_field(gettext_lazy("Granted on"))
    paper = paper_field()

    def __init__(self, *args: Any, gifts: QuerySet[Donation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["donation"]
        field.queryset = gifts
        field.label_from_instance = lambda gift: f"{gift.donor} · {gift.purpose}"


class LoanForm(forms.Form):
    """A student loan."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=50)
    resident_id = forms.CharField(
        label=gettext_lazy("ID number"),
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2000, max_value=2100)
    fen = YuanField(label=pgettext_lazy("amount", "Yuan"), least=1)
    bank = forms.CharField(label=gettext_lazy("Bank"), max_length=100)
    on = day_field(pgettext_lazy("loan", "Granted on"))
