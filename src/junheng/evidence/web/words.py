"""What stored words are called on the pages of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from junheng.evidence.files.columns import title_of

HEALTH = {
    "fine": _("In order"),
    "old": _("Out of date"),
    "empty": _("Nothing delivered yet"),
    "failing": _("Fails"),
    "paused": _("Left alone, it fails"),
    "ended": _("Ended"),
}
HEALTH_TONES = {
    "fine": "success",
    "old": "warning",
    "empty": "warning",
    "failing": "warning",
    "paused": "danger",
    "ended": "plain",
}
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


def field_title(register: str, field: str) -> str:
    """What something that agrees or differs is called."""
    return str(FIELDS[field]) if field in FIELDS else title_of(register, field)
