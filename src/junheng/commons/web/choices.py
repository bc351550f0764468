"""What a reader may choose, where only the request says it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms


def choose_from(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Give a declared choice of a form its entries."""
    cast(forms.ChoiceField, form.fields[name]).choices = list(choices)
