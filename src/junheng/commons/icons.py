"""Outline icons of @tabler/icons, put into the page as SVG: no icon font, no request."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


class NoSuchIcon(LookupError):
    """The page asks for an icon that the package does not have."""


def _shapes(name: str, folder: Path) -> SafeString:
    file = folder / f"{name}.svg"
    if not _NAME.fullmatch(name) or not file.is_file():
        raise NoSuchIcon(name)
    found = _SHAPES.search(file.read_text("utf-8"))
    if not found:
        raise NoSuchIcon(name)
    drawn = re.sub(r'\s*<path stroke="none"[^>]*/>', "", found[1])
    return mark_safe(re.sub(r"\s*\n\s*", "", drawn))  # noqa: S308 -- a file of a pinned package, under a checked name


def icon(name: str, *, label: str = "") -> SafeString:
    """The icon as inline SVG: silent for screen readers, or spoken as `label`."""
    return _drawn(name, label, settings.NODE_MODULES)


@lru_cache(maxsize=1_000)
def _drawn(name: str, label: str, modules: Path) -> SafeString:
    spoken = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true" focusable="false"')
    )
    return format_html(
        '<svg class="icon" width="24" height="24" viewBox="0 0 24 24" fill="none" '
        'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" '
        "{}>{}</svg>",
        spoken,
        _shapes(name, Path(modules) / "@tabler/icons/icons/outline"),
    )
