"""Filters of the lists: one compact line above the table, usable without scripts."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext as _

SEARCHABLE_FROM = 12  # choices; a longer list gets a box to type in


class ListFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Base of every list's filters: labels stand in the fields themselves."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.auto_id = f"filter-{self.form_prefix or 'list'}-%s"
        for name, field in self.form.fields.items():
            _dress(field, label=str(field.label or name))


class SwitchField(forms.BooleanField):
    """Ticked or unset: a filter's own method is not asked about an unticked box."""

    def to_python(self, value: Any) -> bool | None:  # type: ignore[override]  # None is no filter
        return super().to_python(value) or None


class SwitchFilter(django_filters.BooleanFilter):  # type: ignore[misc]
    """A box to tick: it narrows the list when ticked and does nothing otherwise."""

    field_class = SwitchField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.CheckboxInput)
        super().__init__(*args, **kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        return super().filter(qs, value) if value else qs


class SearchFilter(django_filters.CharFilter):  # type: ignore[misc]
    """Words to look for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"type": "search", "autocomplete": "off"})
        )
        kwargs.setdefault("lookup_expr", "icontains")
        super().__init__(*args, **kwargs)


def _dress(field: forms.Field, *, label: str) -> None:
    widget = field.widget
    if isinstance(widget, forms.Select) and not isinstance(widget, forms.SelectMultiple):
        _name_the_empty_choice(field, label)
        if len(list(widget.choices)) > SEARCHABLE_FROM:
            widget.attrs.update({"data-search": "", "data-none": _("Nothing found")})
            widget.attrs["aria-label"] = label  # the search box takes the <label> for itself
    elif isinstance(widget, forms.TextInput | forms.NumberInput):
        widget.attrs.setdefault("placeholder", label)


def _name_the_empty_choice(field: forms.Field, label: str) -> None:
    """An unset choice says what it would choose: 'Township: all'."""
    words = _("%(what)s: all") % {"what": label}
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = words
        field.widget.choices = field.choices
    elif isinstance(field, forms.ChoiceField):
        field.widget.choices = [
            ("", words) if key in ("", None) else (key, name) for key, name in field.widget.choices
        ]
