"""Forms of this room: text to values, nothing else."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.evidence.models import Register


def day_field(label: object, *, required: bool = True) -> forms.DateField:
    """A day, with the browser's own picker."""
    widget = forms.DateInput({"type": "date"}, "%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)  # type: ignore[arg-type]


class TablesForm(forms.Form):
    """A register that comes as tables."""

    register = forms.ChoiceField(label=_("Register"), choices=Register.choices)
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("As officers should read it, such as the department and its register."),
    )
    contact = forms.CharField(
        label=_("Who runs it"),
        max_length=200,
        required=False,
        help_text=_("Office and telephone to turn to when it fails."),
    )
    fresh_days = forms.IntegerField(
        label=_("Days until a delivery is old"), min_value=1, max_value=400, initial=35
    )


class DeliverForm(forms.Form):
    """The day on which a table that is about to be brought was true."""

    as_of = day_field(_("True on"))

    def clean_as_of(self) -> object:
        day = self.cleaned_data["as_of"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("That day is yet to come."))
        return day
