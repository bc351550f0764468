"""Fields drawn in Python are the HTML that Django's templates would have made."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from junheng.commons.lean import LeanRenderer

NASTY = '"><script>&'
LISTED = [("", "none"), ("a", NASTY), (NASTY, "b"), ("c", "丙")]


class Everything(forms.Form):
    text = forms.CharField(help_text="x", max_length=5, required=False)
    phone = forms.CharField(widget=forms.TextInput(attrs={"inputmode": "tel", "data-x": NASTY}))
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    tick = forms.BooleanField(required=False)
    number = forms.IntegerField(min_value=1)
    hidden = forms.CharField(widget=forms.HiddenInput)
    one = forms.ChoiceField(choices=LISTED)
    grouped = forms.ChoiceField(choices=[("G", LISTED), ("H", [("d", "D")])])
    radio = forms.ChoiceField(choices=LISTED, widget=forms.RadioSelect)
    words = forms.CharField(widget=forms.Textarea)


FILLED = dict.fromkeys(Everything.base_fields, NASTY) | {"one": "a", "tick": "on", "number": "7"}


@pytest.mark.parametrize("data", [None, {}, FILLED])
@pytest.mark.parametrize("name", list(Everything.base_fields))
def test_a_field_looks_as_django_draws_it(name: str, data: dict[str, Any] | None) -> None:
    initial = {"one": "c", "text": "a b", "tick": True}
    drawn = [
        re.sub(r"\s+", " ", str(Everything(data, initial=initial, renderer=renderer)[name]))
        for renderer in (LeanRenderer(), DjangoTemplates())
    ]
    assert drawn[0] == drawn[1]
