"""What is typed about transfers: applying, answering, deciding, and asking the departments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User, paths_of
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Organisation
from junheng.registry.access import READERS, TRANSFER_APPLIERS
from junheng.registry.engine.transfers import TransferRules
from junheng.registry.models import SchoolClass, Transfer
from junheng.registry.services.transfer_rules import rules_now
from junheng.registry.web.child_forms import schools_of


def rules_for(user: User) -> TransferRules:
    """The rules of the county where somebody's first post is."""
    return rules_now(timezone.localdate(), next(iter(sorted(paths_of(user, READERS))), ""))


def window_of(user: User) -> dict[str, Any]:
    """The rules that hold for somebody today, and their window."""
    rules = rules_for(user)
    opens, closes = rules.window(SchoolYear.of(timezone.localdate()).starts_on)
    return {"rules": rules, "opens": opens, "closes": closes}


class CertificateField(forms.CharField):
    """The number by which a department finds the home; asked with, and not kept."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Number of the deed, lease or permit"),
            max_length=60,
            required=False,
            help_text=gettext_lazy("The departments are asked with it; it is not kept."),
        )


class ReceivingForm(forms.Form):
    """Which school wants to receive a pupil, and for which reason of its county's rules."""

    to = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("Receiving school"), empty_label=None
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        required=False,
        help_text=gettext_lazy("Outside the window only these reasons count."),
    )
    certificate = CertificateField()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found: Any = self.fields["to"]
        found.queryset = schools_of(user, TRANSFER_APPLIERS)
        grounds = [(one.code, one.name) for one in rules_for(user).grounds]
        ground: Any = self.fields["ground"]
        ground.choices = [("", _("Within the window")), *grounds]


class TransferForm(ReceivingForm):
    """What the receiving school writes down of a pupil of the district."""

    number = forms.CharField(
        label=gettext_lazy("Number of the pupil"),
        max_length=30,
        help_text=gettext_lazy("Pupil number, national pupil number or resident ID number."),
    )
    name = forms.CharField(label=gettext_lazy("Name in full"), max_length=50)
    paper = forms.CharField(
        label=gettext_lazy("Paper"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("What proves the reason, with its number."),
    )
    field_order = ("number", "name", "to", "ground", "paper", "certificate")


class AskForm(forms.Form):
    """Asking the departments once more."""

    certificate = CertificateField()


class AnswerForm(forms.Form):
    """What the present school says."""

    agrees = forms.TypedChoiceField(
        label=gettext_lazy("The present school"),
        choices=[("yes", gettext_lazy("Agrees")), ("no", gettext_lazy("Has something to say"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=gettext_lazy("Words"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("agrees") is False and not given.get("words", "").strip():
            self.add_error("words", _("Please write what there is to say."))
        return given


class DecisionForm(forms.Form):
    """What the bureau decides."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("approve", gettext_lazy("Approve")), ("refuse", gettext_lazy("Refuse"))],
        widget=forms.RadioSelect,
    )
    school_class = forms.ModelChoiceField(
        SchoolClass.objects.none(),
        label=gettext_lazy("Class"),
        required=False,
        empty_label=gettext_lazy("The school finds one later"),
    )
    words = forms.CharField(
        label=gettext_lazy("Reason of a refusal"), max_length=500, required=False
    )

    def __init__(self, *args: Any, row: Transfer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["school_class"]
        year = SchoolYear.of(timezone.localdate()).start
        rows = SchoolClass.objects.filter(organisation=row.to_id, school_year=year)
        rows = rows.filter(grade=row.grade)
        field.queryset = rows.order_by("number")
        if row.to_id is None:
            del self.fields["school_class"]
        field.label_from_instance = lambda one: (
            _("%(name)s, %(size)d pupils")
            % {
                "name": one,
                "size": one.size,
            }
        )
