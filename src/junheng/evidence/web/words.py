"""What stored words are called on the pages of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

HEALTH = {
    "fine": _("Up to date"),
    "old": _("Out of date"),
    "empty": _("Nothing delivered yet"),
    "ended": _("Ended"),
}
HEALTH_TONES = {"fine": "success", "old": "warning", "empty": "warning", "ended": "plain"}
ANSWER_TONES = {
    "found": "success",
    "probable": "info",
    "several": "warning",
    "not_found": "warning",
    "unavailable": "danger",
    "not_connected": "plain",
}
FIELDS = {
    "number": _("Identity number"),
    "name": _("Name"),
    "birth": _("Day of birth"),
    "place": _("Place"),
}
"""What of a person can agree or differ; other words are columns of the register."""
