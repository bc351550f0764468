"""An identity number in a form of aid: blank, or sound and as the card has it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from junheng.kernel.resident_id import NotResidentId, ResidentId


class ResidentIdField(forms.CharField):
    """An identity number that need not be given."""

    def __init__(self, **kwargs: Any) -> None:
        label = gettext_lazy("Resident ID number")
        super().__init__(label=label, max_length=18, required=False, **kwargs)

    def clean(self, value: Any) -> str:
        told = str(super().clean(value)).strip()
        if not told:
            return ""
        try:
            return ResidentId.parse(told).number
        except NotResidentId as error:
            raise forms.ValidationError(str(error)) from error
