"""What strangers may read of a policy: its plain heading, never one that tells who is poor."""

from __future__ import annotations

from django.utils.translation import gettext as _


def public_headings(path: str) -> dict[str, str]:
    """Plain headings by policy of a county, in the language that is on.

    A policy that is not among them is shown under `neutral()`: what nobody has looked at is not
    shown under its own name.
    """
    return {}


def neutral() -> str:
    """What every policy may be called."""
    return _("Education aid")
