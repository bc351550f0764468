"""What is typed into the list of papers, turned into values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from junheng.admissions.engine.materials import ADMISSION
from junheng.admissions.models import Case, Duty, ProofMatter
from junheng.admissions.services.materials import Wanted


class MaterialForm(forms.Form):
    """A paper: what it proves, of whom it is asked, on what basis."""

    name = forms.CharField(
        label=gettext_lazy("Name of the paper"),
        max_length=100,
        help_text=gettext_lazy("As families know it, such as the household register booklet."),
    )
    matter = forms.TypedChoiceField(label=gettext_lazy("It proves"), coerce=int)
    case = forms.TypedChoiceField(
        label=gettext_lazy("Asked of"), choices=Case.choices, coerce=int, initial=0
    )
    duty = forms.ChoiceField(
        label=gettext_lazy("Who brings it"), choices=Duty.choices, widget=forms.RadioSelect
    )
    basis_document = forms.CharField(
        label=gettext_lazy("Legal basis: law or regulation"), max_length=200, required=False
    )
    basis_number = forms.CharField(label=gettext_lazy("Its number"), max_length=100, required=False)
    basis_clause = forms.CharField(label=gettext_lazy("Clause"), max_length=100, required=False)
    format = forms.CharField(
        label=gettext_lazy("Form"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Original, copy or photo; which pages."),
    )
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("To get it, a family needs"),
        required=False,
        help_text=gettext_lazy("What whoever issues it asks for, as far as it is another proof."),
        widget=forms.CheckboxSelectMultiple,
    )
    picture = forms.FileField(
        label=gettext_lazy("Sample picture"),
        required=False,
        help_text=gettext_lazy(
            "A sample with invented names: everybody can see it. JPEG, PNG or WebP."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def __init__(self, *args: Any, matters: Sequence[ProofMatter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["matter"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 -- declared above
        field.choices = [(matter.pk, str(matter)) for matter in matters]
        self.fields["duty"].initial = Duty.BRING
        needs = self.fields["needs"]
        assert isinstance(needs, forms.MultipleChoiceField)  # noqa: S101 -- declared above
        needs.choices = [
            *((matter.code, str(matter)) for matter in matters),
            (ADMISSION, gettext_lazy("The seat at the school itself")),
        ]

    def wanted(self, sample: str) -> Wanted:
        """The paper, with the hash of its picture."""
        values = {k: v for k, v in self.cleaned_data.items() if k != "picture"}
        return Wanted(**values | {"needs": tuple(values["needs"])}, sample=sample)


class VersionForm(forms.Form):
    """Why a published list gets a new version."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Families read it beside the new list."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ContactForm(forms.Form):
    """Whom families ask, and where they are helped in person."""

    hotline = forms.CharField(label=gettext_lazy("Telephone for questions"), max_length=60)
    supervision = forms.CharField(
        label=gettext_lazy("Supervision telephone"),
        max_length=60,
        help_text=gettext_lazy("For complaints about the bureau or a school."),
    )
    counters = forms.CharField(
        label=gettext_lazy("Counters"),
        required=False,
        help_text=gettext_lazy("One a line: place, address, hours."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
