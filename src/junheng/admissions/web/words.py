"""Figures in words: how pages write distances, tickets and keys."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.formats import number_format
from django.utils.translation import gettext as _

KILOMETRE = 1000
TICKET_SHOWN = 12
GAP = "—"
STATE_TONES = {
    "planned": "plain",
    "open": "primary",
    "frozen": "info",
    "run": "warning",
    "published": "success",
    "closed": "plain",
}


def metres(distance: int | None) -> str:
    """A distance as people say it: 340 m, 2.7 km; a half goes up, as in the sentences."""
    if distance is None:
        return GAP
    if distance < KILOMETRE:
        return _("%(n)d m") % {"n": distance}
    return _("%(n)s km") % {"n": number_format((distance + 50) // 100 / 10, 1)}


def whole(number: int | None) -> str:
    """A whole number with separated thousands, or a gap."""
    return GAP if number is None else number_format(number, 0, force_grouping=True)


def share(part: int, of: int) -> str:
    """A part as a percentage with one place."""
    return f"{part / of:.1%}" if of else GAP


def short_ticket(ticket: str) -> str:
    """The beginning of a ticket, which is enough to tell tickets apart."""
    return ticket if len(ticket) <= TICKET_SHOWN else f"{ticket[:TICKET_SHOWN]}…"


def key_in_words(printed: str, priority: Iterable[str]) -> str:
    """A school's key, such as `1|0|3fa9…`, part by part."""
    if not printed:
        return GAP
    parts = zip(priority, printed.split("|"), strict=False)
    return " · ".join(_key_part(name, value) for name, value in parts)


def _key_part(name: str, value: str) -> str:
    if name == "tier":
        return _("tier %s") % value
    if name == "sibling":
        return _("older child here") if value == "1" else _("no older child here")
    return _("ticket %s") % short_ticket(value)


def quoted(text: str) -> str:
    """The text as one word of a shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def ticket_command(message: str, seed: str) -> str:
    """One line for a shell that draws a ticket again."""
    return f"printf %s {quoted(message)} | openssl dgst -sha256 -hmac {quoted(seed)}"
