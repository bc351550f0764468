"""What accounts and places offer in the sidebar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from junheng.accounts.access.administration import is_administrator, may_read_logs
from junheng.accounts.access.scopes import STAFF_ROLES, holds
from junheng.accounts.models import User
from junheng.accounts.web.data_rights import READERS
from junheng.commons.navigation import NavItem, register


def offer() -> None:
    """Register the entries; called once, when the site starts."""
    register(NavItem(_("Places"), "map-pin", "places:tree", _works_here, order=80))
    register(
        NavItem(
            _("Organisations"), "building-community", "places:organisations", _works_here, order=81
        )
    )
    register(NavItem(_("People"), "users", "accounts:people", is_administrator, order=90))
    register(NavItem(_("Posts"), "id-badge-2", "accounts:posts", is_administrator, order=91))
    register(
        NavItem(
            _("Appointments"), "user-check", "accounts:appointments", is_administrator, order=92
        )
    )
    register(NavItem(_("Sign-ins"), "login-2", "accounts:sign_ins", may_read_logs, order=95))
    register(
        NavItem(_("Refused attempts"), "shield-x", "accounts:attempts", may_read_logs, order=98)
    )
    register(
        NavItem(
            _("Requests about data"), "user-shield", "accounts:data_requests", _sees_data, order=70
        )
    )
    register(
        NavItem(_("Personal data"), "shield-lock", "accounts:personal_data", _sees_data, order=71)
    )
    register(NavItem(_("Readings"), "eye", "accounts:readings", may_read_logs, order=96))
    register(NavItem(_("Changes"), "history", "accounts:changes", may_read_logs, order=97))


def _works_here(user: User) -> bool:
    return holds(user, *STAFF_ROLES)


def _sees_data(user: User) -> bool:
    return holds(user, *READERS)
