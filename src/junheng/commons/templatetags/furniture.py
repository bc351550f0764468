"""Tags of the page furniture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from junheng.commons import icons
from junheng.commons.drawn_once import drawn_once
from junheng.commons.maps import BANDS, Circle

register = template.Library()
register.tag(drawn_once)

TONES = ("plain", "primary", "info", "success", "warning", "danger")
_TONE_ICONS: Mapping[str, str] = {
    "plain": "info-circle",
    "primary": "info-circle",
    "info": "info-circle",
    "success": "circle-check",
    "warning": "alert-triangle",
    "danger": "alert-circle",
}
_MESSAGE_TONES: Mapping[str, str] = {
    "debug": "plain",
    "info": "info",
    "success": "success",
    "warning": "warning",
    "error": "danger",
}
_BAND_NAMES = {band.name: band.label for band in BANDS}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    return icons.icon(name, label=label)


@register.filter
def tone(name: str) -> str:
    """The CSS class of a tone; an unknown name is a mistake in the template."""
    chosen = name or "plain"
    if chosen not in TONES:
        raise ValueError(f"no such tone: {chosen}")
    return f"tone-{chosen}"


@register.filter
def tone_icon(name: str) -> str:
    return _TONE_ICONS[name or "plain"]


@register.filter
def message_tone(level_tag: str) -> str:
    return _MESSAGE_TONES.get(level_tag, "plain")


@register.filter
def band_label(name: str) -> str:
    return str(_BAND_NAMES[name])  # type: ignore[index]  # a template gives any string; an unknown one raises KeyError


@register.filter
def percent(share: float | None) -> str:
    """A share as a whole percentage; a gap says that it is one."""
    return gettext("no figure") if share is None else f"{share:.0%}"


@register.filter
def circle_rows(circles: Iterable[Circle]) -> SafeString:
    """The schools of a map as rows of a table; hundreds of them take a template much longer."""
    return format_html_join(
        "\n",
        '<tr><th scope="row">{}</th><td class="number">{}</td>'
        '<td class="number">{}</td><td>{}</td></tr>',
        ((_link(c), localize(c.size), percent(c.share), band_label(c.band)) for c in circles),
    )


def _link(circle: Circle) -> str:
    if not circle.url:
        return circle.name
    return format_html('<a href="{}">{}</a>', circle.url, circle.name)


@register.filter
def circle_names(circles: Iterable[Circle]) -> SafeString:
    """The same schools as suggestions of the box in which one is looked for."""
    return format_html_join("", '<option value="{}"></option>', ((c.name,) for c in circles))


@register.filter
def walked(steps: list[Any], current: int) -> list[tuple[Any, str]]:
    """Each step with its state: done, now or ahead (`current` counts from 1)."""
    here = int(current)
    state = {-1: "done", 0: "now", 1: "ahead"}
    return [(step, state[(n > here) - (n < here)]) for n, step in enumerate(steps, start=1)]
