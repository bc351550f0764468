"""The way to households in the sidebar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from junheng.aid.access import sees_households
from junheng.commons.navigation import NavItem, register


def offer() -> None:
    """Say so once, when the site starts."""
    register(NavItem(_("Households"), "home", "aid:households", sees_households, order=63))
    register(
        NavItem(_("Checks of households"), "list-search", "aid:checks", sees_households, order=64)
    )
