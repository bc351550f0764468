"""Fields of the pages of an application with label, help and errors, drawn in Python.

Families fill in some thirty fields; a template takes as long for them as for the rest of the pages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def rows_of(fields: Iterable[BoundField], *, hangs_on: Collection[str] = ()) -> SafeString:
    """The fields, one below the other.

    Args:
        fields: Of a form, in order.
        hangs_on: Names of those that are asked for only with a tick at another one.
    """
    return SafeString("\n".join(_row(field, field.name in hangs_on) for field in fields))


def _row(field: BoundField, hangs: bool) -> str:  # noqa: FBT001  # of one caller
    below = _help(field) + _errors(field)
    match field.widget_type:
        case "checkbox":
            label = format_html(CHECK_LABEL, field.id_for_label, field.label)
            return f'<div class="form-check mb-3">{field}{label}{below}</div>'
        case "radioselect":
            legend = format_html('<legend class="form-label">{}</legend>', field.label)
            return f'<fieldset class="mb-3">{legend}{_choices(field)}{below}</fieldset>'
        case _:
            classes = "mb-3 hangs-on" if hangs else "mb-3"
            label = format_html(LABEL, field.id_for_label, field.label, _may_be_blank(field, hangs))
            return f'<div class="{classes}">{label}{field}{below}</div>'


CHECK_LABEL = '<label class="form-check-label" for="{}">{}</label>'
LABEL = '<label class="form-label" for="{}">{}{}</label>'


def _may_be_blank(field: BoundField, hangs: bool) -> SafeString:  # noqa: FBT001  # of one caller
    if field.field.required or hangs:
        return SafeString("")
    return format_html(' <span class="text-secondary">{}</span>', _("(if there is one)"))


def _choices(field: BoundField) -> SafeString:
    each = ((one.tag(), one.id_for_label, one.choice_label) for one in field)
    return format_html_join("", f'<div class="form-check">{{}}{CHECK_LABEL}</div>', each)


def _help(field: BoundField) -> str:
    if not field.help_text:
        return ""
    named = f"{field.auto_id}_helptext"
    return format_html('<div class="form-text" id="{}">{}</div>', named, field.help_text)


def _errors(field: BoundField) -> str:
    each = ((f"{field.auto_id}_error", error) for error in field.errors)
    return format_html_join("", '<div class="invalid-feedback" id="{}">{}</div>', each)
