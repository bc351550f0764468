"""Why an address belongs to a zone, or why nobody can say yet, in a family's words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from junheng.registry.engine.addresses import LARGEST
from junheng.registry.engine.where import Doubt, Finding, NumberRange
from junheng.registry.selectors.belonging import FoundZone


def reasons_in_words(found: FoundZone) -> list[str]:
    """What speaks for a zone, each reason once."""
    return list(dict.fromkeys(_reason(finding) for finding in found.why))


def _reason(finding: Finding) -> str:
    if isinstance(finding.what, NumberRange):
        return range_in_words(finding.what)
    if finding.kind == "village":
        return _("%(name)s belongs to this zone.") % {"name": finding.what}
    return _("The point lies in the area of this zone.")


def range_in_words(told: NumberRange) -> str:
    """A range as it stands on a notice: street, numbers and side."""
    if told.whole:
        return _("%(street)s, all of it") % {"street": told.street}
    if told.counted == "building":
        if told.last == LARGEST:
            return _("%(street)s, buildings from %(first)s on") % _figures(told)
        return _("%(street)s, buildings %(first)s to %(last)s") % _figures(told)
    numbers = (
        pgettext("house numbers", "%(first)s and above")
        if told.last == LARGEST
        else pgettext("house numbers", "%(first)s to %(last)s")
    )
    sides = {
        "all": _("%(street)s, numbers %(numbers)s"),
        "odd": _("%(street)s, odd numbers %(numbers)s"),
        "even": _("%(street)s, even numbers %(numbers)s"),
    }
    return sides[told.parity] % {"street": told.street, "numbers": numbers % _figures(told)}


def _figures(told: NumberRange) -> dict[str, object]:
    return {"street": told.street, "first": told.first, "last": told.last}


def doubt_in_words(doubt: Doubt) -> str:
    """What is missing or unclear, and what helps."""
    told = {
        "number_missing": _(
            "%(what)s is shared out by house numbers or buildings. Add the number, please."
        ),
        "number_outside": _("%(what)s is in no range that the bureau has published."),
        "unsure_street": _(
            "%(what)s is known, but your address may name another street that is written alike."
        ),
        "near_border": _("The point lies on the border between zones. Write the address instead."),
        "similar": _("Did you mean %(what)s?"),
    }
    return told[doubt.kind] % {"what": doubt.what}
