"""Forms of this room: text to values, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.commons.web.choices import choose_from
from junheng.evidence.engine.people import Person
from junheng.evidence.models import SERVED, Connection, Register


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    """A day, with the browser's own picker."""
    widget = forms.DateInput({"type": "date"}, "%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class _NewForm(forms.Form):
    register = forms.ChoiceField(
        label=pgettext_lazy("of a department", "Register"), choices=Register.choices
    )
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


class TablesForm(_NewForm):
    """A register that comes as tables."""

    fresh_days = forms.IntegerField(
        label=_("Days until a delivery is old"), min_value=1, max_value=400, initial=35
    )
    folder = forms.CharField(
        label=_("Folder"),
        max_length=40,
        required=False,
        help_text=_(
            "If the department puts its tables into a folder of the server by itself; "
            "whoever runs the server tells you its name. Otherwise leave it blank."
        ),
    )


class DescriptionForm(forms.Form):
    """How a service is asked."""

    description = forms.CharField(
        label=_("Description of the service"),
        widget=forms.Textarea({"rows": 26, "spellcheck": "false", "class": "font-monospace"}),
        help_text=_("Address, signature, and which of its words is which of ours; see the guide."),
    )
    secret = forms.CharField(
        label=_("Secret for signatures"),
        required=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("Kept sealed. Leave it blank to keep the one that is there."),
    )


class ServiceForm(_NewForm, DescriptionForm):
    """A register that is asked as a service."""

    field_order = ("register", "name", "contact", "description", "secret")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["register"].help_text = _(
            "Subsistence allowance and disability come as tables only: who stands in them and in "
            "no household is found in a whole list, and a service is asked about one person."
        )
        choices = [(one.value, one.label) for one in SERVED]
        choose_from(self, "register", choices)


class DeliverForm(forms.Form):
    """The day on which a table that is about to be brought was true."""

    as_of = day_field(_("True on"))

    def clean_as_of(self) -> object:
        day = self.cleaned_data["as_of"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("That day is yet to come."))
        return day


class HandForm(forms.Form):
    """A question asked by hand."""

    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=100)
    resident_id = forms.CharField(label=_("Identity number"), max_length=20, required=False)
    born_on = day_field(_("Day of birth"), required=False)
    key = forms.CharField(max_length=60, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Why you need to know. It is written down with your name."),
    )

    def __init__(self, *args: Any, connection: Connection, key_title: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if connection.key_column:
            self.fields["key"].label = key_title
        else:
            del self.fields["key"]

    def question(self, key: str) -> tuple[Person, Mapping[str, str]]:
        """About whom, and what else is known."""
        said = self.cleaned_data
        about = {key: said["key"]} if said.get("key") else {}
        return Person(said["name"], said["resident_id"], said["born_on"]), about
